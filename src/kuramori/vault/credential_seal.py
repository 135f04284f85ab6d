"""A copy of a camera's credentials, sealed to the storehouse: a new recorder can go on after unlocking.

HPKE as for segment keys, under a label of its own; recorder, camera and storehouse key are bound by `info`.
"""

from __future__ import annotations

import json

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

from kuramori.errors import BadInput, Damaged

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_LABEL = b"kuramori camera credentials\x00"
PADDED_BYTES = 512


def _info(recorder: str, camera: str, storehouse_key: str) -> bytes:
    return _LABEL + bytes.fromhex(recorder) + bytes.fromhex(camera) + bytes.fromhex(storehouse_key)


def seal(public: bytes, credentials: dict[str, str], *, recorder: str, camera: str, key: str) -> bytes:
    """All copies are equally long, so that none tells the length of a password. Raises BadInput."""
    plain = json.dumps(credentials, ensure_ascii=False).encode().ljust(PADDED_BYTES)
    if len(plain) > PADDED_BYTES:
        raise BadInput("credentials-too-long")
    try:
        return _SUITE.encrypt(plain, X25519PublicKey.from_public_bytes(public), _info(recorder, camera, key))
    except ValueError as wrong:
        raise BadInput("storehouse-public") from wrong


def unseal(
    private: bytes | bytearray, sealed: bytes, *, recorder: str, camera: str, key: str
) -> dict[str, str]:
    """The credentials again. Raises Damaged for another key, another camera or changed bytes."""
    try:
        held = X25519PrivateKey.from_private_bytes(bytes(private))
        plain = _SUITE.decrypt(sealed, held, _info(recorder, camera, key))
        row = json.loads(plain)
        return {"user": str(row["user"]), "password": str(row["password"])}
    except (InvalidTag, ValueError, KeyError, TypeError):
        raise Damaged("credentials-do-not-open") from None
