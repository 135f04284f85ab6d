"""Three odd looks are a fault, three good ones its end; what was moved stays so until it is approved anew."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from kuramori.clock import ManualClock
from kuramori.pictures.view_sketch import Sketch, Unlike
from kuramori.pictures.views import Compared, View, Views
from kuramori.recorder import trial_decode
from kuramori.recorder.journal import Journal
from kuramori.recorder.journal_reader import read_all
from kuramori.recorder.parts import RecorderParts
from kuramori.recorder.trial_decode import TrialDecode
from kuramori.recorder.view_judging import ViewJudge, fit_to_add
from kuramori.recorder.view_watch import ViewWatch
from tests.pictures import scenes

CAMERA = "c" * 32
START_NS = ManualClock.at("2026-11-23T09:00:00+09:00").wall_ns()
DAY = Sketch(bits=0, sure=(1 << 256) - 1, mean=120, spread=40, sharp=400)
NIGHT = replace(DAY, mean=35, spread=15, sharp=150)
GOOD, MOVED = Compared(Unlike(3, 0, 95), 3), Compared(Unlike(20, 10, 90), 2)
LORRY, ELSEWHERE = Compared(Unlike(40, 5, 90), 38), Compared(Unlike(45, 33, 90), 40)


def view(compared: Compared, number: int = 0, sketch: Sketch = DAY) -> View:
    return View(sketch, f"{number:064x}", (compared,))


def judged(judge: ViewJudge, *looks: View) -> list[bool]:
    return [judge.take(look, [DAY]) for look in looks]


@pytest.mark.parametrize(("compared", "fault"), [(MOVED, "moved"), (ELSEWHERE, "moved"), (LORRY, "covered")])
def test_three_in_a_row(compared: Compared, fault: str) -> None:
    judge = ViewJudge()
    two = [view(compared, 1), view(compared, 2)]
    assert judged(judge, *two, view(GOOD, 3), *two) == [False] * 5 and judge.fault is None
    assert judged(judge, view(compared, 6)) == [True] and judge.fault == fault


def test_what_was_covered_comes_back_and_what_was_moved_does_not() -> None:
    for compared, end in ((LORRY, None), (MOVED, "moved")):
        judge = ViewJudge()
        judged(judge, *(view(compared, number) for number in range(3)))
        judged(judge, *(view(GOOD, number) for number in range(9)))
        assert judge.fault == end


def test_covered_first_and_moved_behind_it_is_moved() -> None:
    judge = ViewJudge()
    judged(judge, *(view(LORRY, number) for number in range(3)))
    assert judged(judge, view(MOVED, 9)) == [True] and judge.fault == "moved"


def test_the_same_picture_over_and_over_is_frozen() -> None:
    judge = ViewJudge()
    assert judged(judge, *[view(GOOD, 1)] * 4) == [False, False, False, True]
    assert judge.fault == "frozen"


def test_a_reference_for_each_light_and_no_more() -> None:
    night = view(GOOD, 1, NIGHT)
    assert fit_to_add(night, [DAY])
    assert not fit_to_add(view(GOOD, 2), [DAY]), "there is one for this light"
    assert not fit_to_add(view(MOVED, 3, NIGHT), [DAY]), "turned in the dusk"
    assert not fit_to_add(view(LORRY, 4, NIGHT), [DAY])
    assert not fit_to_add(view(GOOD, 5, replace(DAY, spread=1)), []), "nothing is seen in it"


def test_turned_little_by_little_is_not_followed() -> None:
    """An attacker turns the camera so slowly that each look is like the one before: it is compared with what
    was approved, never with the one before."""
    judge, found = ViewJudge(), []
    for step in range(0, 40, 2):
        look = view(Compared(Unlike(step, 0, 95), 1), step)
        found.append(judge.take(look, [DAY]))
        assert not fit_to_add(look, [DAY])
    assert judge.fault == "moved"


class Rig:
    """A watch over a real journal and a real worker."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.clock = ManualClock.at("2026-11-23T09:00:00+09:00")
        self.views = Views()
        self.open()

    def open(self, version: int = 1) -> None:
        self.journal = Journal(self.folder, self.clock)
        parts = SimpleNamespace(journal=self.journal, views=self.views, looking=asyncio.Lock())
        self.trial = TrialDecode(asyncio.Lock())
        self.watch = ViewWatch(cast(RecorderParts, parts), CAMERA, version, self.trial)

    async def looks(self, *pictures: bytes) -> None:
        for picture in pictures:
            await self.watch.look(picture, START_NS)

    def told(self) -> list[dict[str, Any]]:
        self.journal.sync()
        return [entry for entry, _hash in read_all(self.folder) if str(entry["kind"]).startswith("view-")]


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path / "journal")
    yield made
    made.journal.close()
    made.views.close()


def pictures(of: Any, count: int = 3) -> list[bytes]:
    return [scenes.key_frame(scenes.noisy(of, seed)) for seed in range(count)]


async def test_a_look_is_a_picture_decoded_and_one_that_fails_has_another_tried_soon(rig: Rig) -> None:
    now_s = asyncio.get_running_loop().time()
    await rig.looks(*pictures(scenes.street(4), 1))
    assert rig.trial.decoded_ns == START_NS
    assert rig.trial._due_s is not None and rig.trial._due_s >= now_s + trial_decode.EVERY_S
    await rig.looks(b"\0\0\0\1\x65 no picture")
    assert rig.trial._due_s < now_s + trial_decode.EVERY_S
    assert not rig.trial.unreadable, "the trial says so, after several"


async def test_turned_is_told_and_outlives_a_restart_until_it_is_approved_anew(rig: Rig) -> None:
    street = scenes.street(4)
    await rig.looks(*pictures(street))
    assert [entry["kind"] for entry in rig.told()] == ["view-reference"] and not rig.watch.moved
    await rig.looks(*pictures(scenes.shifted(street, 0.2)))
    assert [(entry["kind"], entry.get("fault")) for entry in rig.told()][1:] == [("view-changed", "moved")]
    rig.journal.close()
    rig.open()
    assert rig.watch.moved
    await rig.looks(*pictures(street, 4))
    assert rig.watch.moved, "it came back by itself: nobody has approved that"
    rig.watch.approved(2)
    assert not rig.watch.moved
    await rig.looks(*pictures(scenes.shifted(street, 0.2)))
    assert rig.told()[-1]["kind"] == "view-reference" and rig.told()[-1]["version"] == 2


async def test_covered_is_told_and_so_is_its_end(rig: Rig) -> None:
    street = scenes.street(4)
    await rig.looks(*pictures(street), *pictures(scenes.plain(120)), *pictures(street))
    assert [(entry["kind"], entry.get("fault")) for entry in rig.told()] == [
        ("view-reference", None),
        ("view-changed", "blank"),
        ("view-back", None),
    ]


async def test_the_dark_is_no_reference(rig: Rig) -> None:
    await rig.looks(*pictures(scenes.plain(5)))
    assert [entry["kind"] for entry in rig.told()] == ["view-changed"]


async def test_what_cannot_be_read_says_nothing_of_the_view(rig: Rig) -> None:
    await rig.looks(*pictures(scenes.street(4)), b"no picture", b"", b"\0\0\0\1\x65")
    assert len(rig.told()) == 1 and rig.watch.checked_ns == START_NS
