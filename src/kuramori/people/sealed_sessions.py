"""Sessions whose content lies in the database only sealed: the secret of a new second factor waits there.

The key lies outside the database, so that a copy of the database (or of its write-ahead log) says nothing.
"""

from __future__ import annotations

import base64
import binascii
import secrets
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.contrib.sessions.backends import db

NONCE_BYTES = 12


class SessionStore(db.SessionStore):
    """Django's own database sessions, sealed with AES-256-GCM."""

    def encode(self, session_dict: dict[str, Any]) -> str:
        plain = self.serializer().dumps(session_dict)
        nonce = secrets.token_bytes(NONCE_BYTES)
        return base64.b64encode(nonce + AESGCM(_key()).encrypt(nonce, plain, None)).decode()

    def decode(self, session_data: bytes | str) -> dict[str, Any]:
        """The content; empty (so: signed out) when it was sealed by nobody who has our key."""
        try:
            sealed = base64.b64decode(session_data, validate=True)
            plain = AESGCM(_key()).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], None)
        except (binascii.Error, InvalidTag, ValueError):
            return {}
        content: dict[str, Any] = self.serializer().loads(plain)
        return content


def _key() -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=b"kuramori sessions").derive(settings.SECRET_KEY.encode())
