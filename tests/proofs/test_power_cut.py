"""Power cuts and disk errors in a rotation on real file systems: the short form of proofs/power_cut.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from proofs.forensics_images import FILE_SYSTEMS
from proofs.power_cut import CuttingFiles, FuseDisk, LoopDisk, cuts, errors

if TYPE_CHECKING:
    from pathlib import Path


def test_a_shut_down_file_system_keeps_table_and_living_hours(tmp_path: Path) -> None:
    row = cuts(LoopDisk(FILE_SYSTEMS["ext4 data=ordered"], tmp_path), every=3)
    assert row.cases >= 4 and row.holds, row


def test_unsynced_bytes_that_are_lost_cost_no_table(tmp_path: Path) -> None:
    row = cuts(FuseDisk(tmp_path), every=5)
    assert row.cases >= 2 and row.holds, row


def test_errors_of_one_operation_cost_no_table(tmp_path: Path) -> None:
    rows = errors(FuseDisk(tmp_path), every=7)
    assert [row.what for row in rows] == ["write: EIO", "write: torn", "write: ENOSPC", "fsync: EIO"]
    assert all(row.holds for row in rows), rows


def test_the_proof_sees_a_table_that_was_never_synced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(CuttingFiles, "unsynced", "table")
    row = cuts(FuseDisk(tmp_path), every=7)
    assert row.unreadable > 0, row
