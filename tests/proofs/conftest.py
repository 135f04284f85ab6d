from __future__ import annotations

from tests.footage.fixtures import data

__all__ = ["data"]
