from __future__ import annotations

from tests.footage.fixtures import data, journal, now, recorder, start_recorder, world

__all__ = ["data", "journal", "now", "recorder", "start_recorder", "world"]
