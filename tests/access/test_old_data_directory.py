"""An old copy of the whole data directory, put back onto the same box: what it brings back and what not."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from kuramori.errors import KeyGone
from kuramori.footage import orders, recorder_socket
from kuramori.vault.segment_reader import SegmentFile

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kuramori.clock import ManualClock
    from kuramori.vault.segment_header import SegmentHeader
    from tests.footage.world import RunningRecorder, World

pytestmark = pytest.mark.django_db(transaction=True)


def header_of(path: Path) -> SegmentHeader:
    with SegmentFile.open(path) as file:
        return file.header


def sealed(header: SegmentHeader) -> bytes:
    """The recorder asked directly, as an attacker would who owns the pages."""
    return recorder_socket.sealed_key(
        grant="a" * 32,
        camera=header.camera,
        segment=header.segment,
        hour=header.hour,
        wrapped=header.wrapped_key,
    )


def put_back(copy: Path, data: Path) -> None:
    shutil.rmtree(data)
    shutil.copytree(copy, data)


def test_expired_hours_of_an_old_copy_die_before_anything_opens(
    world: World,
    data: Path,
    tmp_path: Path,
    start_recorder: Callable[[], RunningRecorder],
    now: ManualClock,
) -> None:
    running = start_recorder()
    _, path = running.segment(world.camera)
    header, file = header_of(path), path.read_bytes()
    assert sealed(header)  # the control: it is alive
    running.stop()
    shutil.copytree(data, tmp_path / "copy", ignore=shutil.ignore_patterns("*.sock"))
    now.advance_s(15 * 86_400)
    put_back(tmp_path / "copy", data)
    assert path.read_bytes() == file
    running = start_recorder()
    with pytest.raises(KeyGone, match="key-gone"):
        sealed(header)  # asked at once: no second of the recorder's has passed
    assert running.recorder.parts.keeper.camera_of(header.hour) is None
    assert not path.exists()


def test_hours_erased_early_come_back_with_an_old_copy_at_level_1(
    world: World,
    data: Path,
    tmp_path: Path,
    start_recorder: Callable[[], RunningRecorder],
    now: ManualClock,
) -> None:
    """A limit, not a promise: the guide says it in as many words, and this test keeps the guide honest."""
    running = start_recorder()
    _, path = running.segment(world.camera)
    header = header_of(path)
    running.stop()
    shutil.copytree(data, tmp_path / "copy", ignore=shutil.ignore_patterns("*.sock"))
    running = start_recorder()
    at_s = header.start_ns // 10**9
    orders.issue("erase", camera=world.camera.id, from_s=at_s, until_s=at_s + 1, reason="court")
    running.tick()
    with pytest.raises(KeyGone):
        sealed(header)
    running.stop()
    put_back(tmp_path / "copy", data)
    start_recorder()
    assert sealed(header)
    assert running.recorder.parts.keeper.status()["level"] == 1
    now.advance_s(15 * 86_400)  # and it still dies on its day
    start_recorder()
    with pytest.raises(KeyGone):
        sealed(header)
