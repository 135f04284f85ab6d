from __future__ import annotations

from tests.footage.fixtures import data, now

__all__ = ["data", "now"]
