"""A stolen running box: the recorder's whole memory is searched for the keys of footage it has closed.

Expected: the key of the segment being written is there (which shows that the search works); keys of closed
segments, and passwords of cameras that are gone from the table, are not.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path

import pytest

from kuramori.recorder.footage_files import header_of
from kuramori.vault.segment_reader import SegmentFile
from kuramori.vault.storehouse import SealContext, open_segment_key
from tests.recorder.keeper_rig import RECORDER, settings
from tests.recorder.socket_caller import ask
from tests.recorder.test_recorder_process import Record, record  # noqa: F401 - the fixture
from tests.rig.cameras import GstCamera
from tests.rig.process_memory import hits

pytestmark = [
    pytest.mark.process,
    pytest.mark.skipif(os.geteuid() != 0, reason="only root reads another process's memory"),
]
GRANT = "9" * 32
PATIENCE_S = 20


def _key(box: Record, path: Path) -> bytes:
    """The segment's key, as a person with the storehouse's private key gets it."""
    header = header_of(path)
    assert header is not None
    fields = {"camera": header.camera, "segment": header.segment, "hour": header.hour}
    wrapped = header.wrapped_key.hex()
    socket = box.data / "record/record.sock"
    answer = asyncio.run(ask(socket, "sealed-key", grant=GRANT, wrapped=wrapped, **fields))
    context = SealContext(1, RECORDER, header.camera, header.segment, header.start_ns, header.storehouse_key)
    return bytes(open_segment_key(box.storehouse.private, bytes.fromhex(answer["sealed"]), context))


def _states(box: Record) -> dict[Path, str]:
    found = {}
    for path in box.data.glob("store/0/*/*/*.kura"):
        with SegmentFile(path) as file:
            found[path] = file.state
    return found


def _close_one(box: Record, url: str, serial: int) -> None:
    """New settings begin a new segment at the next key frame."""
    document = {**settings(storehouse=box.storehouse, url=url, purpose_version=serial), "serial": serial}
    fresh = box.data / "record/settings.json.new"
    fresh.write_text(json.dumps(document))
    fresh.replace(box.data / "record/settings.json")
    end = time.monotonic() + PATIENCE_S
    while True:
        states = list(_states(box).values())
        if states.count("closed") >= serial - 1 and "open-or-cut" in states:
            return
        assert time.monotonic() < end, "no segment was closed"
        time.sleep(0.1)


def test_memory_holds_the_key_of_the_running_segment_and_of_no_closed_one(
    record: Record,  # noqa: F811
    gst_camera: GstCamera,
) -> None:
    record.start()
    record.until_recording()
    for serial in (2, 3, 4):
        _close_one(record, gst_camera.url("cam"), serial)
    time.sleep(1)
    states = _states(record)
    running = [_key(record, path) for path, state in states.items() if state == "open-or-cut"]
    closed = [_key(record, path) for path, state in states.items() if state == "closed"]
    assert record.process is not None
    found = hits(record.process.pid, running + closed)
    assert _states(record) == states  # nothing was closed while we looked
    assert len(running) == 1 and len(closed) == 3
    assert found[0] > 0, "the search finds nothing: it proves nothing"
    assert found[1:] == [0, 0, 0]
