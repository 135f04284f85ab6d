"""A sealed segment key under its hour secret: what is written into the segment's header.

Losing the hour secret H therefore loses every segment of that hour, even for whoever has the storehouse key.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kuramori.errors import Damaged, KeyGone
from kuramori.vault.secret_bytes import fresh_secret, wipe

_LABEL = b"kuramori hour wrap\x00"
_NONCE_BYTES = 12


def wrap_sealed_key(secret: bytes | bytearray, segment: str, sealed: bytes) -> bytes:
    """`sealed` (80 bytes) under HKDF(`secret`, segment id): nonce 12 | ciphertext 80 | tag 16 = 108 bytes."""
    named = bytes.fromhex(segment)
    nonce = bytes(fresh_secret(_NONCE_BYTES))
    derived = _derive(secret, named)
    try:
        return nonce + AESGCM(derived).encrypt(nonce, sealed, named)
    finally:
        wipe(derived)


def unwrap_sealed_key(secret: bytes | bytearray, segment: str, wrapped: bytes) -> bytes:
    """The sealed key again. Raises `Damaged` for another hour's secret, another segment or changed bytes."""
    if len(wrapped) < _NONCE_BYTES + 16:
        raise Damaged("wrapped-key-length")
    named = bytes.fromhex(segment)
    derived = _derive(secret, named)
    try:
        return AESGCM(derived).decrypt(wrapped[:_NONCE_BYTES], wrapped[_NONCE_BYTES:], named)
    except InvalidTag:
        raise Damaged("wrapped-key-does-not-open") from None
    finally:
        wipe(derived)


def _derive(secret: bytes | bytearray, named: bytes) -> bytearray:
    if not any(secret):
        raise KeyGone  # wiped while somebody still held the row: never write under a key that all can guess
    derived = bytearray(32)
    HKDF(SHA256(), 32, salt=None, info=_LABEL + named).derive_into(secret, derived)
    return derived
