"""The `work` process: the clock of Django's side. Each step is idempotent, so a crash costs nothing.

What waits for other machines has a thread of its own, so that nothing else waits with it: one for mail
servers, webhooks and time stamp services, one for cameras that are checked.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import close_old_connections, connection

from kuramori.access import left_looks, matching, storehouse_keys, unusual
from kuramori.cases import following
from kuramori.cases import forgetting as case_forgetting
from kuramori.evidence import outside
from kuramori.footage import (
    credential_copies,
    device_checks,
    forgetting,
    intake,
    living,
    orders,
    settings_file,
)
from kuramori.guideline import judging
from kuramori.health import channels, checkpoint_mail, days, disk_facts, self_check, watching, weekly
from kuramori.ledger import checkpoints
from kuramori.ledger import forgetting as ledger_forgetting
from kuramori.main import swap_finding
from kuramori.people import sessions
from kuramori.recorder import service_notice
from kuramori.retention import certify, hold_reviews, overdue, short_of_space

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger("kuramori.work")
BEAT_S = 1.0
STOP_S = 5.0


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


def steps() -> list[Step]:
    """What is done, and how many seconds apart at least; 0 means at every beat."""
    return [
        Step(orders.finish_spooling, "orders", 0),
        Step(intake.take_in, "journal intake", 0),
        Step(certify.certify, "certificates", 0),
        Step(matching.match_releases, "released keys", 0),
        Step(left_looks.end_left, "looks that were left", 60),
        Step(judging.judge_all, "judging", 5),
        Step(settings_file.keep, "settings file", 5),
        Step(watching.watch, "alarms", 5),
        Step(days.fill, "health of the day", 60),
        Step(self_check.look, "examination of itself", 60),
        Step(overdue.look, "overdue erasures", 60),
        Step(short_of_space.look, "room on the disks", 10),
        Step(living.count, "what lies on the disks", 10),
        Step(disk_facts.look, "forecast of the disks", 600),
        Step(credential_copies.keep, "sealed copies of credentials", 30),
        Step(hold_reviews.look, "reviews of holds", 60),
        Step(following.remind, "what cases wait for", 600),
        Step(unusual.look, "unusual looks", 300),
        Step(swap_finding.look, "swap", 60),
        Step(checkpoints.make, "checkpoint", 3600),
        Step(case_forgetting.forget_old, "names of old cases", 6 * 3600),
        Step(ledger_forgetting.forget_old, "words of old entries", 6 * 3600),
        Step(outside.look, "checkpoints outside", 600),
        Step(sessions.forget_ended, "ended sessions", 3600),
        Step(storehouse_keys.forget_dead_pairs, "keys of erased footage", 3600),
        Step(forgetting.forget_erased, "rows of erased footage", 3600),
    ]


def telling() -> list[Step]:
    """What waits for a server elsewhere, up to a quarter of a minute for each channel."""
    return [
        Step(channels.tell, "telling of alarms", 5),
        Step(weekly.send_when_due, "weekly sheet", 3600),
        Step(outside.stamp_when_due, "time stamp of the checkpoint", 600),
        Step(checkpoint_mail.send_when_due, "checkpoint by mail", 600),
    ]


def checking() -> list[Step]:
    """What waits for cameras, up to 75 s for one that does not answer."""
    return [
        Step(device_checks.check_due, "checks of cameras", 60),
        Step(device_checks.watch_places, "where movable cameras point", 60),
        Step(device_checks.look_around_daily, "devices on the network", 24 * 3600),
    ]


def run(doing: list[Step], stop: threading.Event) -> None:
    """Do `doing` again and again; the step at work is finished before this returns."""
    connection.settings_dict["CONN_MAX_AGE"] = None  # one thread, one connection: opening costs a millisecond
    while not stop.is_set():
        for step in doing:
            if stop.is_set():
                break
            step.run_if_due(time.monotonic())
        stop.wait(BEAT_S)


def main() -> None:
    """Run the steps until SIGTERM. A message that is being sent or a check that is being made then is given
    up, and begun again at the next start."""
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    aside = [
        threading.Thread(target=run, args=(doing, stop), name=name, daemon=True)
        for name, doing in (("telling", telling()), ("checking", checking()))
    ]
    for thread in aside:
        thread.start()
    service_notice.tell("READY=1")
    run([Step(lambda: service_notice.tell("WATCHDOG=1"), "sign of life", 0), *steps()], stop)
    until_s = time.monotonic() + STOP_S
    for thread in aside:
        thread.join(max(0.0, until_s - time.monotonic()))
