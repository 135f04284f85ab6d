"""Is this a password that a stranger tries first?"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from kuramori.errors import BadInput

LIST = Path(__file__).with_name("known_passwords.txt")
FEWEST_CHARACTERS = 8


@lru_cache(maxsize=1)
def known() -> frozenset[str]:
    """The list, in lower case."""
    lines = LIST.read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip().lower() for line in lines if line.strip() and not line.startswith("#"))


def require_own(user: str, password: str) -> None:
    """Refuse what protects nothing. The password is never kept or repeated.

    Raises BadInput: `password-blank`, `password-known` (shipped with cameras, or the user name itself),
    `password-short`.
    """
    if not password.strip():
        raise BadInput("password-blank")
    plain = password.strip().lower()
    if plain in known() or plain == user.strip().lower() or plain == user.strip().lower()[::-1]:
        raise BadInput("password-known")
    if len(password) < FEWEST_CHARACTERS or len(set(password)) < 4:
        raise BadInput("password-short")
