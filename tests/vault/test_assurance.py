"""The level is computed from what is there; the word "irrecoverable" is earned or not used."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kuramori.vault.assurance import assess, device_doubts, mount_of, weigh
from kuramori.vault.token_part import PartFacts

if TYPE_CHECKING:
    from kuramori.vault.token_part import PartKind

DIRECTORY = Path("/srv/kuramori/record/slot")


def machine(
    root: Path,
    *,
    fs: str = "ext4",
    options: str = "rw",
    disk: str = "sda",
    rotational: str = "1",
    marks: tuple[str, ...] = (),
    cpu: str = "fpu vme",
    shown: str = "",
) -> Path:
    """A /proc and /sys in which /srv lies on the second partition of one disk."""
    real = root / f"sys/devices/pci/{disk}"
    part = real / f"{disk}2"
    (real / "queue").mkdir(parents=True)
    part.mkdir()
    (part / "partition").write_text("2\n")
    (real / "queue/rotational").write_text(f"{rotational}\n")
    for mark in marks:
        (real / mark).mkdir()
    by_number = root / "sys/dev/block"
    by_number.mkdir(parents=True)
    (by_number / "8:2").symlink_to(part)
    proc = root / "proc/self"
    proc.mkdir(parents=True)
    (proc / "mountinfo").write_text(
        "21 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n"
        f"22 21 8:2 / /srv rw,relatime shared:2 - {fs} /dev/{disk}2 {options}\n"
        "23 21 8:3 / /srv-other rw - btrfs /dev/sda3 rw\n"
    )
    (root / "proc/cpuinfo").write_text(f"processor : 0\nflags\t\t: {cpu}\n")
    if shown:
        place = root / f"proc/fs/{fs}/{disk}2"
        place.mkdir(parents=True)
        (place / "options").write_text(shown)
    return root


def test_the_control_a_magnetic_disk_written_in_place_on_a_real_machine(tmp_path: Path) -> None:
    found = assess(DIRECTORY, root=machine(tmp_path))
    assert (found.level, found.reasons, found.irrecoverable) == (1, ("software-slot",), True)


@pytest.mark.parametrize(
    ("how", "code"),
    [
        ({"rotational": "0"}, "flash"),
        ({"fs": "btrfs"}, "copy-on-write:btrfs"),
        ({"fs": "overlay"}, "copy-on-write:overlay"),
        ({"fs": "f2fs"}, "copy-on-write:f2fs"),
        ({"options": "rw,data=journal"}, "journalled-data"),
        ({"shown": "rw\ndata=journal\n"}, "journalled-data"),
        ({"fs": "nfs4"}, "not-a-local-disk:nfs4"),
        ({"fs": "fuse.sshfs"}, "not-a-local-disk:fuse.sshfs"),
        ({"fs": "tmpfs"}, "memory-file-system"),
        ({"fs": "novelfs"}, "file-system-unknown:novelfs"),
        ({"marks": ("dm",)}, "device-mapper"),
        ({"marks": ("md",)}, "raid"),
        ({"marks": ("loop",)}, "loop-device"),
        ({"disk": "vda"}, "virtual-disk"),
        ({"rotational": "?"}, "medium-unknown"),
        ({"cpu": "fpu hypervisor vme"}, "virtual-machine"),
    ],
)
def test_each_doubt_is_named_and_takes_the_word_away(
    tmp_path: Path, how: dict[str, object], code: str
) -> None:
    found = assess(DIRECTORY, root=machine(tmp_path, **how))  # type: ignore[arg-type]
    assert code in found.reasons
    assert not found.irrecoverable


def test_what_cannot_be_told_counts_as_a_doubt(tmp_path: Path) -> None:
    found = assess(DIRECTORY, root=tmp_path)
    assert "file-system-unknown" in found.reasons
    assert not found.irrecoverable


def test_ordered_data_is_no_doubt(tmp_path: Path) -> None:
    assert assess(DIRECTORY, root=machine(tmp_path, shown="rw\ndata=ordered\n")).irrecoverable


def test_the_mount_is_the_nearest_one_by_whole_names(tmp_path: Path) -> None:
    root = machine(tmp_path)
    for path, point in (("/srv/a", "/srv"), ("/srv-other/a", "/srv-other"), ("/home", "/")):
        mount = mount_of(Path(path), root)
        assert mount is not None
        assert mount.point == point


def test_the_machine_the_tests_run_on_can_be_judged(tmp_path: Path) -> None:
    found = assess(tmp_path)
    assert found.level == 1
    assert found.reasons[0] == "software-slot"


@pytest.mark.parametrize(("options", "journalled"), [("data=ordered", False), ("data=journal", True)])
def test_a_real_ext4_says_how_it_journals(
    tmp_path: Path, device: Path, options: str, journalled: bool
) -> None:
    subprocess.run(["mkfs.ext4", "-q", str(device)], check=True)
    point = tmp_path / "mounted"
    point.mkdir()
    before = assess(point).reasons
    subprocess.run(["mount", "-o", options, str(device), str(point)], check=True)
    try:
        found = assess(point).reasons
    finally:
        subprocess.run(["umount", str(point)], check=True)
    assert ("journalled-data" in found) == journalled
    assert "loop-device" in found
    assert assess(point).reasons == before  # mounting and unmounting are noticed at once


def test_a_real_loop_device_is_not_taken_for_a_disk(device: Path) -> None:
    assert "loop-device" in device_doubts(device)


def a_part(kind: PartKind, *, software: bool = False) -> PartFacts:
    return PartFacts(kind, "x", software)


@pytest.mark.parametrize(
    ("facts", "doubts", "findings", "level", "reason"),
    [
        (None, [], [], 1, "software-slot"),
        (a_part("tpm"), ["flash"], [], 2, "tpm"),
        (a_part("token"), ["flash", "virtual-machine"], [], 3, "token"),
        (a_part("tpm", software=True), [], [], 1, "tpm-in-software"),
        (a_part("token", software=True), [], [], 1, "token-in-software"),
        (a_part("tpm"), ["virtual-machine"], [], 1, "tpm-in-virtual-machine"),
        (a_part("token"), [], ["old-token-part-stands"], 1, "old-token-part-stands"),
        (a_part("tpm"), [], ["slot-copy-stands:2"], 1, "slot-copy-stands:2"),
        (a_part("tpm"), [], ["left-slot-stands"], 1, "left-slot-stands"),
        (a_part("tpm"), [], ["table-copy-failed:/x"], 2, "tpm"),
    ],
)
def test_the_level_is_what_is_really_there(
    facts: PartFacts | None, doubts: list[str], findings: list[str], level: int, reason: str
) -> None:
    found = weigh(facts, doubts, findings)
    assert found.level == level
    assert reason in found.reasons
    lowered = level == 1 and facts is not None
    assert found.irrecoverable == (not lowered)


GUIDE = Path(__file__).resolve().parents[2] / "docs" / "guide" / "erasure.md"
CHIP = PartFacts("tpm", "chip", software=False)
TOKEN = PartFacts("token", "token", software=False)
SAID_TO_BE_LEVEL_1 = {
    "TPMやトークンのまねをするソフトウェア": (PartFacts("token", "SoftHSM", software=True), (), ()),
    "仮想機のTPM": (CHIP, ("virtual-machine",), ()),
    "消し残りがあるとき": (TOKEN, (), ("old-token-part-stands",)),
}


def test_the_levels_are_those_of_the_guide() -> None:
    """Three rows, one for each kind of slot, and the cases that the guide calls level 1 nevertheless."""
    text = GUIDE.read_text(encoding="utf-8")
    rows = [
        line.split("|")[1:3] for line in text.splitlines() if line.startswith(("| 1 |", "| 2 |", "| 3 |"))
    ]
    said = {int(level): place.strip() for level, place in rows}
    for facts, words in (
        (None, "この機械のファイル"),
        (CHIP, "一部がセキュリティチップ"),
        (TOKEN, "一部が外付けトークン"),
    ):
        assert said.pop(weigh(facts, (), ()).level).startswith(words)
    assert said == {}
    sentence = next(line for line in text.splitlines() if line.endswith("段階1として表示します。"))
    for words, found in SAID_TO_BE_LEVEL_1.items():
        assert words in sentence
        assert weigh(*found).level == 1
