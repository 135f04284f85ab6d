"""The register of deviations as rows of words, for its page and its paper (規程・改廃・逸脱 台帳)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kuramori import clock
from kuramori.cameras.models import Camera
from kuramori.paper import documents
from kuramori.places.models import Body, Site
from kuramori.policy import deviations
from kuramori.policy.deviation_models import Deviation


@dataclass(frozen=True, slots=True)
class Row:
    """One deviation as people read it. `state`: waiting, in-force or over."""

    deviation: Deviation
    what: str
    about: str
    state: str


def rows(now_ns: int) -> list[Row]:
    """All of them, newest first, however long ago: nothing leaves the register."""
    names = _names()
    return [
        Row(one, _what(one), names.get((one.subject_kind, one.subject_id), ""), _state(one, now_ns))
        for one in Deviation.objects.select_related("asked_by", "approved_by", "ended_by")
    ]


def in_force(now_ns: int) -> list[Row]:
    """Those that every report has to name."""
    return [row for row in rows(now_ns) if row.state == "in-force"]


def paper(now_ns: int) -> bytes:
    """The register as a PDF. Raises BadInput `faces-missing`."""
    body = Body.objects.first()
    with translation.override("ja"):
        words = {"waiting": _("waits for approval"), "in-force": _("in force"), "over": _("over")}
        said = [_line(row, words) for row in rows(now_ns)]
        return documents.register_pdf(
            title="規程・改廃・逸脱 台帳(逸脱の部)",
            title_en="Register of deviations",
            body=body.name if body else "",
            made_on=_moment(now_ns),
            head=[
                _("Number"),
                _("Clause"),
                _("What is done otherwise"),
                _("For what"),
                _("Reason"),
                _("Asked by"),
                _("Approved by"),
                _("From"),
                _("Until"),
                _("State"),
            ],
            rows=said,
            empty=_("There is no deviation."),
        )


def _line(row: Row, words: dict[str, str]) -> list[str]:
    one = row.deviation
    approver = one.approved_by.full_name if one.approved_by else "—"
    if one.self_approved:
        approver += f" ({_('own approval')})"
    over = f" {_('ended early')}: {one.end_reason}" if one.end_reason else ""
    return [
        str(one.pk),
        one.clause,
        row.what,
        row.about,
        one.reason,
        one.asked_by.full_name,
        approver,
        _moment(one.approved_at_ns) if one.approved_at_ns else "—",
        _moment(one.over_at_ns),
        words[row.state] + over,
    ]


def _what(one: Deviation) -> str:
    known = deviations.passable_by(one.code)
    what = str(known.label) if known else one.code
    if one.longer_months:
        what += " " + _("(%(months)s months)") % {"months": one.longer_months}
    return what


def _state(one: Deviation, now_ns: int) -> str:
    if one.in_force(now_ns):
        return "in-force"
    return "over" if one.over_at_ns <= now_ns else "waiting"


def _names() -> dict[tuple[str, str], str]:
    cameras = {("camera", row.pk): str(row) for row in Camera.objects.all()}
    return {**cameras, **{("site", str(row.pk)): row.name for row in Site.objects.all()}}


def _moment(ns: int) -> str:
    return f"{timezone.localtime(clock.utc(ns)):%Y-%m-%d %H:%M}"
