"""A copy of a camera's credentials, sealed to the storehouse: a new recorder can go on after unlocking.

HPKE as for segment keys, under a label of its own; recorder, camera and storehouse key are bound by `info`.
"""

from __future__ import annotations

import json

from kuramori.errors import BadInput, Damaged
from kuramori.vault import storehouse_seal

_LABEL = b"kuramori camera credentials\x00"
PADDED_BYTES = 512


def _info(recorder: str, camera: str, storehouse_key: str) -> bytes:
    return _LABEL + bytes.fromhex(recorder) + bytes.fromhex(camera) + bytes.fromhex(storehouse_key)


def seal(public: bytes, credentials: dict[str, str], *, recorder: str, camera: str, key: str) -> bytes:
    """All copies are equally long, so that none tells the length of a password. Raises BadInput."""
    plain = json.dumps(credentials, ensure_ascii=False).encode().ljust(PADDED_BYTES)
    if len(plain) > PADDED_BYTES:
        raise BadInput("credentials-too-long")
    return storehouse_seal.seal(public, plain, _info(recorder, camera, key))


def unseal(
    private: bytes | bytearray, sealed: bytes, *, recorder: str, camera: str, key: str
) -> dict[str, str]:
    """The credentials again. Raises Damaged for another key, another camera or changed bytes."""
    plain = storehouse_seal.unseal(private, sealed, _info(recorder, camera, key))
    try:
        row = json.loads(plain)
        return {"user": str(row["user"]), "password": str(row["password"])}
    except (ValueError, KeyError, TypeError):
        raise Damaged("credentials-do-not-open") from None
