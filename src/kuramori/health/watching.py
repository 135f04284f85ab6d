"""What `work` does for health every few seconds: its own sign of life, alarms raised, alarms told."""

from __future__ import annotations

from kuramori import clock
from kuramori.health import alarms, beats, channels
from kuramori.health.facts import collect
from kuramori.health.verdict import troubles


def watch() -> None:
    """Hold the troubles of this moment against the alarms, and tell those that are due."""
    beats.heard(beats.WORK)
    alarms.follow(troubles(collect()), clock.now_ns())
    channels.tell()
