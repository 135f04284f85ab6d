"""The leak clock (T9): it starts when somebody first knew, not when it was entered.

Act on the Protection of Personal Information, article 26; its rules, articles 7 and 8: a first report
promptly (about three to five days), the final one within 30 days, within 60 where a wrongful purpose is
possible. The day of knowing counts as the first, so that no way of counting makes a report late.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from kuramori import clock, local_time, periods
from kuramori.cases.complaints import local_day, require_past
from kuramori.cases.deadlines import last_working_day, nth_day
from kuramori.cases.incident_models import Incident, IncidentStep, IncidentStepKind, Trigger
from kuramori.errors import BadInput
from kuramori.paper.register import Line, Register

if TYPE_CHECKING:
    from kuramori.people.models import Account

NINE = (
    *("overview", "items", "people_count", "cause", "secondary"),
    *("to_persons", "publication", "prevention", "other"),
)


class Step(Protocol):
    kind: str


@dataclass(frozen=True, slots=True)
class Clockwork:
    """When reports of one incident are due: in the best case, and at the latest."""

    prompt_from: date
    prompt_by: date
    final_by: date
    late: tuple[str, ...]


def clockwork(aware: date, trigger: str, steps: Sequence[Step], today: date) -> Clockwork | None:
    """Pure: from the day of first knowing. None where no report is due."""
    if trigger == Trigger.NONE:
        return None
    done = {step.kind for step in steps}
    wrongful = trigger == Trigger.WRONGFUL
    days = periods.LEAK_FINAL_REPORT_WRONGFUL_DAYS if wrongful else periods.LEAK_FINAL_REPORT_DAYS
    prompt_from, final_by = nth_day(aware, 3), nth_day(aware, days)
    prompt_by = nth_day(aware, periods.LEAK_FIRST_REPORT_DAYS)
    late = []
    if IncidentStepKind.PROMPT.value not in done and today > prompt_by:
        late.append("prompt")
    if IncidentStepKind.FINAL.value not in done and today > final_by:
        late.append("final")
    return Clockwork(prompt_from, prompt_by, final_by, tuple(late))


def missing_items(row: Incident) -> int:
    """How many of the nine items are still empty."""
    return sum(1 for name in NINE if getattr(row, name) in ("", None))


def lines(row: Incident, steps: Sequence[IncidentStep], now_ns: int) -> list[Line]:
    today = local_time.day_of(now_ns)
    found = clockwork(local_day(row.aware_at), row.trigger, steps, today)
    if found is None:
        return [Line(_("report"), _now("none is due"), "good")]
    done, told = {step.kind for step in steps}, []
    if IncidentStepKind.PROMPT.value not in done:
        words = _now(
            "%(first)s to %(last)s, send it by %(office)s at the latest (offices are closed after)"
        ) % {
            "first": found.prompt_from,
            "last": found.prompt_by,
            "office": last_working_day(found.prompt_by),
        }
        told.append(Line(_("first report"), words, "bad" if "prompt" in found.late else "warn"))
    if IncidentStepKind.FINAL.value not in done:
        words = _now("by %(last)s, offices are open until %(office)s") % {
            "last": found.final_by,
            "office": last_working_day(found.final_by),
        }
        told.append(Line(_("final report"), words, "bad" if "final" in found.late else "warn"))
        if missing := missing_items(row):
            told.append(Line(_("items still empty"), str(missing), "warn"))
    return told or [Line(_("report"), _now("sent"), "good")]


def check_incident(row: Incident, by: Account) -> None:
    """No time to come; a correction may move the first knowing earlier, never later."""
    if row.aware_at > clock.utc(clock.now_ns()):
        raise BadInput("day-to-come")
    if isinstance(row.replaces, Incident) and row.aware_at > row.replaces.aware_at:
        raise BadInput("aware-later")
    if row.trigger == Trigger.NONE and not row.other.strip():
        raise BadInput("no-report-why")


def check_step(step: IncidentStep, by: Account) -> None:
    """A final report needs all nine items."""
    require_past(step.done_on)
    newest = Incident.objects.standing().get(number=step.row.number)
    if step.kind == IncidentStepKind.FINAL and missing_items(newest):
        raise BadInput("items-missing")


WORDS: dict[str, Any] = {
    "aware-later": _(
        "The clock began when somebody first knew. That time can be corrected to an earlier one only."
    ),
    "no-report-why": _("Write under other why no report is due."),
    "items-missing": _("The final report needs all nine items. Correct the incident first."),
}
STEPS = Register(
    key="incident-steps",
    form="F20",
    clause="T9",
    title=_("Steps of an incident"),
    new_words=_("Enter what was done"),
    model=IncidentStep,
    fields=("kind", "done_on", "text"),
    enter_roles=("manager",),
    check=check_step,
    words=WORDS,
)
INCIDENTS = Register(
    key="incidents",
    form="F20",
    clause="T9",
    title=_("Leaks and incidents"),
    new_words=_("Enter an incident"),
    about=_("Enter it at once, even if little is known: the time runs from when somebody first knew."),
    model=Incident,
    fields=(*("aware_at", "aware_who", "happened_at", "trigger"), *NINE),
    check=check_incident,
    lines=lines,
    words=WORDS,
    steps=STEPS,
    order=11,
)
