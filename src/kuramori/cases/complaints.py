"""Deadlines of questions and complaints, and when one may be closed (T10)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kuramori import clock, local_time, periods
from kuramori.cases.complaint_models import Complaint, ComplaintStep, ComplaintStepKind
from kuramori.cases.deadlines import working_days_after
from kuramori.errors import BadInput
from kuramori.paper.register import Line, Register

if TYPE_CHECKING:
    from kuramori.people.models import Account

KIND = ComplaintStepKind


class Step(Protocol):
    kind: str
    done_on: date


@dataclass(frozen=True, slots=True)
class Standing:
    """How one stands on a day. `late` names what is overdue."""

    reply_by: date
    answer_by: date
    closed: bool
    late: tuple[str, ...]
    review_due: bool


def standing(received: date, has_camera: bool, steps: Sequence[Step], today: date) -> Standing:
    """Pure: from the day received, whether a camera is meant, and the steps."""
    done = {step.kind for step in steps}
    reply_by, answer_by = (
        working_days_after(received, periods.COMPLAINT_REPLY_WORKING_DAYS),
        received + timedelta(days=periods.COMPLAINT_ANSWER_DAYS),
    )
    replied = done & {KIND.ACKNOWLEDGED.value, KIND.ANSWERED.value}
    late = []
    if not replied and today > reply_by:
        late.append("reply")
    if KIND.ANSWERED.value not in done and today > answer_by:
        late.append("answer")
    review = has_camera and KIND.REVIEWED.value not in done
    return Standing(reply_by, answer_by, KIND.CLOSED.value in done, tuple(late), review)


def lines(row: Complaint, steps: Sequence[ComplaintStep], now_ns: int) -> list[Line]:
    """What the pages say of it."""
    today = local_time.day_of(now_ns)
    one = standing(local_day(row.received_at), row.camera_id is not None, steps, today)
    if one.closed:
        return [Line(_("state"), str(_("closed")), "good")]
    done = {step.kind for step in steps}
    told = []
    if not done & {KIND.ACKNOWLEDGED.value, KIND.ANSWERED.value}:
        told.append(Line(_("first reply by"), str(one.reply_by), "bad" if "reply" in one.late else "warn"))
    if KIND.ANSWERED.value not in done:
        told.append(Line(_("answer by"), str(one.answer_by), "bad" if "answer" in one.late else "warn"))
    if one.review_due:
        told.append(Line(_("still to do"), str(_("review the camera's range and sign")), "warn"))
    return told or [Line(_("still to do"), str(_("close it")), "warn")]


def check_complaint(row: Complaint, by: Account) -> None:
    if row.received_at > clock.utc(clock.now_ns()):
        raise BadInput("day-to-come")


def check_step(step: ComplaintStep, by: Account) -> None:
    """Closing needs an answer and a measure, and a review where a camera is meant; after it nothing comes."""
    require_past(step.done_on)
    done = set(ComplaintStep.objects.filter(row_id=step.row_id).values_list("kind", flat=True))
    if KIND.CLOSED.value in done:
        raise BadInput("complaint-closed")
    if step.kind != KIND.CLOSED:
        return
    newest = Complaint.objects.standing().get(number=step.row.number)
    needed = {KIND.ANSWERED.value, KIND.MEASURE.value}
    if newest.camera_id is not None:
        needed.add(KIND.REVIEWED.value)
    if not needed <= done:
        raise BadInput("complaint-open")


def local_day(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def require_past(day: date) -> None:
    """Raises BadInput `day-to-come` for a day after today."""
    if day > local_time.today():
        raise BadInput("day-to-come")


WORDS: dict[str, Any] = {
    "complaint-closed": _("It is closed. Enter a new one if the person asks again."),
    "complaint-open": _(
        "Not yet: an answer and a measure are needed, and for a camera a review of its range and sign."
    ),
}
STEPS = Register(
    key="complaint-steps",
    form="F18",
    clause="T10",
    title=_("Steps of a complaint"),
    new_words=_("Enter a step"),
    model=ComplaintStep,
    fields=("kind", "done_on", "text"),
    check=check_step,
    words=WORDS,
)
COMPLAINTS = Register(
    key="complaints",
    form="F18",
    clause="T10",
    title=_("Questions and complaints"),
    new_words=_("Enter a question or complaint"),
    about=_("First reply within three working days, answer within 14 days. Write down what the person said."),
    model=Complaint,
    fields=("received_at", "channel", "who", "content", "camera", "handler"),
    check=check_complaint,
    lines=lines,
    words=WORDS,
    steps=STEPS,
    at_console=True,
    order=10,
)
