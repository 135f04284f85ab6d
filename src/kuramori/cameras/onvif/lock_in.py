"""Locks a device worker in: it may speak to the network, and read nothing but the interpreter's own files.

What a camera answers is a stranger's, and this worker parses it with large libraries. Landlock (Linux 5.13)
takes the file system away from it, so that neither key table nor footage is within its reach.
"""

from __future__ import annotations

import ctypes
import os
import resource
import struct
import sys
from pathlib import Path
from typing import Final

from kuramori.errors import KuramoriError

MEMORY_BYTES: Final = 2 << 30
CPU_S: Final = 30
FILES: Final = 256

_PR_SET_DUMPABLE, _PR_SET_NO_NEW_PRIVS = 4, 38
# The numbers of these calls are the same on every architecture.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_PATH_BENEATH = 1
_READ = 1 << 2 | 1 << 3  # LANDLOCK_ACCESS_FS_READ_FILE, _READ_DIR
_HANDLED = (1 << 13) - 1  # every right that the first version knows: what no rule allows is denied
_RESOLVER: Final = (
    *("/etc/hosts", "/etc/resolv.conf", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf"),
    *("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/mime.types"),
)


class NotLockedIn(KuramoriError):
    """This machine cannot lock the worker in; it then speaks to no camera."""

    default_code = "worker-not-confined"


def lock_in() -> None:
    """From here on: no file but the interpreter's, none written, nothing executed. Raises NotLockedIn."""
    for limit, value in (
        (resource.RLIMIT_AS, MEMORY_BYTES),
        (resource.RLIMIT_CPU, CPU_S),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_NOFILE, FILES),
    ):
        resource.setrlimit(limit, (value, value))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0) or libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise NotLockedIn(errno=ctypes.get_errno())
    handled = ctypes.create_string_buffer(struct.pack("=Q", _HANDLED))
    rules = libc.syscall(_CREATE_RULESET, handled, ctypes.c_size_t(8), 0)
    if rules < 0:
        raise NotLockedIn(errno=ctypes.get_errno())
    for path in (*_RESOLVER, *sys.path, sys.base_prefix):
        _allow(libc, rules, path)
    if libc.syscall(_RESTRICT_SELF, rules, 0):
        raise NotLockedIn(errno=ctypes.get_errno())
    os.close(rules)


def _allow(libc: ctypes.CDLL, rules: int, path: str) -> None:
    """Reading beneath `path`, where it exists."""
    try:
        beneath = os.open(path or "/nonexistent", os.O_PATH | os.O_CLOEXEC)
    except OSError:
        return
    rights = _READ if Path(path).is_dir() else _READ & ~(1 << 3)
    said = ctypes.create_string_buffer(struct.pack("=Qi", rights, beneath))
    if libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, said, 0):
        raise NotLockedIn(errno=ctypes.get_errno())
    os.close(beneath)
