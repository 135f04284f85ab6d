"""A key-holder's pair under a PKCS#11 token: only that token with its PIN opens it."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from kuramori.errors import Damaged, WrongPassphrase
from kuramori.vault.holder_token import HolderTokens, TokenTrouble
from kuramori.vault.storehouse import new_storehouse_key
from tests.vault.slot_rig import PIN, SOFTHSM, new_token

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("softhsm")
_numbers = itertools.count()


def token(tmp_path: Path) -> str:
    """A new token's serial number."""
    label = f"holder-{tmp_path.parent.name}-{next(_numbers)}"[-32:]
    new_token(label, tmp_path)
    return next(one.serial for one in HolderTokens(SOFTHSM).seen() if one.label == label)


def test_the_token_opens_what_was_sealed_to_it_and_no_other_does(tmp_path: Path) -> None:
    tokens, key, mine, other = HolderTokens(SOFTHSM), new_storehouse_key(), token(tmp_path), token(tmp_path)
    document = tokens.seal(key, mine, PIN)
    assert tokens.open(document, PIN).private == key.private
    assert bytes(key.private).hex() not in str(document)
    for forged in (
        {**document, "token": {**document["token"], "serial": other}},
        {**document, "token": {**document["token"], "serial": "none"}},
        {**document, "key": "00" * 16},
    ):
        with pytest.raises(TokenTrouble):
            tokens.open(forged, PIN)
    with pytest.raises(WrongPassphrase):
        tokens.open(document, "000000")
    assert tokens.open(document, PIN).id == key.id  # a wrong PIN once locks nothing


@pytest.mark.parametrize("field", ["ciphertext", "nonce", "key_id", "point", "format", "token", "ephemeral"])
def test_a_changed_document_opens_nothing(tmp_path: Path, field: str) -> None:
    tokens, serial = HolderTokens(SOFTHSM), token(tmp_path)
    document = tokens.seal(new_storehouse_key(), serial, PIN)
    text = str(document[field])
    document[field] = text[:-1] + ("0" if text[-1] != "0" else "1")
    with pytest.raises((Damaged, TokenTrouble)):
        tokens.open(document, PIN)


def test_a_second_sealing_takes_the_same_key_of_the_token(tmp_path: Path) -> None:
    tokens, serial = HolderTokens(SOFTHSM), token(tmp_path)
    first, second = (tokens.seal(new_storehouse_key(), serial, PIN) for _ in range(2))
    assert first["key"] == second["key"] and first["ephemeral"] != second["ephemeral"]


def test_a_module_that_is_not_there_is_trouble_and_no_crash() -> None:
    with pytest.raises(TokenTrouble):
        HolderTokens("/nonexistent/module.so").seen()


def test_a_token_locks_after_wrong_pins_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SoftHSM never locks; the answer of one that does is played."""
    import pkcs11

    tokens, serial = HolderTokens(SOFTHSM), token(tmp_path)

    def locked(*_: object, **__: object) -> object:
        raise pkcs11.PinLocked

    document = tokens.seal(new_storehouse_key(), serial, PIN)
    monkeypatch.setattr("kuramori.vault.holder_token._derived", locked)
    with pytest.raises(TokenTrouble, match="holder-token-locked"):
        tokens.open(document, PIN)
