"""The sealed approved picture opens for its own camera, version and key; its length tells nothing."""

from __future__ import annotations

import pytest

from kuramori.errors import BadInput, Damaged
from kuramori.vault import credential_seal, picture_seal
from kuramori.vault.storehouse import new_storehouse_key

CAMERA, OTHER = "11" * 16, "22" * 16
JPEG = b"\xff\xd8\xff\xe0" + b"a street\0\0" * 900 + b"\xff\xd9"


def test_it_opens_again_and_all_are_equally_long() -> None:
    pair = new_storehouse_key()
    where = {"camera": CAMERA, "version": 3, "key": pair.id}
    sealed = picture_seal.seal(pair.public, JPEG, **where)
    assert picture_seal.unseal(pair.private, sealed, **where) == JPEG
    assert len(sealed) == len(picture_seal.seal(pair.public, JPEG[:4] + b"\xff\xd9", **where))
    assert JPEG[:16] not in sealed and sealed != picture_seal.seal(pair.public, JPEG, **where)


def test_another_camera_version_or_key_or_one_changed_bit_opens_nothing() -> None:
    pair, other = new_storehouse_key(), new_storehouse_key()
    where = {"camera": CAMERA, "version": 3, "key": pair.id}
    sealed = picture_seal.seal(pair.public, JPEG, **where)
    for wrong in ({"camera": OTHER}, {"version": 2}, {"version": 4}, {"key": other.id}):
        with pytest.raises(Damaged):
            picture_seal.unseal(pair.private, sealed, **{**where, **wrong})
    with pytest.raises(Damaged):
        picture_seal.unseal(other.private, sealed, **where)
    for at in (0, 31, 32, len(sealed) // 2, len(sealed) - 1):
        changed = sealed[:at] + bytes([sealed[at] ^ 1]) + sealed[at + 1 :]
        with pytest.raises(Damaged):
            picture_seal.unseal(pair.private, changed, **where)
    for cut in (b"", sealed[:40], sealed[:-1], sealed + b"\0"):
        with pytest.raises(Damaged):
            picture_seal.unseal(pair.private, cut, **where)


def test_a_copy_of_credentials_does_not_open_as_a_picture() -> None:
    """The labels keep the kinds of sealed things apart, even where all else could be made equal."""
    pair = new_storehouse_key()
    row = {"user": "admin", "password": "Kaede7Iwana2Tobi"}
    sealed = credential_seal.seal(pair.public, row, recorder=OTHER, camera=CAMERA, key=pair.id)
    with pytest.raises(Damaged):
        picture_seal.unseal(pair.private, sealed, camera=CAMERA, version=1, key=pair.id)


def test_what_is_too_large_or_no_key_is_refused() -> None:
    pair = new_storehouse_key()
    where = {"camera": CAMERA, "version": 1, "key": pair.id}
    with pytest.raises(BadInput, match="picture-too-large"):
        picture_seal.seal(pair.public, b"\xff" * (picture_seal.PADDED_BYTES + 1), **where)
    with pytest.raises(BadInput, match="storehouse-public"):
        picture_seal.seal(b"short", JPEG, **where)
