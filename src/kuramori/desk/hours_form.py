"""Beside the drawing of a range: when the camera may film. Part of the same approval."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext_lazy as _

from kuramori.cameras import hours
from kuramori.cameras.hours import Line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from django.forms import BoundField

ALWAYS, IN_HOURS, ON_MOTION = "always", "hours", "motion"
LINES = range(1, 4)
NO_MOTION_ONLY = _(
    "This program does not record only when something moves. Nobody could tell later whether nothing"
    " happened or nothing was noticed, and the seconds before are missing. Let it film in certain hours"
    " instead, or keep the footage for fewer days."
)


class HoursForm(forms.Form):
    """`hours` after a valid answer; none: always."""

    when = forms.ChoiceField(
        label=_("When it films"),
        choices=[
            (ALWAYS, _("All the time")),
            (IN_HOURS, _("Only in these hours")),
            (ON_MOTION, _("Only when something moves")),
        ],
        widget=forms.RadioSelect,
        initial=ALWAYS,
    )
    use_required_attribute = False
    hours: hours.Hours = ()

    def __init__(self, *args: Any, before: object = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = hours.parsed(list(before)) if isinstance(before, list) else ()
        if kept:
            self.fields["when"].initial = IN_HOURS
        for number in LINES:
            line = kept[number - 1] if number <= len(kept) else None
            self._add_line(number, line)

    def _add_line(self, number: int, line: Line | None) -> None:
        days = list(line.days) if line else (list(range(7)) if number == 1 else [])
        self.fields[f"days_{number}"] = forms.TypedMultipleChoiceField(
            label=_("Days"),
            choices=list(WEEKDAYS_ABBR.items()),
            coerce=int,
            widget=forms.CheckboxSelectMultiple,
            required=False,
            initial=days,
        )
        for name, label in (("from", _("Begins at")), ("until", _("Ends at"))):
            at = None if line is None else (line.begins if name == "from" else line.ends)
            self.fields[f"{name}_{number}"] = forms.TimeField(
                label=label,
                required=False,
                initial=at.strftime("%H:%M") if at else None,
                widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            )

    def lines(self) -> Iterator[tuple[BoundField, BoundField, BoundField]]:
        """Days, from, until of each line."""
        for number in LINES:
            yield self[f"days_{number}"], self[f"from_{number}"], self[f"until_{number}"]

    @property
    def shown(self) -> bool:
        """Whether the page begins with this part open: something else than always was chosen."""
        return (self["when"].value() or ALWAYS) != ALWAYS

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        when = cleaned.get("when")
        if when == ON_MOTION:
            raise forms.ValidationError(NO_MOTION_ONLY, code=ON_MOTION)
        if when == IN_HOURS:
            self.hours = tuple(self._lines(cleaned))
        return cleaned

    def _lines(self, cleaned: dict[str, Any]) -> list[Line]:
        found = []
        for number in LINES:
            begins, ends = cleaned.get(f"from_{number}"), cleaned.get(f"until_{number}")
            days = cleaned.get(f"days_{number}") or []
            if begins is None and ends is None:
                continue
            if begins is None or ends is None or not days:
                raise forms.ValidationError(_("Each line needs at least one day, a beginning and an end."))
            found.append(Line(tuple(days), begins.replace(second=0), ends.replace(second=0)))
        if not found:
            raise forms.ValidationError(_("Write at least one line of hours, or choose “All the time”."))
        return found
