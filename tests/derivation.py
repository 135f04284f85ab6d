"""What a password or passphrase costs to derive: little in tests, all of it where that is the subject.

A body is set up for hundreds of tests; a quarter of a second for each hash would prove nothing more. The
programs that process and browser tests start know nothing of this and pay in full.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher

from kuramori.vault import storehouse

if TYPE_CHECKING:
    from collections.abc import Iterator

FULL_HASH = {
    name: getattr(Argon2PasswordHasher, name) for name in ("time_cost", "memory_cost", "parallelism")
}
FULL_KEY = dict(storehouse._KDF)
CHEAP_HASH = {"time_cost": 1, "memory_cost": 8, "parallelism": 1}
CHEAP_KEY = FULL_KEY | {"memory_kib": 8, "iterations": 1, "lanes": 1}


@pytest.fixture(scope="session", autouse=True)
def cheap_derivation() -> Iterator[None]:
    """The least that argon2id can be asked for, for the whole session."""
    with pytest.MonkeyPatch.context() as patch:
        _cost(patch, CHEAP_HASH, CHEAP_KEY)
        yield


@pytest.fixture
def full_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    """What people get."""
    _cost(monkeypatch, FULL_HASH, FULL_KEY)


def _cost(patch: pytest.MonkeyPatch, password: dict[str, int], key: dict[str, object]) -> None:
    for name, value in password.items():
        patch.setattr(Argon2PasswordHasher, name, value)
    patch.setattr(storehouse, "_KDF", key)
