"""The whole program's life on a disk image leaves no clear picture on the raw disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from proofs import forensics_traces
from tests.proofs.test_forensics import needs_images

SAMPLES = {
    "MP4 fragment": b"\0\0\0\x40moof\0\0\0\x10mfhd",
    "MP4 start": b"\0\0\0\x18ftypiso6",
    "H.264 parameters": b"\0\0\0\x2eavcC\x01\x42\xc0\x1e",
    "H.264 stream": b"\0\0\0\x01\x67\x64\0\x1f" + bytes(8) + b"\0\0\0\x01\x68\xee",
    "passphrase": b'"1234-5678-9012-3456-7890-1234"',
}


@needs_images
@pytest.mark.proof
def test_database_log_and_temporary_files_of_the_whole_program_hold_no_picture(tmp_path: Path) -> None:
    _, faults = forensics_traces.traces(tmp_path)
    assert faults == []


@pytest.mark.parametrize("name", list(forensics_traces.CLEAR))
def test_each_mark_of_a_picture_is_seen(name: str) -> None:
    assert len(forensics_traces.CLEAR[name].findall(b"x" * 50 + SAMPLES[name] + b"x" * 50)) == 1
