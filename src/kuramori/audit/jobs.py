"""A bundle is made in a thread of `web`; it waits in memory until a manager took it, or the next is made."""

from __future__ import annotations

import hashlib
import logging
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import connection, transaction

from kuramori import clock
from kuramori.audit import bundling
from kuramori.errors import BadInput, KuramoriError
from kuramori.ledger import entries

if TYPE_CHECKING:
    from kuramori.audit.period import Period
    from kuramori.people.models import Account

log = logging.getLogger("kuramori.audit")
KEPT_NS = 3600 * clock.NS_PER_S
"""How long a finished bundle waits: names of people are in it."""


@dataclass(slots=True)
class Job:
    """One making. `wrong` is a code once it has failed, `content` the ZIP once it is done."""

    period: Period
    percent: int = 0
    wrong: str = ""
    content: bytes = b""
    sha256: str = ""
    made_ns: int = 0
    answered: list[bundling.Answered] = field(default_factory=list)

    @property
    def state(self) -> str:
        return "failed" if self.wrong else "ready" if self.content else "making"


_guard = threading.Lock()
_jobs: list[Job] = []


def current() -> Job | None:
    """The bundle that is being made or waits; None where there is none, or it has waited too long."""
    with _guard:
        if _jobs and _jobs[0].content and clock.now_ns() - _jobs[0].made_ns > KEPT_NS:
            _jobs.clear()
        return _jobs[0] if _jobs else None


def start(by: Account, period: Period) -> Job:
    """Begin to make one; the one that waited is gone. Raises BadInput `bundle-being-made`."""
    with _guard:
        if _jobs and _jobs[0].state == "making":
            raise BadInput("bundle-being-made")
        _jobs[:] = [job := Job(period)]
    with transaction.atomic():
        entries.record("audit-bundle-begun", actor=by.actor, detail=_days(period))
    threading.Thread(target=_run, args=(by, job), name="audit bundle", daemon=True).start()
    return job


def make(by: Account, job: Job) -> None:
    """The job itself."""

    def tick(percent: int) -> None:
        job.percent = percent

    content, job.answered = bundling.bundle(job.period, by.full_name, tick)
    job.sha256 = hashlib.sha256(content).hexdigest()
    with transaction.atomic():
        entries.record(
            "audit-bundle-made",
            actor=by.actor,
            detail=_days(job.period) | {"sha256": job.sha256, "bytes": len(content)},
        )
    job.made_ns, job.content = clock.now_ns(), content


def forget() -> None:
    """Nobody needs it any more."""
    with _guard:
        if _jobs and _jobs[0].state != "making":
            _jobs.clear()


def _run(by: Account, job: Job) -> None:
    try:
        make(by, job)
    except KuramoriError as error:
        job.wrong = error.code
    except Exception:  # the edge of a job
        log.exception("no audit bundle")
        job.wrong = "defect"
    finally:
        if job.wrong:
            entries.record_now(
                "audit-bundle-made",
                actor=by.actor,
                outcome="failed",
                reason=job.wrong,
                detail=_days(job.period),
            )
        connection.close()


def _days(period: Period) -> dict[str, str]:
    return {"first_day": period.first.isoformat(), "last_day": period.last.isoformat()}
