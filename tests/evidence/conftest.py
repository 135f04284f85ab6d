from __future__ import annotations

from tests.evidence.covered import code, part
from tests.evidence.fixtures import case, footage, no_watch, packed
from tests.footage.fixtures import data, now, recorder, start_recorder, world
from tests.rig.fixtures import clip

__all__ = [
    "case",
    "clip",
    "code",
    "data",
    "footage",
    "no_watch",
    "now",
    "packed",
    "part",
    "recorder",
    "start_recorder",
    "world",
]
