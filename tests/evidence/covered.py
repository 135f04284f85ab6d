"""Two seconds with a code that moves in the storehouse, a part chosen of them, and its film."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kuramori.access import storehouse_session
from kuramori.clock import NS_PER_S
from kuramori.evidence import choosing, packing, redacted_films, redactions
from kuramori.evidence.choosing import Choice
from kuramori.footage import intake
from kuramori.recorder.fmp4 import Unit
from tests.evidence import fixtures
from tests.evidence.fixtures import Footage, approved, begun
from tests.pictures import moving_code
from tests.recorder.test_fmp4 import Clip

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kuramori.clock import ManualClock
    from kuramori.evidence.models import PackagePart, Redaction
    from tests.footage.world import RunningRecorder, World


@pytest.fixture
def code(
    world: World,
    recorder: RunningRecorder,
    now: ManualClock,
    clips: Path,
    no_watch: None,
    monkeypatch: pytest.MonkeyPatch,
) -> Footage:
    """Two seconds in the storehouse with a code that moves, coded with B pictures."""
    film = moving_code.film(clips)
    units = [Unit(one.data, 6000, bool(one.flags & 1), one.pts_90k - one.dts_90k) for one in film.units]
    monkeypatch.setattr(fixtures, "load", lambda _path: Clip(film.sps, film.pps, units))
    made = fixtures.record(world, recorder, clips, per_fragment=15)
    now.advance_s(120)
    intake.take_in()
    storehouse_session.unlock(world.passphrase, world.manager)
    return made


@pytest.fixture
def part(world: World, code: Footage) -> Iterator[PackagePart]:
    """Everything but the first picture, chosen."""
    approved(world, code.start_ns, code.start_ns + 2 * NS_PER_S)
    package = begun(world)
    [one] = package.parts.all()
    start_ns = code.start_ns + 50_000_000
    still = code.start_ns + NS_PER_S
    choosing.choose(world.manager, package, [Choice(one, start_ns, code.start_ns + 2 * NS_PER_S, [still])])
    [one] = package.parts.select_related("approval__camera", "package").all()
    yield one
    packing.forget(package.number)


def boxes(part: PackagePart) -> list[Any]:
    start_ns = part.approval.start_ns
    return [[list(moment) for moment in moving_code.box_over_the_code(start_ns)]]


def rendered(
    world: World, part: PackagePart, method: str = "fill", said: list[Any] | None = None
) -> Redaction:
    row = redactions.set_boxes(world.manager, part, said or boxes(part), method)
    redacted_films.make(world.manager, row, redacted_films.begin(world.manager, row), lambda _bytes: None)
    return row


def checked(world: World, row: Redaction) -> Redaction:
    for index in range(len(redacted_films.held(row))):
        redacted_films.fetched(row, world.operator.pk, index)
    redactions.check(world.operator, row, redacted_films.seen(row, world.operator.pk))
    return row
