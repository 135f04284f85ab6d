"""When the hours of the key table die, and which of them a picture may be written under. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuramori.clock import HOUR_S, NS_PER_S
from kuramori.recorder.erasure_clock import STEP_ALLOWED_NS
from kuramori.vault.retention_date import erase_at_ns

if TYPE_CHECKING:
    from kuramori.recorder.erasure_guard import TimeView
    from kuramori.recorder.settings_rows import Retention
    from kuramori.vault.key_table import HourRow

HOUR_NS = HOUR_S * NS_PER_S
EARLY_NS = 2 * NS_PER_S
"""Hours go this much before their date, and may be used `SLACK_NS` before their start: never late."""
SLACK_NS = NS_PER_S
HOURS_AHEAD = 2


@dataclass(frozen=True, slots=True)
class Period:
    """How long a camera's footage lives, and by which calendar."""

    retention: Retention
    timezone: str

    def end_ns(self, start_ns: int) -> int:
        """When footage begun at `start_ns` must be gone."""
        return erase_at_ns(start_ns // NS_PER_S, self.retention.rule, self.timezone)


def begun_ns(row: HourRow, view: TimeView) -> int:
    """When a provisional hour of the present boot began, in erasure time."""
    return view.now_ns - (view.boot_ns - row.run_ns)


def dies_at_ns(row: HourRow, view: TimeView, period: Period | None) -> int:
    """The erasure time at which `row` must be gone, as far as it is known now.

    A provisional hour of this boot is as old as the boot clock says; one of another boot counts as begun at
    that boot's last trusted time, which is how its row was dated when it was made.
    """
    if row.provisional and row.boot == view.boot and period is not None:
        return max(row.erase_at_ns, period.end_ns(begun_ns(row, view)))
    return row.erase_at_ns


def is_due(row: HourRow, view: TimeView, period: Period | None) -> bool:
    """Is it time to lose this hour?"""
    return dies_at_ns(row, view, period) <= view.now_ns + EARLY_NS


def looks_expired(row: HourRow, view: TimeView, period: Period | None) -> bool:
    """While the time is not trusted: might this hour be past its date, by the machine's own clock?

    A clock that stands before what is known to have passed says nothing about how long the box was off:
    then every hour of another boot might be.
    """
    if row.provisional and row.boot == view.boot:
        return False  # no older than this boot has run, which `is_due` has judged
    if view.wall_ns < view.now_ns - STEP_ALLOWED_NS:
        return True
    return row.erase_at_ns <= max(view.wall_ns, view.now_ns)


def usable(row: HourRow, view: TimeView) -> bool:
    """May footage be written under this hour now? Its date must not have been reckoned from a later start."""
    if row.provisional:
        return row.boot == view.boot and row.run_ns <= view.boot_ns + SLACK_NS
    return row.hour_start_s * NS_PER_S <= view.now_ns + SLACK_NS and row.erase_at_ns > view.now_ns + EARLY_NS


def usable_later(row: HourRow, view: TimeView, start_s: int) -> bool:
    """Will this row do for the hour that begins at `start_s` by the machine's clock (past or to come)?"""
    in_ns = max(0, start_s * NS_PER_S - view.wall_ns)
    if row.provisional:
        return row.boot == view.boot and row.run_ns <= view.boot_ns + in_ns + SLACK_NS
    lives = row.erase_at_ns > view.now_ns + in_ns + EARLY_NS
    return lives and row.hour_start_s * NS_PER_S <= view.now_ns + in_ns + SLACK_NS


def new_dates(start_s: int, view: TimeView, period: Period) -> tuple[int, bool, str, int]:
    """(erase_at_ns, provisional, boot, run_ns) of a new row for the hour that begins at `start_s`."""
    if view.trusted:
        return period.end_ns(start_s * NS_PER_S), False, "", 0
    run_ns = view.boot_ns + start_s * NS_PER_S - view.wall_ns
    return period.end_ns(view.last_seen_ns), True, view.boot, run_ns


def dated(row: HourRow, view: TimeView, period: Period | None) -> int:
    """The date of a provisional row, now that the time is trusted: from its own boot's clock where that is
    this boot; otherwise the early date it has. The only dating that may be later than a segment's header
    says."""
    return dies_at_ns(row, view, period)


def capped(row: HourRow, view: TimeView, period: Period | None) -> int:
    """The row's date under the present period, never later than before. Only on trusted time.

    A row whose label is trustworthy (never provisional: no boot) is reckoned from its label; no row may
    outlive footage that begins now, whatever its label says: that repairs dates made under a time that was
    wrong.
    """
    if period is None:
        return row.erase_at_ns
    by_label = period.end_ns(row.hour_start_s * NS_PER_S)
    if row.hour_start_s * NS_PER_S > view.now_ns + (HOURS_AHEAD + 1) * HOUR_NS:
        return min(row.erase_at_ns, period.end_ns(view.now_ns))
    if row.boot:
        return min(row.erase_at_ns, period.end_ns(view.now_ns))
    return min(row.erase_at_ns, by_label)
