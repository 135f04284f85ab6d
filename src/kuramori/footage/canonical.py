"""Canonical JSON (RFC 8785) of values with nanoseconds in them.

Canonical JSON holds whole numbers exactly only up to 2^53, so every value whose key ends in `_ns` is
written as decimal text, as in the recorder's journal.
"""

from __future__ import annotations

from typing import Any

import rfc8785


def dumps(value: Any) -> bytes:
    """The canonical bytes of `value`."""
    return rfc8785.dumps(spelled(value))


def spelled(value: Any) -> Any:
    """`value` with its nanoseconds as decimal text, however deep."""
    if isinstance(value, dict):
        return {
            key: str(item) if key.endswith("_ns") and type(item) is int else spelled(item)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [spelled(item) for item in value]
    return value
