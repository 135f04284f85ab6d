"""The approval of longer keeping (保管期間延長(保全)承認書) on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kuramori import clock
from kuramori.footage.models import HeldSegment
from kuramori.paper import documents
from kuramori.places.models import Body
from kuramori.retention import hold_reviews, holds
from kuramori.retention.hold_words import STATES
from kuramori.retention.models import Certificate

if TYPE_CHECKING:
    from kuramori.retention.hold_models import Hold


def approval(hold: Hold) -> bytes:
    """The PDF. Raises BadInput `faces-missing`."""
    body = Body.objects.first()
    with translation.override("ja"):
        return documents.hold_approval_pdf(
            body=body.name if body else "",
            rows=_rows(hold),
            reviews=[(_day(one.at_ns), f"{one.reason} ({one.by})") for one in hold.reviews.all()],
            number=hold.order or str(hold.pk),
        )


def _rows(hold: Hold) -> list[tuple[str, str]]:
    ended = Certificate.objects.filter(hour=hold.order).first() if hold.order else None
    pieces = HeldSegment.objects.filter(hold=hold.order).count() if hold.order else 0
    return [
        (_("Camera"), str(hold.camera)),
        (_("Interval"), f"{_moment(hold.start_ns)} – {_moment(hold.end_ns)}"),
        (_("Pieces of footage"), str(pieces)),
        (_("Case number"), hold.case_text),
        (_("Basis"), hold.basis),
        (_("Reason"), hold.reason),
        (_("Who asks"), hold.asked_by or str(hold.made_by)),
        (_("Approved by"), _approver(hold)),
        (_("Entered by"), f"{hold.made_by} {_moment(hold.made_at_ns)}"),
        (_("Keep until"), _moment(hold.ends_at_ns)),
        (_("Look at it again on"), _moment(hold_reviews.next_ns(hold))),
        (_("State"), str(STATES[holds.state(hold)])),
        (_("Ended early because"), hold.end_reason or "—"),
        (_("Erased"), _moment(ended.erased_at_ns) if ended else "—"),
        (_("Number of the certificate"), ended.id if ended else "—"),
    ]


def _approver(hold: Hold) -> str:
    if hold.automatic:
        return _("Filed by the request's arrival, for a short time (nobody has decided yet)")
    who = hold.second_person or (str(hold.approved_by) if hold.approved_by else "—")
    return f"{who} ({_('own approval')})" if hold.self_approved else who


def _moment(instant_ns: int) -> str:
    return f"{timezone.localtime(clock.utc(instant_ns)):%Y-%m-%d %H:%M %Z}"


def _day(instant_ns: int) -> str:
    return f"{timezone.localtime(clock.utc(instant_ns)):%Y-%m-%d}"
