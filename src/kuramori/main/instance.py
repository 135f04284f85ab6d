"""What makes one data directory one recorder: its identity and the secrets made at first start."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def django_secret(data: Path) -> str:
    """The signing secret of the pages, made at first use and kept outside the database (mode 0600)."""
    return _kept_text(data / "keys" / "pages.secret", secrets.token_urlsafe(48))


def _kept_text(path: Path, fresh: str) -> str:
    try:
        return path.read_text()
    except FileNotFoundError:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text()
    with os.fdopen(handle, "w") as out:
        out.write(fresh)
    return fresh
