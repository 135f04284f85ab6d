"""Locks the calling process in: no file, no network, no child, little memory, little time.

After `confine()` the process can read and write the pipes it already holds, use memory, and end. The list
of allowed system calls is short on purpose: decoders are the part of this program that strangers feed.
"""

from __future__ import annotations

import ctypes
import platform
import resource
import struct
from typing import Final

from kuramori.errors import KuramoriError

MEMORY_BYTES: Final = 1 << 30
CPU_S: Final = 8

_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 4, 22, 38
_SECCOMP_MODE_FILTER = 2
_RET_KILL_PROCESS, _RET_EPERM, _RET_ALLOW = 0x80000000, 0x00050000 | 1, 0x7FFF0000
# BPF opcodes: load a word at an absolute offset, jump if equal, return.
_LOAD, _JUMP_EQUAL, _RETURN = 0x20, 0x15, 0x06

# read write close fstat lseek mmap mprotect munmap brk rt_sigaction rt_sigprocmask rt_sigreturn mremap
# madvise getpid exit gettid futex sched_getaffinity clock_gettime clock_getres clock_nanosleep exit_group
# getrandom, then sched_yield poll ppoll rseq sysinfo
_X86_64: Final = (
    *(0, 1, 3, 5, 8, 9, 10, 11, 12, 13, 14, 15, 25, 28, 39, 60, 186, 202, 204, 228, 229, 230, 231, 318),
    *(24, 7, 271, 334, 99),
)
_AARCH64: Final = (
    *(
        63,
        64,
        57,
        80,
        62,
        222,
        226,
        215,
        214,
        134,
        135,
        139,
        216,
        233,
        172,
        93,
        178,
        98,
        123,
        113,
        114,
        115,
        94,
        278,
    ),
    *(124, 73, 293, 179),
)
_ARCHITECTURES: Final = {"x86_64": (0xC000003E, _X86_64), "aarch64": (0xC00000B7, _AARCH64)}


class NotConfined(KuramoriError):
    """This machine cannot lock the worker in; it then decodes nothing."""

    default_code = "worker-not-confined"


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def confine(cpu_s: int | None = CPU_S) -> None:
    """Lock this process in. Everything it needs must be imported before. Raises NotConfined.

    `cpu_s` None: it runs as long as a stream does, and whoever started it ends it when it hangs.
    """
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, resource.RLIM_INFINITY if cpu_s is None else cpu_s),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, 3),
    ):
        resource.setrlimit(limit, (value, value))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) or libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise NotConfined("worker-not-confined", errno=ctypes.get_errno())
    program = _filter(platform.machine())
    held = ctypes.create_string_buffer(program, len(program))
    description = _Program(len(program) // 8, ctypes.addressof(held))
    if libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.byref(description), 0, 0):
        raise NotConfined("worker-not-confined", errno=ctypes.get_errno())


def _filter(machine: str) -> bytes:
    """The seccomp program: another architecture dies, a listed call passes, all else answers EPERM."""
    if machine not in _ARCHITECTURES:
        raise NotConfined("worker-not-confined", machine=machine)
    architecture, allowed = _ARCHITECTURES[machine]
    lines = [
        (_LOAD, 0, 0, 4),
        (_JUMP_EQUAL, 1, 0, architecture),
        (_RETURN, 0, 0, _RET_KILL_PROCESS),
        (_LOAD, 0, 0, 0),
    ]
    for position, number in enumerate(allowed):
        lines.append((_JUMP_EQUAL, len(allowed) - position, 0, number))
    lines += [(_RETURN, 0, 0, _RET_EPERM), (_RETURN, 0, 0, _RET_ALLOW)]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
