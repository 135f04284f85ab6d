"""The certificate as a document: canonical JSON, in words that need no explanation, and its proof."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import rfc8785
from django.db.models import Max, Min
from django.utils import translation

from kuramori import clock
from kuramori.cameras.models import Camera
from kuramori.footage.models import HeldSegment, Segment
from kuramori.places.models import Body
from kuramori.recorder.part_erasure import REST_BY, REST_OVER, rest_id
from kuramori.retention import assurance_words
from kuramori.retention.hold_models import Hold

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from kuramori.footage.models import ErasedHour
    from kuramori.retention.models import Certificate

FORMAT = 1


def compose(hour: ErasedHour, number: str, made_at_ns: int) -> str:
    """Canonical JSON (RFC 8785) of the certificate for one erased hour, in Japanese as the paper is."""
    with translation.override("ja"):
        return rfc8785.dumps(_said(hour, number, made_at_ns)).decode()


def _said(hour: ErasedHour, number: str, made_at_ns: int) -> dict[str, Any]:
    body = Body.objects.first()
    camera = Camera.objects.filter(id=hour.camera).first()
    start_ns = hour.hour_start_s * clock.NS_PER_S
    end_ns = start_ns + clock.HOUR_S * clock.NS_PER_S
    stays = HeldSegment.objects.filter(hold=rest_id(hour.hour)).values("segment")
    erased = Segment.objects.filter(hour=hour.hour).exclude(id__in=stays)
    kept = len(stays)
    if hour.reason.startswith((REST_OVER, REST_BY)):
        ended = HeldSegment.objects.filter(hold=hour.hour).values("segment")
        erased, kept = Segment.objects.filter(id__in=ended), 0
        start_ns, end_ns = _span(erased, start_ns, end_ns)
    elif kept:
        start_ns, end_ns = _span(erased, start_ns, end_ns)
    pieces = erased.count()
    if (hold := Hold.objects.filter(order=hour.hour).first()) is not None:
        start_ns, end_ns = hold.start_ns, hold.end_ns
        pieces = HeldSegment.objects.filter(hold=hour.hour).count()
    return {
        "format": FORMAT,
        "kind": "kuramori-erasure-certificate",
        "number": number,
        "made_at": clock.iso(made_at_ns),
        "body": body.name if body else "",
        "what": {
            "camera": hour.camera,
            "camera_name": str(camera) if camera else "",
            "from": clock.iso(start_ns),
            "to": clock.iso(end_ns),
            "hour": hour.hour,
            "pieces_of_footage": pieces,
            **({"pieces_that_stay": kept} if kept else {}),
        },
        "due": clock.iso(hour.erase_at_ns),
        "done": clock.iso(hour.erased_at_ns),
        "why": assurance_words.reason(hour.reason),
        "method": str(assurance_words.METHOD),
        "assurance": {
            "level": hour.level,
            "reasons": list(hour.level_reasons),
            "in_words": assurance_words.honest(hour.level),
        },
        "verification": {"holds": hour.verified, "in_words": str(assurance_words.VERIFIED[hour.verified])},
        "recorder": {"id": hour.recorder, "journal_seq": hour.journal_seq, "key_table": hour.epoch},
    }


def _span(erased: QuerySet[Segment], start_ns: int, end_ns: int) -> tuple[int, int]:
    """From the first to the last of these pieces; the hour itself where the index knows none."""
    span = erased.aggregate(first=Min("start_ns"), last=Max("end_ns"), begun=Max("start_ns"))
    if span["first"] is None:
        return start_ns, end_ns
    return span["first"], max(span["last"] or 0, span["begun"])


def parsed(certificate: Certificate) -> dict[str, Any]:
    """The document's fields."""
    said = json.loads(certificate.document)
    assert isinstance(said, dict)
    return said
