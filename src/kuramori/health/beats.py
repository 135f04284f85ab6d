"""Signs of life: of the status screens that stand open, and of the `work` process."""

from __future__ import annotations

from kuramori import clock
from kuramori.health.models import Beat

SCREEN, SOUND, WORK = "screen", "sound", "work"
FRESH_NS = 120 * clock.NS_PER_S
# A status screen asks every few seconds; the database need not hear of each.
WRITTEN_NS = 20 * clock.NS_PER_S


def heard(name: str) -> None:
    """Note that `name` is alive now."""
    now_ns = clock.now_ns()
    row = Beat.objects.filter(name=name).first()
    if row is None or not 0 <= now_ns - row.at_ns < WRITTEN_NS:
        Beat.objects.update_or_create(name=name, defaults={"at_ns": now_ns})


def fresh(name: str, now_ns: int) -> bool:
    """Whether `name` was heard within two minutes."""
    return Beat.objects.filter(name=name, at_ns__gt=now_ns - FRESH_NS).exists()


def work_beats() -> None:
    """Called by `work` at every round of its own."""
    heard(WORK)
