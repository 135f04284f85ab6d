"""The one-time link that starts the set-up. Knows no Django: the supervisor makes it, the wizard takes it.

Only the token's hash is kept (DATA/keys/setup.token). A token works once and each start of the program
makes a new one, until the manager's account exists (DATA/keys/setup.done).
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def make(data: Path) -> str | None:
    """A new token that replaces any older one, or None when the manager's account exists already."""
    if _done(data).exists():
        return None
    token = secrets.token_urlsafe(24)
    draft = _kept(data).with_suffix(".draft")
    draft.touch(mode=0o600)
    draft.write_text(_hash(token))
    draft.replace(_kept(data))
    return token


def take(data: Path, token: str) -> bool:
    """Whether `token` is the current one; it is used up by this."""
    try:
        expected = _kept(data).read_text()
    except FileNotFoundError:
        return False
    if _done(data).exists() or not hmac.compare_digest(expected, _hash(token)):
        return False
    _kept(data).unlink(missing_ok=True)
    return True


def finish(data: Path) -> None:
    """No further links: somebody can sign in now."""
    _done(data).touch(mode=0o600)
    _kept(data).unlink(missing_ok=True)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _kept(data: Path) -> Path:
    return data / "keys" / "setup.token"


def _done(data: Path) -> Path:
    return data / "keys" / "setup.done"
