"""The certificate as a document: canonical JSON, in words that need no explanation, and its proof."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import rfc8785
from django.utils import translation

from kuramori import clock
from kuramori.cameras.models import Camera
from kuramori.footage.models import HeldSegment, Segment
from kuramori.places.models import Body
from kuramori.retention import assurance_words
from kuramori.retention.hold_models import Hold

if TYPE_CHECKING:
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
    pieces = Segment.objects.filter(hour=hour.hour).count()
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


def parsed(certificate: Certificate) -> dict[str, Any]:
    """The document's fields."""
    said = json.loads(certificate.document)
    assert isinstance(said, dict)
    return said
