"""The storehouse's key: sealed by anyone, opened by its holders, wrapped under digits people can type."""

from __future__ import annotations

import copy
import re
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuramori.errors import BadInput, Damaged, WrongPassphrase
from kuramori.vault.passphrase import new_passphrase, normalise_passphrase
from kuramori.vault.storehouse import (
    key_id,
    new_storehouse_key,
    open_segment_key,
    seal_segment_key,
    unwrap_private,
    wrap_private,
)
from tests.vault.footage_samples import footage
from tests.vectors.independent_reader import hpke_open

MADE = footage(0)
PASSPHRASE = "4821-0937-5566-1029-3384-7710"
KEY = new_storehouse_key()
WRAPPED = wrap_private(KEY, PASSPHRASE)


def test_a_sealed_key_opens_with_the_private_half_and_by_hand() -> None:
    sealed = seal_segment_key(MADE.storehouse.public, bytearray(MADE.key), MADE.context)
    assert len(sealed) == 80
    assert open_segment_key(MADE.storehouse.private, sealed, MADE.context) == MADE.key
    assert hpke_open(bytes(MADE.storehouse.private), sealed, MADE.context.info()) == MADE.key


def test_sealing_twice_gives_different_bytes() -> None:
    assert seal_segment_key(KEY.public, MADE.key, MADE.context) != seal_segment_key(
        KEY.public, MADE.key, MADE.context
    )


@pytest.mark.parametrize("bit", [0, 100, 255, 256, 400, 639])
def test_a_changed_sealed_key_does_not_open(bit: int) -> None:
    sealed = bytearray(seal_segment_key(KEY.public, MADE.key, MADE.context))
    assert open_segment_key(KEY.private, bytes(sealed), MADE.context) == MADE.key
    sealed[bit // 8] ^= 1 << bit % 8
    with pytest.raises(Damaged):
        open_segment_key(KEY.private, bytes(sealed), MADE.context)


def test_the_public_half_does_not_open() -> None:
    sealed = seal_segment_key(KEY.public, MADE.key, MADE.context)
    with pytest.raises(Damaged):
        open_segment_key(KEY.public, sealed, MADE.context)
    with pytest.raises(Damaged):
        open_segment_key(KEY.private, sealed[:-1], MADE.context)


@pytest.mark.parametrize("public", [bytes(32), b"\x01" + bytes(31), b"short"])
def test_nothing_is_sealed_to_a_point_that_everybody_can_open(public: bytes) -> None:
    with pytest.raises(BadInput):
        seal_segment_key(public, MADE.key, MADE.context)


def test_a_key_pair_names_itself_and_can_be_wiped() -> None:
    pair = new_storehouse_key()
    assert pair.id == key_id(pair.public)
    assert re.fullmatch(r"[0-9a-f]{16}", pair.id)
    assert bytes(pair.private).hex() not in repr(pair)
    pair.wipe()
    assert pair.private == bytes(32)


def test_a_passphrase_brings_the_key_back_however_it_is_typed() -> None:
    for typed in (PASSPHRASE, " ４８２１ ０９３７　5566ー1029−3384 7710\n", PASSPHRASE.replace("-", "")):
        again = unwrap_private(WRAPPED, typed)
        assert (again.id, again.public, again.private) == (KEY.id, KEY.public, KEY.private)


@pytest.mark.parametrize(
    "typed", ["", "1234", PASSPHRASE[:-1] + "1", PASSPHRASE + "0", "a" * 24, "٤" * 24, "²" * 24]
)
def test_another_passphrase_opens_nothing(typed: str) -> None:
    with pytest.raises(WrongPassphrase):
        unwrap_private(WRAPPED, typed)


def test_the_wrapped_form_holds_no_secret_and_is_plain_json() -> None:
    shown = str(WRAPPED)
    assert bytes(KEY.private).hex() not in shown
    assert normalise_passphrase(PASSPHRASE) not in shown
    assert WRAPPED["kdf"]["name"] == "argon2id"
    assert WRAPPED["kdf"]["memory_kib"] >= 65_536


def changed(path: str, value: object) -> dict[str, Any]:
    document = copy.deepcopy(WRAPPED)
    *above, last = path.split(".")
    place = document
    for name in above:
        place = place[name]
    place[last] = value
    return document


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("kdf.memory_kib", 2**31),
        ("kdf.iterations", 10**9),
        ("kdf.name", "scrypt"),
        ("kdf.memory_kib", "64"),
        ("kdf.salt", "zz"),
        ("kdf", None),
        ("format", 2),
        ("nonce", "00"),
        ("ciphertext", "00"),
    ],
)
def test_an_edited_wrapping_is_refused_before_it_costs_memory(path: str, value: object) -> None:
    with pytest.raises(Damaged):
        unwrap_private(changed(path, value), PASSPHRASE)


@pytest.mark.parametrize(
    ("path", "value"), [("key_id", "0" * 16), ("kdf.memory_kib", 8192), ("kdf.iterations", 2)]
)
def test_a_weakened_or_renamed_wrapping_does_not_open(path: str, value: object) -> None:
    with pytest.raises(WrongPassphrase):
        unwrap_private(changed(path, value), PASSPHRASE)


def test_new_passphrases_are_24_digits_in_fours_and_differ() -> None:
    made = {new_passphrase() for _ in range(200)}
    assert len(made) == 200
    assert all(re.fullmatch(r"\d{4}(-\d{4}){5}", text) for text in made)
    digits = "".join(made).replace("-", "")
    assert all(digits.count(str(digit)) > 300 for digit in range(10))  # 480 expected of each


@given(st.text(max_size=40))
def test_anything_typed_is_24_digits_or_bad_input(typed: str) -> None:
    try:
        assert re.fullmatch(r"[0-9]{24}", normalise_passphrase(typed))
    except BadInput as wrong:
        assert "digits" in wrong.values


def test_the_context_is_bound_by_hand_too() -> None:
    sealed = seal_segment_key(KEY.public, MADE.key, MADE.context)
    other = replace(MADE.context, start_ns=MADE.context.start_ns + 1)
    assert other.info() != MADE.context.info()
    assert len(other.info()) == 21 + 66
    with pytest.raises(Damaged):
        open_segment_key(KEY.private, sealed, other)
