"""A record directory on which nothing can be written any more: the recorder goes on as far as it can."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kuramori.clock import HOUR_S, ManualClock
from kuramori.recorder import clock_file
from tests.recorder.keeper_rig import KeeperRig


async def test_a_clock_that_cannot_be_saved_does_not_end_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = KeeperRig(tmp_path, ManualClock.at("2027-01-10T09:59:00+09:00"))
    await rig.boot()
    before = clock_file.load(rig.record / "clock.json")

    def full(*_: object) -> None:
        raise OSError(28, "no space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        rig.clock.advance_s(HOUR_S)
        assert rig.guard.tick().trusted
    assert clock_file.load(rig.record / "clock.json") == before
    await rig.tick()
    assert rig.guard.view().now_ns == rig.clock.wall_ns()
