"""What erasing is worth on this machine: a level, and reasons computed from what is really there.

Level 1 is a software slot, 2 with a TPM, 3 with an external token. At level 1 an overwritten slot is gone
only where overwriting reaches the old bytes: on flash, copy-on-write, journalled data, a virtual or a stacked
disk nobody can promise that, and `irrecoverable` is False there.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kuramori.vault.token_part import PartFacts

_COPY_ON_WRITE = frozenset({"btrfs", "zfs", "bcachefs", "nilfs2", "f2fs", "overlay", "ubifs", "jffs2"})
_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "9p", "virtiofs", "ceph", "glusterfs", "sshfs"})
_IN_PLACE = frozenset({"ext4", "ext3", "ext2", "xfs", "vfat", "exfat"})
_JOURNALLED_DATA = re.compile(r"(?:^|[,\s])data=journal(?:$|[,\s])")
_STACKED = {"dm": "device-mapper", "md": "raid", "loop": "loop-device", "bcache": "cached-disk"}
MOUNTS = "proc/self/mountinfo"
_OCTAL = re.compile(r"\\([0-7]{3})")


@dataclass(frozen=True, slots=True)
class Assurance:
    """`level` 1 to 3; `reasons` are codes; `irrecoverable` says whether that word may be used."""

    level: int
    reasons: tuple[str, ...]
    irrecoverable: bool


@dataclass(frozen=True, slots=True)
class Mount:
    """One line of mountinfo, as far as it matters."""

    device: str  # major:minor
    point: str
    fs_type: str
    options: str
    source: str


def assess(directory: Path, *, level: int = 1, root: Path = Path("/")) -> Assurance:
    """The assurance of a slot that lies in `directory`; `root` is where /proc and /sys are looked for."""
    return judge(level, directory_doubts(directory, root))


def judge(level: int, doubts: Sequence[str]) -> Assurance:
    """The verdict on what was found; the first reason names the kind of slot."""
    slot = {1: "software-slot", 2: "tpm", 3: "token"}[level]
    return Assurance(level, (slot, *dict.fromkeys(doubts)), irrecoverable=level > 1 or not doubts)


LOWERING = ("slot-copy-stands", "old-token-part-stands", "left-slot-stands", "token-part-waits")
"""Findings of a rotation with which an older key may still stand: the level is 1 until they are cured."""


def weigh(facts: PartFacts | None, doubts: Sequence[str], findings: Sequence[str]) -> Assurance:
    """The verdict on a slot, the TPM or token that holds T (None: there is none), and the last rotation."""
    standing = [found for found in findings if found.startswith(LOWERING)]
    if facts is None:
        known = judge(1, [*doubts, *standing])
    elif facts.software:
        known = judge(1, [f"{facts.kind}-in-software", *doubts, *standing])
    elif facts.kind == "tpm" and "virtual-machine" in doubts:
        # What a virtual machine sees as a TPM is, as a rule, a file beside its disk.
        known = judge(1, ["tpm-in-virtual-machine", *doubts, *standing])
    elif standing:
        known = judge(1, [*doubts, *standing])
    else:
        known = judge({"tpm": 2, "token": 3}[facts.kind], doubts)
    return known


def directory_doubts(directory: Path, root: Path = Path("/")) -> tuple[str, ...]:
    """Why an overwritten file in `directory` might live on somewhere."""
    return _doubts_under(directory.resolve(), root, _text(root / MOUNTS))


@lru_cache(maxsize=16)
def _doubts_under(directory: Path, root: Path, mounts: str) -> tuple[str, ...]:
    """Looked at again when anything was mounted, unmounted or remounted."""
    mount = _mount_of(directory, mounts)
    return (*_file_system_doubts(mount, root), *_device_doubts(mount, root), *_machine_doubts(root))


def device_doubts(path: Path, root: Path = Path("/")) -> tuple[str, ...]:
    """The same of a block device that holds no file system, or of a file used as one."""
    try:
        state = path.stat()
    except OSError:
        return ("medium-unknown", *_machine_doubts(root))
    if not stat.S_ISBLK(state.st_mode):
        return directory_doubts(path.parent, root)
    number = f"{os.major(state.st_rdev)}:{os.minor(state.st_rdev)}"
    raw = Mount(number, "", "raw", "", str(path))
    return (*_device_doubts(raw, root), *_machine_doubts(root))


def mount_of(directory: Path, root: Path = Path("/")) -> Mount | None:
    """The mount that `directory` lies on, or None when that cannot be told."""
    return _mount_of(directory.resolve(), _text(root / MOUNTS))


def _mount_of(wanted: Path, mounts: str) -> Mount | None:
    best: Mount | None = None
    for mount in _mounts(mounts):
        if wanted.is_relative_to(mount.point) and (best is None or len(mount.point) >= len(best.point)):
            best = mount  # the later of two equal ones is mounted over the earlier
    return best


def _mounts(text: str) -> list[Mount]:
    found = []
    for line in text.splitlines():
        before, _, after = line.partition(" - ")
        left, right = before.split(), after.split()
        if len(left) >= 6 and len(right) >= 2:
            point = _OCTAL.sub(lambda m: chr(int(m[1], 8)), left[4])
            options = f"{left[5]},{right[2] if len(right) > 2 else ''}"
            found.append(Mount(left[2], point, right[0], options, right[1]))
    return found


def _file_system_doubts(mount: Mount | None, root: Path) -> list[str]:
    if mount is None:
        return ["file-system-unknown"]
    if mount.fs_type in _COPY_ON_WRITE:
        return [f"copy-on-write:{mount.fs_type}"]
    if mount.fs_type in _NETWORK or mount.fs_type.startswith("fuse"):
        return [f"not-a-local-disk:{mount.fs_type}"]
    if mount.fs_type in {"tmpfs", "ramfs"}:
        return ["memory-file-system"]
    if mount.fs_type not in _IN_PLACE:
        return [f"file-system-unknown:{mount.fs_type}"]
    # A file system's built-in defaults are left out of mountinfo; ext4 shows them in its own file.
    shown = _text(root / f"proc/fs/{mount.fs_type}/{Path(mount.source).name}/options")
    if _JOURNALLED_DATA.search(mount.options) or _JOURNALLED_DATA.search(shown):
        return ["journalled-data"]
    return []


def _device_doubts(mount: Mount | None, root: Path) -> list[str]:
    if mount is None or mount.fs_type in {"tmpfs", "ramfs"} | _NETWORK:
        return []
    name = Path(mount.source).name
    device = root / f"sys/dev/block/{mount.device}"
    if not device.exists():
        device = root / f"sys/class/block/{name}"
    if not device.exists():
        return ["medium-unknown"]
    real = device.resolve()
    disk = real.parent if (real / "partition").exists() else real
    for mark, code in _STACKED.items():
        if (disk / mark).exists():
            return [code]
    if disk.name.startswith(("vd", "xvd")):
        return ["virtual-disk"]
    rotational = _text(disk / "queue/rotational").strip()
    return {"1": [], "0": ["flash"]}.get(rotational, ["medium-unknown"])


@lru_cache(maxsize=8)
def _machine_doubts(root: Path) -> tuple[str, ...]:
    """Kept: it never changes while we run, and the kernel takes milliseconds to describe its processors."""
    cpu = _text(root / "proc/cpuinfo")
    flags = next((line for line in cpu.splitlines() if line.startswith("flags")), "")
    virtual = (
        "hypervisor" in flags.split()
        or _text(root / "sys/hypervisor/type").strip() != ""
        or (root / "proc/device-tree/hypervisor").exists()
    )
    return ("virtual-machine",) if virtual else ()


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
