"""Secrets of channels: in the database only sealed, under a key made from the pages' secret outside it.

A backup has the row and not the key, so after a restore the secret is typed again.
"""

from __future__ import annotations

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

NONCE_BYTES = 12


def seal(plain: str, kind: str) -> str:
    """`plain` sealed for the channel `kind`, as hexadecimal text; "" stays ""."""
    if not plain:
        return ""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return (nonce + AESGCM(_key()).encrypt(nonce, plain.encode(), kind.encode())).hex()


def opened(sealed: str, kind: str) -> str:
    """What was sealed for `kind`; "" when this box has another key (restored from a backup)."""
    content = bytes.fromhex(sealed)
    try:
        return AESGCM(_key()).decrypt(content[:NONCE_BYTES], content[NONCE_BYTES:], kind.encode()).decode()
    except (InvalidTag, ValueError):
        return ""


def _key() -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"kuramori alarm channels").derive(settings.SECRET_KEY.encode())
