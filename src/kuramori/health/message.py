"""What an alarm says when it leaves the machine: no picture, no name of a person, no link to follow."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from kuramori import clock
from kuramori.health import words
from kuramori.health.verdict import Trouble
from kuramori.places.models import Body

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kuramori.health.models import Alarm

MOST_LINES = 40


@dataclass(frozen=True, slots=True)
class Message:
    """One thing to say. `kind`: alarm, test, weekly or checkpoint; `alarms` are told one by one in JSON."""

    kind: str
    subject: str
    text: str
    at_ns: int
    alarms: list[dict[str, Any]] = field(default_factory=list)
    sheet: bytes = b""

    def as_json(self) -> dict[str, Any]:
        """For a program at the other side. The sheet stays out."""
        return {
            "kind": self.kind,
            "at": clock.iso(self.at_ns),
            "subject": self.subject,
            "text": self.text,
            "alarms": self.alarms,
        }


def of_alarms(alarms: Sequence[Alarm], now_ns: int) -> Message:
    """All alarms that wait for a person, worst first, in Japanese."""
    with translation.override("ja"):
        red = any(alarm.light == "red" and alarm.over_ns is None for alarm in alarms)
        head = _("Help is needed") if red else _("Needs attention")
        lines = [_line(alarm) for alarm in alarms[:MOST_LINES]]
        more = len(alarms) - len(lines)
        if more:
            lines.append(_("… and %(number)d more") % {"number": more})
        end = _("This is repeated until somebody signs in and presses “I have seen it” under Alarms.")
        return Message(
            "alarm",
            f"[{_body()}] {head}",
            "\n\n".join([*lines, end]),
            now_ns,
            [_told(alarm) for alarm in alarms],
        )


def of_test(now_ns: int) -> Message:
    """What a test button sends."""
    with translation.override("ja"):
        return Message(
            "test",
            f"[{_body()}] {_('Test of the alarm')}",
            _("This is a test. If you can read it, alarms reach you this way."),
            now_ns,
        )


def of_week(sheet: bytes, summary: str, now_ns: int) -> Message:
    """The weekly sheet: also the sign that this channel still works."""
    with translation.override("ja"):
        return Message("weekly", f"[{_body()}] {_('Weekly sheet')}", summary, now_ns, sheet=sheet)


def of_checkpoint(note: str, key: str, now_ns: int) -> Message:
    """The record's signed head, to be kept as it is."""
    with translation.override("ja"):
        text = _("Please keep this message. It proves later that nothing in the record was changed.")
        return Message(
            "checkpoint", f"[{_body()}] {_('Proof to keep outside')}", f"{text}\n\n{note}\n{key}\n", now_ns
        )


def _body() -> str:
    body = Body.objects.first()
    name = body.name if body else _("Security camera recorder")
    return "".join(character for character in name if character.isprintable())


def _line(alarm: Alarm) -> str:
    said = words.of(Trouble(alarm.light, alarm.code, alarm.subject))  # type: ignore[arg-type]
    about = f"{alarm.subject}: " if alarm.subject else ""
    mark = "●" if alarm.light == "red" else "▲"
    when = _("since %(when)s") % {"when": _local(alarm.since_ns)}
    if alarm.over_ns is not None:
        when += " " + _("over since %(when)s") % {"when": _local(alarm.over_ns)}
    return f"{mark} {about}{said.name} ({when})\n{said.cure}".rstrip()


def _told(alarm: Alarm) -> dict[str, Any]:
    return {
        "code": alarm.code,
        "subject": alarm.subject,
        "light": alarm.light,
        "since": clock.iso(alarm.since_ns),
        "over": clock.iso(alarm.over_ns) if alarm.over_ns is not None else None,
        "times": alarm.times,
    }


def _local(at_ns: int) -> str:
    return f"{timezone.localtime(clock.utc(at_ns)):%Y-%m-%d %H:%M}"
