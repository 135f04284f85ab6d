"""What the recorder must look like to hold pictures (T6f): pure rules over what it found on itself."""

from __future__ import annotations

from dataclasses import dataclass

LISTS_DAYS = 14
"""A machine that has not asked for updates for this long does not know whether it needs some."""
SSH_PORT = 22


@dataclass(frozen=True, slots=True)
class Found:
    """What the machine says of itself; None: it could not be found out, which counts as not in order."""

    updates_waiting: int | None = None
    """Security updates that are not installed yet."""
    lists_age_days: int | None = None
    """How long ago the machine last asked which updates there are."""
    disk_encrypted: bool | None = None
    """Whether the disk under database and papers is encrypted as a whole."""
    open_ports: tuple[int, ...] | None = None
    """TCP ports that listen on an address other machines can reach."""
    clock_trusted: bool | None = None


def faults(found: Found, own_ports: frozenset[int]) -> tuple[str, ...]:
    """Codes of what is not in order, the worst first. `own_ports` are those of our own pages."""
    said = []
    if not found.clock_trusted:
        said.append("recorder-clock")
    if found.open_ports is None or set(found.open_ports) - own_ports - {SSH_PORT}:
        said.append("recorder-ports")
    fresh = found.lists_age_days is not None and found.lists_age_days <= LISTS_DAYS
    if found.updates_waiting != 0 or not fresh:
        said.append("recorder-updates")
    if not found.disk_encrypted:
        said.append("recorder-disk")
    return tuple(said)


def listening(table: str, loopback: tuple[str, ...]) -> set[int]:
    """The ports in one of /proc/net/tcp and tcp6 that listen elsewhere than on the machine itself.

    `loopback`: beginnings of its own addresses, in the hexadecimal form of that table.
    """
    found = set()
    for line in table.splitlines()[1:]:
        parts = line.split()
        address, _colon, port = parts[1].partition(":")
        if parts[3] == "0A" and not address.startswith(loopback):
            found.add(int(port, 16))
    return found


def security_updates(simulated: str) -> int:
    """How many lines of a simulated upgrade would install something from the security archive."""
    return sum(1 for line in simulated.splitlines() if line.startswith("Inst ") and "ecurity" in line)


def under(mount_table: str, path: str) -> str:
    """The device of the mount that holds `path`, from /proc/self/mountinfo; "" where there is none."""
    best, device = "", ""
    for line in mount_table.splitlines():
        left, _dash, right = line.partition(" - ")
        point = left.split()[4]
        inside = path == point or path.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, device = point, right.split()[1]
    return device
