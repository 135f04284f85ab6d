"""Real pictures in real segment files, a decision that allows a copy, and a package made of it."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from kuramori.access import approving, storehouse_session
from kuramori.clock import NS_PER_S
from kuramori.evidence import choosing, copies, packing
from kuramori.evidence.choosing import Choice
from kuramori.footage import intake
from kuramori.recorder.fmp4 import fragment, init_segment
from kuramori.recorder.store import hour_folder
from kuramori.vault.segment_writer import SegmentWriter
from tests.footage.world import _header
from tests.recorder.test_fmp4 import load

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.access.models import Approval
    from kuramori.clock import ManualClock
    from kuramori.evidence.models import Package
    from kuramori.evidence.packing import Ready
    from tests.footage.world import RunningRecorder, World

SEI = bytes([6, 5, 16 + 4]) + bytes.fromhex("005bc93f2d7152b194ca6ed7a24a0d91") + b"sign" + b"\x80"
"""User data of the kind that signs a camera's pictures."""
CASE = {
    "basis": "捜査関係事項照会書",
    "document": "鳥署刑発第12号 2026-11-20",
    "asker": "鳥取警察署 巡査部長 山田 太郎",
    "decided_by": "Manager",
}


@dataclass
class Footage:
    """Eight seconds of 640×360 in one file of the storehouse."""

    start_ns: int
    segment: str
    path: Path
    init: bytes
    fragments: list[bytes]


@pytest.fixture
def no_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The watch that locks by itself is a thread with a database connection of its own."""
    monkeypatch.setattr("kuramori.access.auto_lock.ensure_running", lambda: None)


def record(world: World, recorder: RunningRecorder, clip: Path, *, per_fragment: int = 6) -> Footage:
    """What the recorder would have stored of `clip`, with a signing SEI before each key frame."""
    loaded = load(clip)
    for unit in loaded.units:
        if unit.key:
            unit.data = len(SEI).to_bytes(4, "big") + SEI + unit.data
    wall_ns, keeper = recorder.clock.wall_ns(), recorder.recorder.parts.keeper
    row = keeper.hour_for(world.camera.id, wall_ns)
    assert row is not None
    segment, key = secrets.token_hex(16), bytearray(secrets.token_bytes(32))
    header = _header(recorder.recorder.parts.recorder, world.camera, row, segment, wall_ns, key)
    path = (
        recorder.data
        / "store/0"
        / world.camera.id
        / hour_folder(row.hour_start_s)
        / f"{wall_ns}-{segment}.kura"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    writer, init = SegmentWriter(path, header, key), init_segment(loaded.sps, loaded.pps, 640, 360)
    writer.append(init, wall_ns=wall_ns, media_90k=0, duration_90k=0, flags=2)
    made = []
    for number, first in enumerate(range(0, len(loaded.units), per_fragment)):
        units = loaded.units[first : first + per_fragment]
        made.append(fragment(number + 1, 900_000 + 6000 * first, units))
        writer.append(
            made[-1],
            wall_ns=wall_ns + first * 6000 * 100_000 // 9,
            media_90k=900_000 + 6000 * first,
            duration_90k=6000 * len(units),
            flags=int(units[0].key),
        )
    recorder._journal(path, header, writer, close=True)
    return Footage(wall_ns, segment, path, init, made)


@pytest.fixture
def footage(world: World, recorder: RunningRecorder, now: ManualClock, clip: Path, no_watch: None) -> Footage:
    made = record(world, recorder, clip)
    now.advance_s(120)
    intake.take_in()
    storehouse_session.unlock(world.passphrase, world.manager)
    return made


@pytest.fixture
def case(world: World, footage: Footage) -> Approval:
    """Seconds 1 to 7 may be copied."""
    return approved(world, footage.start_ns + NS_PER_S, footage.start_ns + 7 * NS_PER_S)


def approved(world: World, start_ns: int, end_ns: int, *, may_copy: bool = True) -> Approval:
    with transaction.atomic():
        return approving.approve(world.manager, world.camera, start_ns, end_ns, case_number="2026-0001",
                                 purpose_code="authority", reason="捜査", may_copy=may_copy)  # fmt: skip


def begun(world: World) -> Package:
    with transaction.atomic():
        return choosing.begin(
            world.manager, "2026-0001", dict(CASE), receiver="鳥取警察署 山田", return_by=date(2027, 1, 31)
        )


@pytest.fixture
def packed(world: World, footage: Footage, case: Approval) -> Ready:
    """Seconds 3 to 7 with two single pictures, packed."""
    return pack(world, footage)


def pack(world: World, footage: Footage) -> Ready:
    package = begun(world)
    [part] = package.parts.all()
    start_ns = footage.start_ns + 3 * NS_PER_S
    stills = [start_ns + NS_PER_S // 2, start_ns + 2 * NS_PER_S]
    choosing.choose(world.manager, package, [Choice(part, start_ns, footage.start_ns + 7 * NS_PER_S, stills)])
    return packing.pack(world.manager, package, packing.begin(world.manager, package))


def written(ready: Ready, form: str, world: World, folder: Path) -> Path:
    """One copy in a file, as a browser would have saved it."""
    writing = copies.begin(ready, form, world.manager)
    path = folder / writing.name
    with path.open("wb") as out:
        for block in writing.blocks:
            out.write(block)
    copies.end(writing)
    assert path.stat().st_size == writing.size_bytes
    return path
