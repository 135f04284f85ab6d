"""Guidelines as data: each has a name with its year, its limits and its duties. Another city is another row.

The clauses read the limits through the facts they judge, so no clause knows which guideline is in force.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kuramori import periods

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

    Words = str | _StrPromise


@dataclass(frozen=True, slots=True)
class Rules:
    """The limits of one guideline, in days unless the name says otherwise. What it leaves out is as usual."""

    most_days: int = periods.KEEPING_MOST_DAYS
    """Of keeping; 31 are cut at the calendar month when footage is dated."""
    month_is_allowed: bool = True
    sign_photo_days: int = periods.SIGN_PHOTO_DAYS
    """From the declaration to the photo; after that nothing is recorded."""
    sign_photo_again_days: int = periods.SIGN_PHOTO_AGAIN_DAYS
    walk_round_days: int = periods.WALK_ROUND_DAYS
    room_check_days: int = periods.ROOM_CHECK_DAYS
    pc_check_days: int = periods.PC_CHECK_DAYS
    privacy_review_days: int = periods.PRIVACY_REVIEW_YEARS * 365
    explanation_days: int = periods.EXPLANATION_DAYS
    regulations_days: int = periods.REGULATIONS_DAYS
    filing_needed: bool = False
    """Each camera is filed with the city before it records."""
    annual_report: bool = False


@dataclass(frozen=True, slots=True)
class Profile:
    """One guideline: its name for the program, its words for people, when it came into force."""

    name: str
    title: Words
    in_force_since: str
    rules: Rules


TOTTORI = Profile(
    "tottori-2016",
    _("Tottori Prefecture: guideline on installing and operating security cameras"),
    "2016-11-10",
    Rules(),
)
STRICT_CITY = Profile(
    "strict-city-example",
    _("Example of a stricter city: seven days, filing duty, annual report"),
    "2026-04-01",
    Rules(most_days=7, month_is_allowed=False, filing_needed=True, annual_report=True),
)
PROFILES = {one.name: one for one in (TOTTORI, STRICT_CITY)}
