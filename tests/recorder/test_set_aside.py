"""A key table that does not open is kept unharmed, recording goes on, and it is taken over when it opens
again."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from kuramori.clock import HOUR_S, NS_PER_S, ManualClock
from kuramori.errors import KeyGone
from kuramori.recorder.process import Recorder
from kuramori.recorder.time_witnesses import FixedWitnesses
from tests.recorder.keeper_rig import RECORDER, SURE, KeeperRig, Written, camera_id, settings

DAY_S = 24 * HOUR_S


async def _start(data: Path, clock: ManualClock) -> Recorder:
    (data / "instance.json").write_text(json.dumps({"recorder_id": RECORDER, "created_ns": 0, "demo": False}))
    recorder = Recorder(data, clock, FixedWitnesses(*SURE))
    await recorder.start()
    return recorder


def _opens(recorder: Recorder, written: Written) -> bool:
    try:
        return recorder.parts.keeper.unwrap(written.hour, written.segment, written.wrapped) == written.sealed
    except KeyGone:
        return False


async def _before(tmp_path: Path) -> tuple[KeeperRig, Written]:
    rig = KeeperRig(tmp_path, ManualClock.at("2027-01-10T09:59:00+09:00"))
    gates = [{"gate": "no-record", "rule": "T3", "from_ns": 0, "until_ns": None}]
    rig.use(settings(storehouse=rig.storehouse, gates=gates))
    await rig.boot()
    written = rig.record_segment()
    rig.journal.close()
    return rig, written


async def test_nothing_is_wiped_recording_goes_on_and_the_rows_come_back(tmp_path: Path) -> None:
    rig, written = await _before(tmp_path)
    token_away = tmp_path / "token"
    shutil.move(rig.record / "slot", token_away)
    recorder = await _start(tmp_path, rig.clock)
    assert recorder.parts.keeper.hour_for(camera_id(1), rig.clock.wall_ns()) is not None
    assert not _opens(recorder, written)
    (aside,) = recorder._store.aside.pairs()
    assert aside.until_ns > rig.clock.wall_ns() + 31 * DAY_S * NS_PER_S
    await recorder.stop()
    shutil.copytree(token_away, aside.record_dir / "slot", dirs_exist_ok=True)
    again = await _start(tmp_path, rig.clock)
    assert _opens(again, written)
    assert not again._store.aside.pairs()
    await again.stop()


async def test_expired_rows_of_a_table_that_comes_back_late_die_first(tmp_path: Path) -> None:
    rig, written = await _before(tmp_path)
    token_away = tmp_path / "token"
    shutil.move(rig.record / "slot", token_away)
    recorder = await _start(tmp_path, rig.clock)
    (aside,) = recorder._store.aside.pairs()
    await recorder.stop()
    rig.clock.advance_s(15 * DAY_S)
    shutil.copytree(token_away, aside.record_dir / "slot", dirs_exist_ok=True)
    again = await _start(tmp_path, rig.clock)
    assert not _opens(again, written) and not written.path.exists()
    assert written.hour not in again.parts.keeper._table.hours
    await again.stop()


async def test_what_never_opens_is_destroyed_after_its_last_date(tmp_path: Path) -> None:
    rig, _ = await _before(tmp_path)
    shutil.rmtree(rig.record / "slot")
    await (await _start(tmp_path, rig.clock)).stop()
    rig.clock.advance_s(33 * DAY_S)
    recorder = await _start(tmp_path, rig.clock)
    assert not recorder._store.aside.pairs()
    await recorder.stop()
