"""Canonical JSON (RFC 8785) that keeps nanoseconds exact.

RFC 8785 numbers are exact only up to 2^53; nanoseconds since 1970 are larger. A whole number under a name
that ends in `_ns` is therefore written as decimal text, and read back as a number.
"""

from __future__ import annotations

import json
from typing import Any

import rfc8785

from kuramori.errors import Damaged


def dumps(value: dict[str, Any]) -> bytes:
    """The canonical bytes of `value`: what is hashed, signed and stored."""
    return rfc8785.dumps(_exact(value))


def loads(data: bytes) -> dict[str, Any]:
    """The object in `data`, its nanoseconds as numbers again. Raises Damaged("json")."""
    try:
        value = _restored(json.loads(data))
    except (ValueError, RecursionError):
        raise Damaged("json") from None
    if not isinstance(value, dict):
        raise Damaged("json")
    return value


def _exact(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _as_text(item) if key.endswith("_ns") else _exact(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_exact(item) for item in value]
    return value


def _as_text(value: Any) -> Any:
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else _exact(value)


def _restored(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: int(item) if key.endswith("_ns") and isinstance(item, str) else _restored(item)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [_restored(item) for item in value]
    return value
