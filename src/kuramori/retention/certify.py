"""From the recorder's rotations to certificates, and back to the recorder: the tombstones may go.

Three steps, each of which may be the last before a crash: (1) the journal's rotation becomes ErasedHour rows
(footage.intake); (2) each such row becomes a certificate, with its ledger entry, in one transaction; (3)
the recorder is told through which journal line all is certified. A crash after (1) or (2) leaves rows that
the next call finds; a lost (3) is sent again, and an acknowledgement sent twice does nothing.
"""

from __future__ import annotations

import hashlib
import secrets
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F

from kuramori import clock, local_time
from kuramori.footage import datadir, orders
from kuramori.footage.models import ErasedHour
from kuramori.ledger import entries
from kuramori.retention import document
from kuramori.retention.models import Acknowledged, Certificate, ErasedOnDay

if TYPE_CHECKING:
    from datetime import date

BATCH = 500
LOOK_AGAIN_NS = 300 * clock.NS_PER_S


class _Acknowledging:
    """When to look whether something is left to acknowledge: at first, after a failure, every five minutes.

    A death may be told again without being new (the recorder restarted), so looking only after a new
    certificate would not do; looking each second would cost a busy small box for nothing.
    """

    def __init__(self) -> None:
        self._stood_ns: int | None = None

    def due(self) -> bool:
        now_ns = clock.current().boot_ns()
        return self._stood_ns is None or not 0 <= now_ns - self._stood_ns < LOOK_AGAIN_NS

    def failed(self) -> None:
        self._stood_ns = None

    def stood(self) -> None:
        self._stood_ns = clock.current().boot_ns()


_acknowledging = _Acknowledging()


def certify() -> int:
    """Certify every erased hour that has no certificate and acknowledge; returns how many were made."""
    made = 0
    while batch := _without_certificate():
        for hour in batch:
            _certify(hour)
        made += len(batch)
    if made or _acknowledging.due():
        _acknowledging.failed()
        _acknowledge()
        _acknowledging.stood()
    return made


def _without_certificate() -> list[ErasedHour]:
    return list(ErasedHour.objects.filter(certificate="")[:BATCH])


def _certify(hour: ErasedHour) -> None:
    with transaction.atomic():
        number, made_at_ns = secrets.token_hex(16), clock.now_ns()
        if not ErasedHour.objects.filter(hour=hour.hour, certificate="").update(certificate=number):
            return  # another process was quicker
        text = document.compose(hour, number, made_at_ns)
        digest = hashlib.sha256(text.encode()).hexdigest()
        index = entries.record(
            "hour-erased",
            actor="program:record",
            obj={"certificate": number, "camera": hour.camera, "hour": hour.hour},
            outcome="done" if hour.verified else "failed",
            reason=hour.reason,
            detail={
                "hour_start": clock.iso(hour.hour_start_s * clock.NS_PER_S),
                "certificate_sha256": digest,
                "level": hour.level,
                "journal_seq": hour.journal_seq,
            },
        )
        Certificate.objects.create(
            id=number,
            hour=hour.hour,
            camera=hour.camera,
            hour_start_s=hour.hour_start_s,
            erase_at_ns=hour.erase_at_ns,
            erased_at_ns=hour.erased_at_ns,
            reason=hour.reason,
            epoch=hour.epoch,
            verified=hour.verified,
            level=hour.level,
            document=text,
            document_sha256=digest,
            ledger_index=index,
            journal_seq=hour.journal_seq,
            made_at_ns=made_at_ns,
        )
        _count(local_time.day_of(hour.erased_at_ns))


def _count(day: date) -> None:
    if not ErasedOnDay.objects.filter(day=day).update(hours=F("hours") + 1):
        ErasedOnDay.objects.create(day=day, hours=1)


def _acknowledge() -> None:
    """Tell the recorder the last journal line before which every erased hour has its certificate."""
    recorder = datadir.recorder_id()
    through = _certified_through(recorder)
    if through <= _acknowledged(recorder):
        return
    with transaction.atomic():
        last, _ = Acknowledged.objects.select_for_update().get_or_create(recorder=recorder)
        if through > last.through_seq:
            last.through_seq = through
            last.order_id = orders.issue("ack", through_seq=through)
            last.save()


def _acknowledged(recorder: str) -> int:
    return Acknowledged.objects.filter(recorder=recorder).values_list("through_seq", flat=True).first() or 0


def _certified_through(recorder: str) -> int:
    """The newest rotation line up to which every hour that was told of is certified; 0 for none."""
    told = ErasedHour.objects.filter(recorder=recorder)
    first_waiting = told.filter(certificate="").order_by("journal_seq").first()
    if first_waiting is not None:
        told = told.filter(journal_seq__lt=first_waiting.journal_seq)
    last = told.order_by("-journal_seq").first()
    return last.journal_seq if last else 0
