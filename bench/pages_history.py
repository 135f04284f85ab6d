"""What a box has in its tables after so many days with so many cameras, entered by acts or as rows."""

from __future__ import annotations

import math
import secrets
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from tests.footage import lines
from tests.guideline import entering
from tests.guideline.set_up import SetUpBody, further_camera, hung, set_up

from kuramori import clock, local_time
from kuramori.cameras.models import Camera
from kuramori.footage import living
from kuramori.footage.models import ErasedHour, Gap, Segment
from kuramori.guideline import judging
from kuramori.health.models import CameraDay
from kuramori.ledger import entries
from kuramori.people.models import Account
from kuramori.retention import certify
from kuramori.retention.models import Certificate, ErasedOnDay

DAY_NS = 24 * 3600 * clock.NS_PER_S
SEGMENT_NS = 300 * clock.NS_PER_S
LATER_DAYS = 92
"""How long rows of what was erased stay."""
CERTIFIED_HOURS = 24
"""Hours of all cameras whose certificates are made one by one, each with its entry in the record."""
ACTS_A_DAY = 20
BATCH = 5000


def lived(cameras: int, footage_days: int, days: int) -> Account:
    """The manager of a body with that past."""
    body, now_ns = hung(set_up()), clock.now_ns()
    page = entering.browser(body.manager)
    every = [body.camera, *(further_camera(body, number) for number in range(1, cameras))]
    _save(Segment, _segments(every, now_ns, footage_days))
    _save(Gap, _gaps(every, now_ns, min(days, LATER_DAYS)))
    _save(CameraDay, _days(every, days))
    _save(ErasedHour, _erased(every, now_ns, min(days, LATER_DAYS)))
    while certify.certify():
        pass
    _save(Certificate, _certificates())
    _save(ErasedOnDay, _erased_days(cameras, min(days, LATER_DAYS)))
    with transaction.atomic():
        for number in range(days * ACTS_A_DAY):
            entries.record("live-look", actor=body.manager.actor, obj={"n": number}, outcome="allowed")
    living.count(for_s=math.inf)
    for week in range(0, days, 7):
        _papers(page, body, every[week // 7 % cameras], week)
    judging.judge_all()
    return body.manager


def _save(model: type[models.Model], rows: Iterable[Any]) -> None:
    batch = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            model._default_manager.bulk_create(batch)
            batch = []
    model._default_manager.bulk_create(batch)


def _segments(cameras: list[Camera], now_ns: int, days: int) -> Iterator[Segment]:
    for camera in cameras:
        for number in range(1, days * DAY_NS // SEGMENT_NS):
            start_ns = now_ns - number * SEGMENT_NS
            fields = lines.opened(secrets.token_hex(16), start_ns, camera=camera.pk)
            yield Segment(id=fields.pop("segment"), end_ns=start_ns + SEGMENT_NS, state="closed",
                          sha256="f" * 64, size_bytes=100_000_000, **fields)  # fmt: skip


def _gaps(cameras: list[Camera], now_ns: int, days: int) -> Iterator[Gap]:
    for camera in cameras:
        for number in range(days):
            since_ns = now_ns - number * DAY_NS - DAY_NS // 2
            yield Gap(id=secrets.token_hex(16), camera=camera.pk, since_ns=since_ns,
                      until_ns=since_ns + clock.NS_PER_S, reason="stalled")  # fmt: skip


def _days(cameras: list[Camera], days: int) -> Iterator[CameraDay]:
    for camera in cameras:
        for number in range(1, days):
            day = local_time.today() - timedelta(days=number)
            yield CameraDay(
                camera=camera.pk, day=day, covered_ms=86_399_000, expected_ms=86_400_000, final_ns=1
            )


def _erased(cameras: list[Camera], now_ns: int, days: int) -> Iterator[ErasedHour]:
    for number in range(days * 24):
        at_ns = now_ns - number * DAY_NS // 24
        for camera in cameras:
            yield ErasedHour(
                hour=secrets.token_hex(16),
                camera=camera.pk,
                hour_start_s=at_ns // clock.NS_PER_S,
                erase_at_ns=at_ns,
                erased_at_ns=at_ns,
                reason="expired",
                epoch=number + 2,
                verified=True,
                level=1,
                recorder="0" * 32,
                journal_seq=number + 1,
                certificate="" if number < CERTIFIED_HOURS else secrets.token_hex(16),
            )


def _certificates() -> Iterator[Certificate]:
    """Of the hours that were not certified one by one: as rows, with the words of one that was."""
    like = Certificate.objects.first()
    assert like is not None
    mine = ("hour", "camera", "hour_start_s", "erase_at_ns", "erased_at_ns", "epoch", "journal_seq")
    same = ("reason", "verified", "level", "document", "document_sha256", "ledger_index", "made_at_ns")
    for row in ErasedHour.objects.filter(epoch__gte=CERTIFIED_HOURS + 2).iterator():
        told = {name: getattr(row, name) for name in mine}
        yield Certificate(id=row.certificate, **told, **{name: getattr(like, name) for name in same})


def _erased_days(cameras: int, days: int) -> Iterator[ErasedOnDay]:
    for number in range(2, days):
        yield ErasedOnDay(day=local_time.today() - timedelta(days=number), hours=24 * cameras)


def _papers(page: Any, body: SetUpBody, camera: Camera, week: int) -> None:
    """A week's papers: a complaint, a round, an assessment."""
    about = SetUpBody(body.manager, body.site, camera)
    said = {
        "received_at": f"{entering.day()}T00:00",
        "channel": "telephone",
        "content": "窓",
        "handler": "佐藤",
    }
    entering.enter(page, "complaints", **said, camera=camera.pk)
    if week % 4 == 0:
        entering.walk_round(page, about)
        entering.assessment(page, about)
