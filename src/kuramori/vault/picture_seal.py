"""The picture on which a camera's range was approved, sealed to the storehouse.

Camera, version of the range and storehouse key are bound by `info`: a row of another camera, or of an earlier
approval, does not open in its place.
"""

from __future__ import annotations

import struct

from kuramori.errors import BadInput
from kuramori.vault import storehouse_seal

_LABEL = b"kuramori approved picture\x00"
_VERSION = struct.Struct(">I")
PADDED_BYTES = 96 * 1024


def _info(camera: str, version: int, storehouse_key: str) -> bytes:
    return _LABEL + bytes.fromhex(camera) + _VERSION.pack(version) + bytes.fromhex(storehouse_key)


def seal(public: bytes, jpeg: bytes, *, camera: str, version: int, key: str) -> bytes:
    """All are equally long, so that none tells how much there is to see. A JPEG ends with FF D9, so that the
    filling is told from it. Raises BadInput `picture-too-large`, `storehouse-public`."""
    if len(jpeg) > PADDED_BYTES:
        raise BadInput("picture-too-large")
    return storehouse_seal.seal(public, jpeg.ljust(PADDED_BYTES, b"\0"), _info(camera, version, key))


def unseal(private: bytes | bytearray, sealed: bytes, *, camera: str, version: int, key: str) -> bytes:
    """The JPEG again. Raises Damaged for another camera, version or key, or changed bytes."""
    return storehouse_seal.unseal(private, sealed, _info(camera, version, key)).rstrip(b"\0")
