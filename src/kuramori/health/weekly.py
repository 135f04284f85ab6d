"""The weekly sheet: what was recorded in seven days, what was not and why, and what lapses next."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kuramori import clock
from kuramori.cameras.models import Camera
from kuramori.cameras.state_words import words_for
from kuramori.errors import ChannelFailed
from kuramori.footage import findings
from kuramori.footage.models import ErasedHour, Gap
from kuramori.health import channels, days, disk_facts, message, words
from kuramori.health.models import Alarm, CameraDay, Channel
from kuramori.health.verdict import Trouble
from kuramori.paper import printing
from kuramori.places.models import Body
from kuramori.policy.models import Verdict
from kuramori.web import refusals

if TYPE_CHECKING:
    from collections.abc import Iterable

DAYS = 7
MOST_GAPS = 24
SHORTEST_GAP_NS = clock.NS_PER_S
AHEAD_NS = 45 * 86_400 * clock.NS_PER_S
WEEK_NS = DAYS * 86_400 * clock.NS_PER_S


def last_whole_week(now_ns: int) -> date:
    """The first of the last seven days that are over."""
    return days.day_of(now_ns) - timedelta(days=DAYS)


def sheet(first: date, now_ns: int) -> dict[str, object]:
    """What stands on the sheet of the seven days from `first`; Japanese words, no person's name."""
    since_ns, until_ns = days.bounds(first)[0], days.bounds(first + timedelta(days=DAYS - 1))[1]
    body = Body.objects.first()
    with translation.override("ja"):
        gaps, more = _gaps(since_ns, min(until_ns, now_ns))
        return {
            "body": body.name if body else "",
            "period": f"{first:%Y-%m-%d} – {first + timedelta(days=DAYS - 1):%Y-%m-%d}",
            "made": _local(now_ns),
            "cameras": _cameras(first),
            "gaps": gaps,
            "more": _("… and %(number)d more") % {"number": more} if more else "",
            "alarms": _alarms(since_ns, until_ns),
            "standing": _standing(),
            "next": _lapses(now_ns),
            "erased": ErasedHour.objects.filter(
                erased_at_ns__gte=since_ns, erased_at_ns__lt=until_ns
            ).count(),
        }


def pdf(first: date, now_ns: int) -> bytes:
    """The sheet on paper. Raises BadInput `faces-missing`."""
    return printing.pdf("weekly-sheet", sheet(first, now_ns))


def send_when_due() -> int:
    """Once a week, through every channel: the sheet by mail, and a sign that the channel works."""
    now_ns, sent = clock.now_ns(), 0
    due = [row for row in Channel.objects.all() if row.weekly_ns is None or now_ns - row.weekly_ns >= WEEK_NS]
    for row in due:
        if row.failed_ns is not None and 0 <= now_ns - row.failed_ns < channels.HOUR_NS:
            continue
        first = last_whole_week(now_ns)
        said = message.of_week(pdf(first, now_ns), summary(first, now_ns), now_ns)
        try:
            channels.send_weekly(row, said)
        except ChannelFailed:
            continue  # written down; tried again in an hour
        sent += 1
    return sent


def summary(first: date, now_ns: int) -> str:
    """The sheet in a few lines of text."""
    said: dict[str, Any] = sheet(first, now_ns)
    with translation.override("ja"):
        lines = [f"{said['period']}", *(f"{row[0]}: {row[1]}" for row in said["cameras"])]
        lines.append(
            _("Gaps: %(number)d. Alarms: %(alarms)d.")
            % {"number": len(said["gaps"]), "alarms": len(said["alarms"])}
        )
        return "\n".join(lines)


