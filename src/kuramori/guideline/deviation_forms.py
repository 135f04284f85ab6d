"""The one form of a deviation: what is done otherwise, for what, why, and until when."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kuramori import clock
from kuramori.cameras.models import Camera
from kuramori.places.models import Site
from kuramori.policy import deviating, deviations
from kuramori.policy.deviation_models import LONGER_MONTHS, RETENTION


class AskDeviation(forms.Form):
    """What is passed is a closed list; what nobody may set aside is not on it."""

    what = forms.ChoiceField(label=_("What is done otherwise"))
    longer_months = forms.TypedChoiceField(
        label=_("Months kept"),
        coerce=int,
        empty_value=None,
        required=False,
        choices=[("", "—"), *((str(months), str(months)) for months in LONGER_MONTHS)],
        help_text=_(
            "Only where footage is kept for more than a month. It holds for what is recorded from now."
        ),
    )
    reason = forms.CharField(label=_("Reason"), max_length=400, widget=forms.Textarea(attrs={"rows": 3}))
    last_day = forms.DateField(
        label=_("Last day"),
        widget=forms.DateInput(attrs={"type": "date", "class": "short"}),
        help_text=_("Within twelve months. The rule counts again by itself when this day is over."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["what"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = _choices()

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        if day := said.get("last_day"):
            # The day is over at its midnight; a year to the day is cut at the very instant a year from now.
            next_day = timezone.make_aware(datetime.combine(day, time.max)).replace(microsecond=999999)
            now_ns = clock.now_ns()
            ends_ns = clock.ns_of(next_day) + 1000
            most_ns = deviating.a_year_after_ns(now_ns)
            if not now_ns < ends_ns <= most_ns + 24 * 3600 * clock.NS_PER_S:
                self.add_error("last_day", _("A day to come, within twelve months."))
            said["ends_ns"] = min(ends_ns, most_ns)
        if "what" in said and (said["what"].startswith(f"{RETENTION}:") != bool(said.get("longer_months"))):
            self.add_error("longer_months", _("Choose the months only where footage is kept longer."))
        return said


class EndDeviation(forms.Form):
    """Why a deviation is over before its day."""

    reason = forms.CharField(label=_("Reason"), max_length=200)


def _choices() -> list[tuple[str, str]]:
    """Every passable reason of every subject, as "code:subject"."""
    subjects = {
        "camera": [(row.pk, str(row)) for row in Camera.objects.filter(retired_ns=None)],
        "site": [(str(row.pk), row.name) for row in Site.objects.all()],
        "body": [("1", "")],
    }
    return [
        (f"{one.code}:{subject}", f"{one.clause} {one.label}" + (f" — {name}" if name else ""))
        for one in deviations.passable()
        for subject, name in subjects[one.subject_kind]
    ]
