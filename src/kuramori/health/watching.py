"""What `work` does for health every few seconds: its own sign of life, and alarms raised. Telling them, which
waits for other machines, is `channels.tell`."""

from __future__ import annotations

from kuramori import clock
from kuramori.health import alarms, beats
from kuramori.health.facts import collect
from kuramori.health.verdict import troubles


def watch() -> None:
    """Hold the troubles of this moment against the alarms."""
    beats.heard(beats.WORK)
    alarms.follow(troubles(collect()), clock.now_ns())
