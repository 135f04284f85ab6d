"""What a set of processes costs: processor time to the nanosecond, memory as its share of what is shared."""

from __future__ import annotations

import os
import time
from dataclasses import dataclass
from pathlib import Path

NS_PER_S = 1_000_000_000


def cpu_ns(pids: list[int]) -> int:
    """Processor time of all threads of these processes so far (user and system)."""
    total = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
    return total


def ended_children_s(pid: int) -> float:
    """Processor time of this process's children that have ended, seconds."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[13]) + int(fields[14])) / os.sysconf("SC_CLK_TCK")


def pss_bytes(pids: list[int]) -> int:
    """Proportional set size: private memory plus each shared page divided by its users."""
    total = 0
    for pid in pids:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                total += int(line.split()[1]) * 1024
    return total


@dataclass(frozen=True)
class Cost:
    """Over one measured stretch: processor seconds per second (1.0 is one core), and memory at its end."""

    cpu: float
    pss_bytes: int


def cost(pids: list[int], seconds: float) -> Cost:
    """Watch `pids` for `seconds`."""
    before_ns, began = cpu_ns(pids), time.monotonic()
    time.sleep(seconds)
    spent = (cpu_ns(pids) - before_ns) / NS_PER_S
    return Cost(spent / (time.monotonic() - began), pss_bytes(pids))


def load_average() -> float:
    """Of the last minute: above what the bench itself does, it tells how disturbed a run was."""
    return os.getloadavg()[0]
