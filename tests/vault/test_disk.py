"""One sync for a store; the first failure is the last."""

from __future__ import annotations

import errno
import os
import resource
import signal
from typing import TYPE_CHECKING

import pytest

from kuramori.errors import DiskFailed
from kuramori.vault import disk as disk_module
from kuramori.vault.disk import Disk
from kuramori.vault.segment_reader import SegmentFile
from kuramori.vault.segment_writer import SegmentWriter
from tests.vault.footage_samples import append, footage

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("mode", ["syncfs", "fdatasync"])
def test_both_ways_of_syncing_work_on_this_machine(tmp_path: Path, mode: disk_module.SyncMode) -> None:
    disk = Disk(tmp_path / "store", mode)
    path = tmp_path / "store/camera/hour/a.kura"
    writer = SegmentWriter(path, footage(0).header, bytearray(32))
    disk.created(path)
    append(writer, 0, b"init")
    disk.sync([writer.fileno()])
    assert disk.failed is None
    assert disk.free_bytes() > 0
    writer.abandon()
    disk.close()


def test_the_way_of_syncing_fits_the_file_system(tmp_path: Path) -> None:
    assert Disk(tmp_path).mode in ("syncfs", "fdatasync")


@pytest.mark.parametrize("mode", ["syncfs", "fdatasync"])
def test_the_first_failure_is_remembered_for_ever(tmp_path: Path, mode: disk_module.SyncMode) -> None:
    disk = Disk(tmp_path, mode)
    disk.sync()
    gone = os.open(tmp_path, os.O_RDONLY)
    os.close(gone)
    disk_handle = disk._handle
    if mode == "syncfs":
        disk._handle = gone  # a descriptor that is not one: the kernel itself says EBADF
    with pytest.raises(DiskFailed) as told:
        disk.sync([gone])
    assert told.value.values["errno"] == errno.EBADF
    disk._handle = disk_handle
    with pytest.raises(DiskFailed):  # all is well now, and it is refused all the same
        disk.sync()
    assert disk.failed is told.value
    disk.close()


def test_a_failed_write_ends_trust_in_the_disk(tmp_path: Path) -> None:
    disk = Disk(tmp_path)
    disk.fail(DiskFailed("segment-write", errno=5))
    with pytest.raises(DiskFailed, match="segment-write"):
        disk.sync()
    disk.close()


def test_a_write_error_poisons_the_file_and_keeps_what_was_whole(tmp_path: Path) -> None:
    """The kernel itself refuses to let the file grow, part-way through a record."""
    path, made, key = tmp_path / "a.kura", footage(0), bytearray(footage(0).key)
    writer = SegmentWriter(path, made.header, key)
    append(writer, 0, b"init")
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (writer.size_bytes + 500, limit[1]))
    try:
        with pytest.raises(DiskFailed):
            append(writer, 1, bytes(5000))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        signal.signal(signal.SIGXFSZ, ignored)
    assert writer.ended
    assert key == bytes(32)
    with pytest.raises(ValueError, match="ended"):
        append(writer, 1, b"again")
    with SegmentFile(path) as segment:
        assert len(segment.records) == 1
        assert segment.state == "open-or-cut"
        assert segment.read(0, footage(0).key) == b"init"
        assert segment.whole_bytes < path.stat().st_size
