"""Swap that could take pictures to the disk is said; encrypted swap and compressed memory are not."""

from __future__ import annotations

from pathlib import Path

from kuramori.main import swap

HEAD = "Filename\tType\tSize\tUsed\tPriority\n"


def test_areas_in_the_clear_are_named(tmp_path: Path) -> None:
    block = tmp_path / "block"
    (block / "dm-1" / "dm").mkdir(parents=True)
    (block / "dm-1" / "dm" / "uuid").write_text("CRYPT-PLAIN-swap\n")
    (block / "dm-2" / "dm").mkdir(parents=True)
    (block / "dm-2" / "dm" / "uuid").write_text("LVM-abc\n")
    swaps = tmp_path / "swaps"
    areas = ["/dev/zram0", "/dev/dm-1", "/dev/dm-2", "/swapfile", "/dev/sda2"]
    swaps.write_text(HEAD + "".join(f"{area} partition 1 0 -2\n" for area in areas))
    assert swap.in_the_clear(swaps, block) == ["/dev/dm-2", "/swapfile", "/dev/sda2"]


def test_no_swap_is_no_finding(tmp_path: Path) -> None:
    (tmp_path / "swaps").write_text(HEAD)
    assert swap.in_the_clear(tmp_path / "swaps", tmp_path) == []
    assert swap.in_the_clear(tmp_path / "absent", tmp_path) == []
