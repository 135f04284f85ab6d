"""What the process gives up before it holds a secret: core dumps, being traced, being swapped out, files that
others can read."""

from __future__ import annotations

import ctypes
import os
import resource
from pathlib import Path

from kuramori import sharing

PR_SET_DUMPABLE = 4
CAP_IPC_LOCK = 14
MCL_CURRENT, MCL_FUTURE, MCL_ONFAULT = 1, 2, 4
M_MMAP_THRESHOLD, M_ARENA_MAX = -3, -8
LARGE_BYTES = 256 * 1024


def harden() -> None:
    """No core dump, no tracing by others of the same user, new files for nobody else, no page in swap.

    For the whole process.
    """
    os.umask(sharing.UMASK)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    lock_memory()
    keep_large_memory_apart()


def keep_large_memory_apart() -> bool:
    """Buffers of a quarter of a megabyte and more come from the kernel, and go back to it. True when done.

    glibc does so at first, but once one was given back it cuts the next from the heap, where each camera that
    comes back leaves a hole. Two arenas are enough under one interpreter's lock.
    """
    said = ctypes.CDLL(None)
    return bool(said.mallopt(M_MMAP_THRESHOLD, LARGE_BYTES) and said.mallopt(M_ARENA_MAX, 2))


def lock_memory() -> bool:
    """Keep every page that is ever used out of swap, where the machine allows it without a limit.

    With a limit nothing is locked: the process would run into it later and fail. True when it is locked.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_MEMLOCK)
    if hard == resource.RLIM_INFINITY and soft != hard:
        resource.setrlimit(resource.RLIMIT_MEMLOCK, (hard, hard))
    elif soft != resource.RLIM_INFINITY and not _exempt():
        return False
    flags = MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT
    return ctypes.CDLL(None, use_errno=True).mlockall(flags) == 0


def _exempt() -> bool:
    """Whether the limit does not count for this process (root, as a rule)."""
    lines = Path("/proc/self/status").read_text().splitlines()
    effective = next((line.split()[1] for line in lines if line.startswith("CapEff:")), "0")
    return bool(int(effective, 16) >> CAP_IPC_LOCK & 1)
