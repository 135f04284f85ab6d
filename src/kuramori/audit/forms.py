"""Which stretch of time the bundle tells of."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kuramori import local_time
from kuramori.audit.period import Period
from kuramori.public import figures

LONGEST_DAYS = 3 * 366


class PeriodForm(forms.Form):
    """From the first day to the last; the fiscal year until today is proposed."""

    first = forms.DateField(
        label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    last = forms.DateField(
        label=_("Last day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = local_time.today()
        year = figures.year_of(self.today)
        self.fields["first"].initial = self.today.replace(year=year, month=figures.FIRST_MONTH, day=1)
        self.fields["last"].initial = self.today

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and not (0 <= (last - first).days <= LONGEST_DAYS and last <= self.today):
            raise forms.ValidationError(
                _("The last day comes after the first, not after today, and at most three years later.")
            )
        return cleaned

    @property
    def period(self) -> Period:
        return Period(self.cleaned_data["first"], self.cleaned_data["last"])
