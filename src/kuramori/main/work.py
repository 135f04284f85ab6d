"""The `work` process: the clock of Django's side. Each step is idempotent, so a crash costs nothing."""

from __future__ import annotations

import logging
import signal
import threading
import time
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from typing import TYPE_CHECKING

from django.db import close_old_connections

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("kuramori.work")
BEAT_S = 1.0


@dataclass
class Step:
    """Something done again and again. `every_s` counts from the end of the last time."""

    run: Callable[[], object]
    name: str
    every_s: float
    due_at_s: float = 0.0

    def run_if_due(self, now_s: float) -> None:
        if now_s < self.due_at_s:
            return
        try:
            self.run()
        except Exception:  # the edge of a job: the next beat tries again, the others go on
            log.exception("%s failed", self.name)
        finally:
            close_old_connections()
        self.due_at_s = time.monotonic() + self.every_s


STEPS = (
    ("kuramori.footage.orders.finish_spooling", 0.0),
    ("kuramori.footage.intake.take_in", 0.0),
    ("kuramori.retention.certify.certify", 0.0),
    ("kuramori.access.matching.match_releases", 5.0),
    ("kuramori.retention.overdue.look", 60.0),
    ("kuramori.guideline.judging.judge_all", 5.0),
    ("kuramori.ledger.checkpoints.make", 3600.0),
    ("kuramori.people.sessions.forget_ended", 3600.0),
    ("kuramori.main.swap_finding.look", 60.0),
)
"""What is done, and how many seconds apart at least; 0 means at every beat."""


def steps() -> list[Step]:
    found = []
    for dotted, every_s in STEPS:
        module, _, function = dotted.rpartition(".")
        if find_spec(module):
            found.append(Step(getattr(import_module(module), function), dotted, every_s))
    return found


def main() -> None:
    """Run the steps until SIGTERM; the step at work is finished first."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    doing = steps()
    while not stop.is_set():
        for step in doing:
            if stop.is_set():
                break
            step.run_if_due(time.monotonic())
        stop.wait(BEAT_S)
