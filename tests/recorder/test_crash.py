"""kill -9 of the recording process, a few rounds; a hundred of them in `make proof` (proofs/crash.py)."""

from __future__ import annotations

from pathlib import Path

import pytest
from proofs.crash import LOST_AT_MOST_S, prove

ROUNDS = 5


@pytest.mark.process
def test_a_killed_recorder_loses_nothing_stored_and_at_most_half_a_second(tmp_path: Path) -> None:
    # with this seed four of the five rounds wait until something is recorded, however busy the machine is
    verdict = prove(tmp_path / "data", ROUNDS, seed=20261127)
    assert verdict.faults == []
    assert verdict.rounds == ROUNDS
    assert len(verdict.lost_s) >= ROUNDS  # most of the kills fell while something was being recorded
    assert max(verdict.lost_s) <= LOST_AT_MOST_S
    assert verdict.pictures > 0 and verdict.cut > 0
