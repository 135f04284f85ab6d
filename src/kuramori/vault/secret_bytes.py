"""Secrets as bytearrays: drawn from the kernel without passing through an immutable object, and wiped.

Python cannot promise that no copy is left anywhere (a cipher object keeps its own until it is freed, and
OpenSSL then cleanses it); what can be wiped is wiped, so that a memory image shows as little as possible.
"""

from __future__ import annotations

import os

_SOURCE = "/dev/urandom"


def fresh_secret(size_bytes: int) -> bytearray:
    """`size_bytes` random bytes from the kernel's generator."""
    secret = bytearray(size_bytes)
    handle = os.open(_SOURCE, os.O_RDONLY | os.O_CLOEXEC)
    try:
        view = memoryview(secret)
        while view:
            got = os.readv(handle, [view])
            view = view[got:]
    finally:
        os.close(handle)
    return secret


def wipe(*secrets: bytearray | memoryview) -> None:
    """Overwrite every byte with zero, in place."""
    for secret in secrets:
        secret[:] = bytes(len(secret))
