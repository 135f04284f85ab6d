"""What a guess costs: one password, one storehouse passphrase, both as the program makes them."""

from __future__ import annotations

import re

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher, identify_hasher

from kuramori.access import storehouse_keys
from kuramori.access.models import KeyHolder
from tests.people import dutiful

LEAST_PASSWORD = {"m": 19_456, "t": 2}
"""OWASP Password Storage Cheat Sheet: argon2id with 19 MiB and two passes at least."""
LEAST_KEY = {"memory_kib": 65_536, "iterations": 3, "lanes": 4}
"""RFC 9106, the second recommended choice."""


def said(encoded: str) -> dict[str, int]:
    return {name: int(value) for name, value in re.findall(r"\b([mtp])=(\d+)", encoded)}


def cost_of_a_body() -> tuple[str, list[dict[str, object]]]:
    """The manager's hash and how each holder's half is locked."""
    manager = dutiful.manager()
    storehouse_keys.create_first_pair(manager)
    return manager.password, [holder.locked["kdf"] for holder in KeyHolder.objects.all()]


@pytest.mark.django_db
@pytest.mark.usefixtures("data", "now", "full_cost")
def test_a_password_and_a_passphrase_cost_what_the_standards_ask() -> None:
    password, keys = cost_of_a_body()
    assert isinstance(identify_hasher(password), Argon2PasswordHasher)
    assert "$argon2id$" in password
    assert all(said(password)[name] >= least for name, least in LEAST_PASSWORD.items())
    assert len(keys) == 2
    for key in keys:
        assert key["name"] == "argon2id"
        assert {name: key[name] for name in LEAST_KEY} == LEAST_KEY


@pytest.mark.django_db
@pytest.mark.usefixtures("data", "now")
def test_other_tests_pay_less() -> None:
    """Laid over the program from outside (`tests/derivation.py`): without it the suite takes minutes more."""
    password, keys = cost_of_a_body()
    assert said(password)["m"] < LEAST_PASSWORD["m"]
    assert all(key["memory_kib"] < LEAST_KEY["memory_kib"] for key in keys)
