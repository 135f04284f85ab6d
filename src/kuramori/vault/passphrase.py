"""Passphrases made by the machine: 24 decimal digits (about 80 bits), shown in fours."""

from __future__ import annotations

import secrets
import unicodedata

from kuramori.errors import BadInput

DIGITS = 24
_GROUP = 4
# Everything people put between groups: spaces of all kinds are handled apart.
_DASHES = frozenset("-‐‑‒–—―−ー－_.・")


def new_passphrase() -> str:
    """A fresh passphrase, for example 4821-0937-5566-1029-3384-7710."""
    digits = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    return "-".join(digits[at : at + _GROUP] for at in range(0, DIGITS, _GROUP))


def has_passphrase_form(typed: str) -> bool:
    """Whether this is a passphrase, right or wrong, and no PIN of a token."""
    try:
        normalise_passphrase(typed)
    except BadInput:
        return False
    return True


def normalise_passphrase(typed: str) -> str:
    """The 24 bare digits of what a person typed; full-width digits, spaces and dashes are forgiven.

    Raises `BadInput("passphrase-form")` when that does not leave exactly 24 digits.
    """
    kept = [c for c in unicodedata.normalize("NFKC", typed) if not c.isspace() and c not in _DASHES]
    digits = "".join(kept)
    if len(digits) != DIGITS or not (digits.isascii() and digits.isdigit()):
        raise BadInput("passphrase-form", digits=sum(c.isdigit() for c in digits))
    return digits