def _cameras(first: date) -> list[list[str]]:
    """One line a camera: name, coverage, clock, mask, view, decoded, bitrate, erasure on time."""
    lines = []
    for camera in Camera.objects.filter(retired_ns=None):
        rows = list(
            CameraDay.objects.filter(camera=camera.pk, day__gte=first, day__lt=first + timedelta(days=DAYS))
        )
        expected, covered = sum(row.expected_ms for row in rows), sum(row.covered_ms for row in rows)
        part = f"{covered * 10_000 // expected / 100:.2f} %" if expected else _("no day yet")
        errors = [row.clock_error_ms for row in rows if row.clock_error_ms is not None]
        stored = sum(row.stored_bytes for row in rows)
        lines.append(
            [
                str(camera),
                part,
                f"{max(errors, key=abs)} ms" if errors else _("not measured"),
                _latest(row.mask_checked_ns for row in rows),
                _latest(row.view_checked_ns for row in rows),
                _latest(row.decoded_ns for row in rows),
                f"{stored * 8 // covered} kbit/s" if covered else "",
                _("yes") if all(row.erasure_on_time for row in rows) else _("NO"),
            ]
        )
    return lines


def _gaps(since_ns: int, until_ns: int) -> tuple[list[list[str]], int]:
    names = {camera.pk: str(camera) for camera in Camera.objects.all()}
    rows = Gap.objects.filter(since_ns__lt=until_ns).exclude(until_ns__lte=since_ns).order_by("since_ns")
    lines = []
    for gap in rows:
        end_ns = until_ns if gap.until_ns is None else min(gap.until_ns, until_ns)
        start_ns = max(gap.since_ns, since_ns)
        if gap.camera in names and end_ns - start_ns >= SHORTEST_GAP_NS:
            seconds = (end_ns - start_ns) // clock.NS_PER_S
            why = str(words_for(gap.reason).name)
            decided = gap.reason == days.SCHEDULE  # these stand last: nobody has to look into them
            lines.append(((decided, -seconds), [names[gap.camera], _local(start_ns), _span(seconds), why]))
    longest = sorted(lines, key=lambda line: line[0])[:MOST_GAPS]
    return sorted((line for _rank, line in longest), key=lambda line: line[1]), len(lines) - len(longest)


def _alarms(since_ns: int, until_ns: int) -> list[list[str]]:
    rows = Alarm.objects.filter(since_ns__gte=since_ns, since_ns__lt=until_ns).order_by("since_ns")
    return [
        [
            _local(row.since_ns),
            f"{row.subject}: {_alarm_words(row)}" if row.subject else _alarm_words(row),
            _local(row.acknowledged_ns) if row.acknowledged_ns else _("nobody has acknowledged it"),
        ]
        for row in rows[:MOST_GAPS]
    ]


def _alarm_words(row: Alarm) -> str:
    return str(words.of(Trouble("red", row.code, row.subject)).name)


def _standing() -> list[str]:
    """How long the disks suffice, and the findings."""
    found = [f"{finding.code} {finding.subject}".strip() for finding in findings.standing()]
    return [disk_facts.sentence_now(), *found]


def _lapses(now_ns: int) -> list[list[str]]:
    """What turns by itself within 45 days, soonest first."""
    rows = Verdict.objects.filter(turns_at_ns__gt=now_ns, turns_at_ns__lt=now_ns + AHEAD_NS)
    named = {("camera", camera.pk): str(camera) for camera in Camera.objects.all()}
    return [
        [
            _local(row.turns_at_ns or 0),
            row.clause,
            " ".join(
                part
                for part in (
                    named.get((row.subject_kind, row.subject_id), ""),
                    refusals.title_of(row.turns_to_code) or row.turns_to_code,
                )
                if part
            ),
        ]
        for row in rows.order_by("turns_at_ns")
    ]


def _latest(instants: Iterable[int | None]) -> str:
    known = [at_ns for at_ns in instants if at_ns]
    return _local(max(known)) if known else _("none")


def _span(seconds: int) -> str:
    hours, rest = divmod(seconds, 3600)
    return f"{hours}:{rest // 60:02}:{rest % 60:02}"


def _local(at_ns: int) -> str:
    return f"{timezone.localtime(clock.utc(at_ns)):%Y-%m-%d %H:%M}"
