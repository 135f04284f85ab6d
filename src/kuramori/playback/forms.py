"""Forms about intervals of footage, and about who sits at the screen."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from kuramori import clock
from kuramori.access.models import Onlooker
from kuramori.access.viewings import Present
from kuramori.cameras.models import Camera

if TYPE_CHECKING:
    from collections.abc import Mapping

YEARS = range(2000, 9000)  # within these, adding hours stays within what a calendar can say
LENGTHS = [
    (1, _("1 minute")),
    (2, _("2 minutes")),
    (5, _("5 minutes")),
    (10, _("10 minutes")),
    (30, _("30 minutes")),
    (60, _("60 minutes")),
    (180, _("3 hours")),
    (720, _("12 hours")),
]


class IntervalForm(forms.Form):
    """Which camera, from when, how long. `interval_ns()` after `is_valid()`."""

    camera = forms.ModelChoiceField(Camera.objects.none(), label=_("Camera"), empty_label=None)
    start = forms.DateTimeField(
        label=_("From when"),
        input_formats=["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M"],
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format="%Y-%m-%dT%H:%M:%S"),
        help_text=_("Click on the timeline, or type the time."),
    )
    minutes = forms.TypedChoiceField(label=_("How long"), choices=LENGTHS, coerce=int, initial=2)

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, timezone: str, initial: dict[str, Any]
    ) -> None:
        super().__init__(data, initial=initial)
        self.zone = ZoneInfo(timezone)
        self.fields["camera"].queryset = Camera.objects.order_by("number")  # type: ignore[attr-defined]

    def clean_start(self) -> datetime:
        start: datetime = self.cleaned_data["start"]
        if start.year not in YEARS:
            raise forms.ValidationError(_("Choose a time that has already passed."))
        return start

    def start_ns(self) -> int:
        """The start in wall nanoseconds."""
        typed: datetime = self.cleaned_data["start"]
        return clock.ns_of(typed.replace(tzinfo=self.zone))

    def interval_ns(self, now_ns: int) -> tuple[int, int]:
        """Start and end in wall nanoseconds; an end in the future is moved to now."""
        end_ns = self.start_ns() + self.cleaned_data["minutes"] * 60 * clock.NS_PER_S
        return self.start_ns(), min(end_ns, now_ns)


class CheckForm(IntervalForm):
    """A minute of one camera, to check that it works."""

    minutes = None  # type: ignore[assignment]


class PresentForm(forms.Form):
    """Somebody without an account who watches at the screen."""

    role = forms.ChoiceField(label=_("As"), choices=Onlooker.ROLES)
    name = forms.CharField(label=_("Full name"), max_length=80)
    office = forms.CharField(label=_("Office or company"), max_length=120, required=False)
    paper = forms.CharField(label=_("Identity shown by (kind and number)"), max_length=120)
    accepted = forms.ChoiceField(
        label=_("Has accepted: not to photograph, not to tell, to use it for this case alone"),
        choices=[("", _("not yet")), *Onlooker.TERMS],
    )


MOST_PRESENT = 4


class PresentForms:
    """Up to four people; a form left wholly empty is nobody."""

    def __init__(self, data: Mapping[str, Any] | None = None) -> None:
        self.forms = [
            PresentForm(data, prefix=f"p{number}", use_required_attribute=False)
            if data is None or self._used(data, f"p{number}")
            else PresentForm(prefix=f"p{number}", use_required_attribute=False)
            for number in range(MOST_PRESENT)
        ]

    @staticmethod
    def _used(data: Mapping[str, Any], prefix: str) -> bool:
        return any(str(data.get(f"{prefix}-{name}", "")).strip() for name in ("name", "office", "paper"))

    def is_valid(self) -> bool:
        return all(form.is_valid() for form in self.forms if form.is_bound)

    def present(self) -> list[Present]:
        """As `viewings.begin` takes them; after `is_valid()`."""
        return [Present(**form.cleaned_data) for form in self.forms if form.is_bound]
