"""Short form of `python -m proofs.forensics`: some days on small disk images, scanned as the long form does.

Loop images need root. Where they cannot be had this fails, unless KURAMORI_NO_LOOP_IMAGES says why not.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

import pytest
from proofs.forensics_baseline import baseline
from proofs.forensics_images import FILE_SYSTEMS, MIB, NoLoopImages, mounted
from proofs.forensics_scan import PIECE_BYTES, Needles, clear_needles
from proofs.forensics_token import examine_token

from proofs import forensics

HOURS = 40
TOKEN_HOURS = 49
NO_IMAGES = os.environ.get("KURAMORI_NO_LOOP_IMAGES", "")
needs_images = pytest.mark.skipif(bool(NO_IMAGES), reason=f"no loop images here: {NO_IMAGES}")
pytestmark = pytest.mark.process


@needs_images
@pytest.mark.parametrize(
    ("system", "slot"),
    [
        ("ext4 data=ordered", "raw"),
        ("ext4 data=ordered", "file"),
        ("xfs", "raw"),
        ("ext4 data=journal", "file"),
        ("btrfs", "raw"),
        ("btrfs", "file"),
    ],
)
def test_the_scan_finds_no_erased_hour_except_where_the_slot_is_known_to_live_on(
    system: str, slot: str, tmp_path: Path
) -> None:
    found = forensics.examine(FILE_SYSTEMS[system], slot, HOURS, {"days": 1}, tmp_path, lab=False)
    assert found.faults() == []
    assert (found.erased_back > 0) == (system in forensics.KEEPS_OLD_SLOTS and slot == "file")


@needs_images
@pytest.mark.proof
def test_a_slot_that_lives_on_is_worth_nothing_without_the_token_of_its_day(tmp_path: Path) -> None:
    system = FILE_SYSTEMS["ext4 data=journal"]
    found = examine_token(system, TOKEN_HOURS, {"days": 1}, tmp_path, 96 * MIB)
    assert found.faults() == []
    assert found.proves


@needs_images
@pytest.mark.parametrize(
    ("system", "way", "stays"), [("ext4 data=ordered", "unlink", True), ("ext4 data=ordered", "shred", False),
                                 ("btrfs", "shred", True)],
)  # fmt: skip
def test_plain_recordings_come_back_where_the_medium_keeps_them(
    system: str, way: str, stays: bool, tmp_path: Path
) -> None:
    row, found = baseline(system, way, tmp_path, lab=False)
    assert (found > 0) == stays, row


def test_a_machine_that_cannot_mount_is_told_so_and_nothing_passes(tmp_path: Path) -> None:
    broken = forensics.FileSystem("none", ("mkfs.nothing",), "loop", 1)
    with pytest.raises(NoLoopImages), mounted(broken, tmp_path / "x.img", 1):
        pass


@pytest.mark.parametrize(
    "at", [0, 1, 7, 8, 4093, *(PIECE_BYTES + by for by in (-31, -1, 0)), 3 * PIECE_BYTES + 5]
)
def test_a_key_is_found_wherever_it_lies(at: int, tmp_path: Path) -> None:
    key, other = secrets.token_bytes(32), secrets.token_bytes(32)
    image = tmp_path / "image"
    image.write_bytes(secrets.token_bytes(at) + key + secrets.token_bytes(100) + other[:31])
    assert Needles([key, other]).found(image) == {key}


def test_a_clear_picture_in_a_data_directory_is_found(tmp_path: Path) -> None:
    picture = secrets.token_bytes(20_000)
    image = tmp_path / "image"
    image.write_bytes(b"{}" * 501 + picture + b"tail")
    known = clear_needles([picture])
    assert len(known) > 30 and Needles(known).found(image) == known
