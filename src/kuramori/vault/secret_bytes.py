"""Secrets as bytearrays: drawn from the kernel without passing through an immutable object, and wiped.

Python cannot promise that no copy is left anywhere (a cipher object keeps its own until it is freed, and
OpenSSL then cleanses it); what can be wiped is wiped, so that a memory image shows as little as possible.
"""

from __future__ import annotations

import os

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_SOURCE = "/dev/urandom"
_TAG_BYTES = 16
_ZEROS = memoryview(bytes(512 * 1024))


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


def long_secret(size_bytes: int) -> bytearray:
    """As `fresh_secret`, eight times as fast for a long one: AES-256's keystream under a fresh secret that is
    wiped at once. Whoever has a part of it knows no more of the rest than before."""
    seed, secret = fresh_secret(32), bytearray(size_bytes + _TAG_BYTES)
    AESGCM(seed).encrypt_into(bytes(12), bytes(size_bytes), None, secret)
    wipe(seed)
    del secret[size_bytes:]
    return secret


def noise(size_bytes: int) -> bytes:
    """Bytes that no medium can compress or recognise, to overwrite with; no secret."""
    return bytes(long_secret(size_bytes))


def wipe(*secrets: bytearray | memoryview) -> None:
    """Overwrite every byte with zero, in place."""
    for secret in secrets:
        size = len(secret)
        secret[:] = _ZEROS[:size] if size <= len(_ZEROS) else bytes(size)
