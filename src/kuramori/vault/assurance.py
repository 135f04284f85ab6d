"""What erasing is worth on this machine: a level, and reasons computed from what is really there.

Level 1 is a software slot, 2 with a TPM, 3 with an external token. At level 1 an overwritten slot is gone
only where overwriting reaches the old bytes: on flash, copy-on-write, journalled data, a virtual or a stacked
disk nobody can promise that, and `irrecoverable` is False there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

_COPY_ON_WRITE = frozenset({"btrfs", "zfs", "bcachefs", "nilfs2", "f2fs", "overlay", "ubifs", "jffs2"})
_NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "9p", "virtiofs", "ceph", "glusterfs", "sshfs"})
_IN_PLACE = frozenset({"ext4", "ext3", "ext2", "xfs", "vfat", "exfat"})
_JOURNALLED_DATA = re.compile(r"(?:^|[,\s])data=journal(?:$|[,\s])")
_STACKED = {"dm": "device-mapper", "md": "raid", "loop": "loop-device", "bcache": "cached-disk"}
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
    mount = mount_of(directory, root)
    doubts = [*_file_system_doubts(mount, root), *_device_doubts(mount, root), *_machine_doubts(root)]
    slot = {1: "software-slot", 2: "tpm", 3: "token"}[level]
    return Assurance(level, (slot, *doubts), irrecoverable=level > 1 or not doubts)


def mount_of(directory: Path, root: Path = Path("/")) -> Mount | None:
    """The mount that `directory` lies on, or None when that cannot be told."""
    wanted = directory.resolve()
    best: Mount | None = None
    for mount in _mounts(root):
        if wanted.is_relative_to(mount.point) and (best is None or len(mount.point) >= len(best.point)):
            best = mount  # the later of two equal ones is mounted over the earlier
    return best


def _mounts(root: Path) -> list[Mount]:
    found = []
    for line in _text(root / "proc/self/mountinfo").splitlines():
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


def _machine_doubts(root: Path) -> list[str]:
    cpu = _text(root / "proc/cpuinfo")
    flags = next((line for line in cpu.splitlines() if line.startswith("flags")), "")
    virtual = (
        "hypervisor" in flags.split()
        or _text(root / "sys/hypervisor/type").strip() != ""
        or (root / "proc/device-tree/hypervisor").exists()
    )
    return ["virtual-machine"] if virtual else []


def _text(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""
