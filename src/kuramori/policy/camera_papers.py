"""Rules and registers of what is decided for a camera on paper (P1, P4, T2a, T2b; F01, F02)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from kuramori import local_time, periods
from kuramori.cameras import enrolment
from kuramori.errors import BadInput
from kuramori.paper.register import Line, Register
from kuramori.policy.camera_paper_models import (
    Assessment,
    CameraChange,
    ChangeKind,
    Detail,
    Level,
    ScopeDecision,
)

if TYPE_CHECKING:
    from kuramori.people.models import Account

# Pixels per metre that a level needs (IEC 62676-4:2014: detect 25, recognise 125, identify 250).
NEEDED = {Level.SOMEBODY.value: 25, Level.KNOWN.value: 125, Level.IDENTIFIED.value: 250}


def years_later(day: date, years: int) -> date:
    """The same day years later; 29 February becomes the 28th."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)


def _past(day: date) -> None:
    if day > local_time.today():
        raise BadInput("day-to-come")


def check_scope(row: ScopeDecision, by: Account) -> None:
    """Live only, or a private place: out of scope, with the reason."""
    _past(row.decided_on)
    if not row.in_scope and not row.reason.strip():
        raise BadInput("scope-reason")


def scope_lines(row: ScopeDecision, steps: Sequence[Any], now_ns: int) -> list[Line]:
    if row.in_scope:
        return [Line(_("decision"), str(_("the guideline is about it")), "good")]
    return [Line(_("decision"), str(_("the guideline is not about it")), "warn")]


def check_assessment(row: Assessment, by: Account) -> None:
    """Looked at again within three years."""
    _past(row.assessed_on)
    if not row.assessed_on < row.review_on <= years_later(row.assessed_on, periods.PRIVACY_REVIEW_YEARS):
        raise BadInput("review-too-late")


def assessment_lines(row: Assessment, steps: Sequence[Any], now_ns: int) -> list[Line]:
    late = local_time.day_of(now_ns) > row.review_on
    return [Line(_("look at it again by"), str(row.review_on), "bad" if late else "good")]


def check_detail(row: Detail, by: Account) -> None:
    """Pixels per metre follow from the camera's own picture; a camera that sees too little is refused."""
    _past(row.decided_on)
    if row.width_m <= 0:
        raise BadInput("width-missing")
    row.pixels_per_m = int(row.camera.width / float(row.width_m))
    if row.pixels_per_m < NEEDED[row.level]:
        raise BadInput("detail-too-little")


def detail_lines(row: Detail, steps: Sequence[Any], now_ns: int) -> list[Line]:
    """More than the next level needs is more than the purpose needs."""
    above = [needed for needed in NEEDED.values() if needed > NEEDED[row.level]]
    if above and row.pixels_per_m >= min(above):
        return [Line(_("state"), str(_("more is seen than needed: widen the picture")), "warn")]
    return [Line(_("state"), str(_("as much as needed")), "good")]


def check_change(row: CameraChange, by: Account) -> None:
    """A camera that is abolished says what becomes of its pictures; a change says before and after."""
    _past(row.happens_on)
    if row.camera.retired_ns is not None and row.replaces is None:
        raise BadInput("camera-gone")
    if isinstance(row.replaces, CameraChange) and row.replaces.kind != row.kind:
        raise BadInput("change-kind")
    if row.kind == ChangeKind.ABOLISHED and not (row.disposal.strip() and row.sign_removed):
        raise BadInput("abolished-needs")
    if row.kind == ChangeKind.CHANGED and not (row.before.strip() and row.after.strip()):
        raise BadInput("changed-needs")


def after_change(row: CameraChange, by: Account) -> None:
    """An abolished camera is retired: recorded no more; what it recorded dies on its own day."""
    if row.kind == ChangeKind.ABOLISHED:
        enrolment.retire(row.camera_id, by, row.reason)


WORDS: dict[str, Any] = {
    "scope-reason": _("Write why the guideline is not about this camera."),
    "review-too-late": _("It is looked at again within three years."),
    "width-missing": _("Measure how wide the picture is at the place that matters."),
    "detail-too-little": _(
        "The camera shows too little for that. Zoom in or move it closer, or choose what is enough."
    ),
    "camera-gone": _("This camera was abolished already."),
    "change-kind": _("A correction cannot turn a change into an abolition. Enter a new one."),
    "abolished-needs": _("Write what happens to its pictures, and take its sign down or change it first."),
    "changed-needs": _("Write how it was before and how it is after."),
}
MANAGER = ("manager",)
REGISTERS = (
    Register(
        key="scopes",
        form="F01",
        clause="P4",
        title=_("Which cameras the guideline is about"),
        new_words=_("Decide for a camera"),
        model=ScopeDecision,
        fields=(
            *("camera", "crime_prevention", "records", "public_place", "vehicle"),
            *("reason", "decided_on"),
        ),
        enter_roles=MANAGER,
        check=check_scope,
        lines=scope_lines,
        words=WORDS,
        order=1,
    ),
    Register(
        key="assessments",
        form="F01",
        clause="P1",
        title=_("Privacy assessments"),
        new_words=_("Assess a camera"),
        about=_("Before the first picture, every three years, and whenever something changes."),
        model=Assessment,
        fields=("camera", "need", "alternatives", "affected", "mitigations", "assessed_on", "review_on"),
        enter_roles=MANAGER,
        check=check_assessment,
        lines=assessment_lines,
        words=WORDS,
        order=2,
    ),
    Register(
        key="details",
        form="F03",
        clause="T2b",
        title=_("How much of a person is seen"),
        new_words=_("Decide how much is seen"),
        about=_("Choose the least that the purpose needs."),
        model=Detail,
        fields=("camera", "level", "width_m", "decided_on"),
        program_fields=("pixels_per_m",),
        enter_roles=MANAGER,
        check=check_detail,
        lines=detail_lines,
        words=WORDS,
        order=3,
    ),
    Register(
        key="camera-changes",
        form="F02",
        clause="T2a",
        title=_("Changed and abolished cameras"),
        new_words=_("Change or abolish a camera"),
        about=_("An abolished camera is recorded no more. What it recorded is erased on its own day."),
        model=CameraChange,
        fields=(
            *("camera", "kind", "happens_on", "before", "after", "reason"),
            *("disposal", "sign_removed", "approved_by"),
        ),
        enter_roles=MANAGER,
        check=check_change,
        after=after_change,
        words=WORDS,
        order=4,
    ),
)
