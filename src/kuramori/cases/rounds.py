"""Rules of walk-rounds (T12), the fitter's explanation (T13) and self-inspections (T5)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kuramori import local_time, periods
from kuramori.cases.complaints import require_past
from kuramori.cases.round_models import Explanation, Inspection, Judged, Round, Seen
from kuramori.errors import BadInput
from kuramori.paper.register import Line, Register
from kuramori.policy import keeping, purposes

if TYPE_CHECKING:
    from kuramori.people.models import Account

LOOKED_AT = ("recording", "picture", "aim", "mount", "sign", "locks", "storage", "firmware", "passwords")


def check_round(row: Round, by: Account) -> None:
    """At most six months to the next; what is not good needs words; something must have been looked at."""
    require_past(row.done_on)
    if not row.done_on < row.next_on <= row.done_on + timedelta(days=periods.WALK_ROUND_DAYS):
        raise BadInput("round-next")
    said = [getattr(row, name) for name in LOOKED_AT]
    if Seen.POOR in said and not row.measures.strip():
        raise BadInput("round-measures")
    if set(said) == {Seen.NONE.value}:
        raise BadInput("round-nothing")


def round_lines(row: Round, steps: Sequence[Any], now_ns: int) -> list[Line]:
    today = local_time.day_of(now_ns)
    poor = sum(1 for name in LOOKED_AT if getattr(row, name) == Seen.POOR)
    told = [Line(_("next round"), str(row.next_on), "bad" if today > row.next_on else "good")]
    return [*told, Line(_("not good"), str(poor), "warn")] if poor else told


def device_state(camera: Any) -> str:
    """What the program itself knows of the camera now, in words."""
    purpose, rule = purposes.current(camera), keeping.current(camera)
    checked = camera.password_checked_ns
    approved = camera.ranges.filter(revoked_ns=None).order_by("-version").first()
    return "\n".join(
        (
            _now("password of its own, checked %(day)s") % {"day": str(local_time.day_of(checked))}
            if checked
            else _now("password not checked"),
            _now("purpose: %(purpose)s") % {"purpose": purpose.text if purpose else "—"},
            _now("kept for %(days)s days, then erased for good")
            % {"days": rule.days or _now("one month, in") if rule else "—"},
            _now("range approved: version %(version)s") % {"version": approved.version if approved else "—"},
            _now("picture %(width)s x %(height)s") % {"width": camera.width, "height": camera.height},
            _now("recordings are locked (AES-256); sound is not recorded"),
        )
    )


def check_explanation(row: Explanation, by: Account) -> None:
    """Two people, unless nobody sold it; everything that the clause names was explained."""
    require_past(row.done_on)
    one, other = ("".join(name.split()) for name in (row.explained_by, row.received_by))
    if one == other and not row.no_seller:
        raise BadInput("same-person")
    if not row.no_seller and not row.company.strip():
        raise BadInput("explanation-company")
    if not (row.precautions and row.leak_steps):
        raise BadInput("explanation-parts")
    row.device_state = device_state(row.camera)
    row.device_address_sha256 = address_sha256(row.camera)


def address_sha256(camera: Any) -> str:
    """Tells whether the device was replaced or moved on the network since; the address itself stays out."""
    return hashlib.sha256(f"{camera.url} {camera.width}x{camera.height}".encode()).hexdigest()


def check_inspection(row: Inspection, by: Account) -> None:
    require_past(row.done_on)
    if row.judged != Judged.MET and not (row.plan.strip() and row.due_on):
        raise BadInput("inspection-plan")


WORDS: dict[str, Any] = {
    "round-next": _("The next round is within six months of this one."),
    "round-measures": _("Write what was found and done."),
    "round-nothing": _("Nothing was looked at."),
    "explanation-company": _("Write the firm, or tick that nobody sold it."),
    "explanation-parts": _("Both personal information and what to do in case of a leak must be explained."),
    "inspection-plan": _("Write what will be improved, and by when."),
}
ROUNDS = Register(
    key="rounds",
    form="F17",
    clause="T12",
    title=_("Walk-rounds"),
    new_words=_("Enter a walk-round"),
    about=_("Every six months. Print the empty form, go round, and enter it here."),
    model=Round,
    fields=(
        *("site", "done_on", "who"),
        *LOOKED_AT[:1],
        "clock_error_s",
        *LOOKED_AT[1:],
        "measures",
        "next_on",
    ),
    check=check_round,
    lines=round_lines,
    words=WORDS,
    at_console=True,
    order=20,
)
EXPLANATIONS = Register(
    key="explanations",
    form="F21",
    clause="T13",
    title=_("Explanations by the fitter"),
    new_words=_("Enter an explanation"),
    about=_(
        "Within 14 days of the first recording and after each replacement. Print it, sign it, add the scan."
    ),
    model=Explanation,
    fields=(
        *("camera", "done_on", "no_seller", "company", "explained_by", "received_by", "emergency"),
        *("updates_by", "disposal", "precautions", "leak_steps"),
    ),
    program_fields=("device_state",),
    enter_roles=("manager",),
    check=check_explanation,
    words=WORDS,
    order=21,
)
INSPECTIONS = Register(
    key="inspections",
    form="F26",
    clause="T5",
    title=_("Self-inspections"),
    new_words=_("Enter a self-inspection"),
    model=Inspection,
    fields=("clause", "done_on", "evidence", "judged", "plan", "due_on", "who"),
    enter_roles=("manager",),
    check=check_inspection,
    words=WORDS,
    at_console=True,
    order=22,
)
