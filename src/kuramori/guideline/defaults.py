"""The defaults of a small office in one table: how long each thing lasts, and what asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy, ngettext

from kuramori import periods

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise


@dataclass(frozen=True, slots=True)
class Default:
    """One row: the setting by its name in `kuramori.periods`, its words, its clause."""

    name: str
    title: str | _StrPromise
    clause: str

    @property
    def value(self) -> int:
        return int(getattr(periods, self.name))

    @property
    def words(self) -> str:
        number = self.value
        if self.name.endswith("_WORKING_DAYS"):
            return ngettext("%(number)d working day", "%(number)d working days", number) % {"number": number}
        if self.name.endswith("_MINUTES"):
            return ngettext("%(number)d minute", "%(number)d minutes", number) % {"number": number}
        if self.name.endswith("_MONTHS"):
            return ngettext("%(number)d month", "%(number)d months", number) % {"number": number}
        if self.name.endswith("_YEARS"):
            return ngettext("%(number)d year", "%(number)d years", number) % {"number": number}
        return ngettext("%(number)d day", "%(number)d days", number) % {"number": number}


DEFAULTS = (
    Default("APPOINTMENT_MONTHS", gettext_lazy("An appointment lasts at most"), "T4a"),
    Default(
        "TRAINING_MONTHS", gettext_lazy("The ten-minute training and the pledge with it, again after"), "T5"
    ),
    Default("SIGN_PHOTO_DAYS", gettext_lazy("From putting up a sign to its photo"), "T3"),
    Default("SIGN_PHOTO_AGAIN_DAYS", gettext_lazy("A new photo of each sign after"), "T3"),
    Default("KEEPING_PROPOSED_DAYS", gettext_lazy("Pictures are kept, as proposed"), "T6d"),
    Default(
        "KEEPING_MOST_DAYS",
        gettext_lazy("Pictures are kept at most (and never over a calendar month)"),
        "T6d",
    ),
    Default("WALK_ROUND_DAYS", gettext_lazy("Walking round with one sheet, every"), "T12"),
    Default("ROOM_CHECK_DAYS", gettext_lazy("Looking at locks and keys, every"), "T6b"),
    Default("PC_CHECK_DAYS", gettext_lazy("The one-minute check of each PC, every"), "T6f"),
    Default("DEFINITIONS_DAYS", gettext_lazy("Age of the virus scanner's definitions, at most"), "T6f"),
    Default("IDLE_MINUTES", gettext_lazy("An untouched page is covered after"), "T6f"),
    Default("IDLE_MOST_MINUTES", gettext_lazy("An untouched page may stay open for at most"), "T6f"),
    Default("PRIVACY_REVIEW_YEARS", gettext_lazy("Weighing need and privacy again, every"), "P1"),
    Default("EXPLANATION_DAYS", gettext_lazy("The fitter's explanation, signed within"), "T13"),
    Default(
        "OWN_MONTH_SIGN_DAYS",
        gettext_lazy("A one-person body's own approvals, signed by a reader outside within"),
        "T7",
    ),
    Default("REGULATIONS_DAYS", gettext_lazy("Regulations adopted within"), "T14"),
    Default("COMPLAINT_REPLY_WORKING_DAYS", gettext_lazy("First reply to a complaint within"), "T10"),
    Default("COMPLAINT_ANSWER_DAYS", gettext_lazy("Answer to a complaint within"), "T10"),
    Default("LEAK_FIRST_REPORT_DAYS", gettext_lazy("First report of a leak within"), "T9"),
    Default("LEAK_FINAL_REPORT_DAYS", gettext_lazy("Final report of a leak within"), "T9"),
    Default(
        "LEAK_FINAL_REPORT_WRONGFUL_DAYS",
        gettext_lazy("Final report where a wrongful purpose is possible, within"),
        "T9",
    ),
    Default("WARNING_DAYS", gettext_lazy("Notice before anything closes because of its age"), "P2"),
)
