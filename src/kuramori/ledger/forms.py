"""Filtering the record of acts."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from kuramori import clock
from kuramori.ledger import words


class Filter(forms.Form):
    """All fields may be left empty."""

    act = forms.ChoiceField(label=_("What"), required=False)
    outcome = forms.ChoiceField(label=_("How it ended"), required=False)
    first_day = forms.DateField(
        label=_("From"), required=False, widget=forms.DateInput(attrs={"type": "date"})
    )
    last_day = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    actor = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput)
    before = forms.IntegerField(required=False, min_value=0, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        acts = sorted(words.known_acts().items(), key=lambda pair: pair[1])
        self.fields["act"].choices = [("", _("everything")), *acts]  # type: ignore[attr-defined]
        outcomes = [(code, words.of_outcome(code)) for code in ("done", "allowed", "refused", "failed")]
        self.fields["outcome"].choices = [("", _("any")), *outcomes]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if first := cleaned.get("first_day"):
            cleaned["first_ns"] = _midnight_ns(first)
        if (last := cleaned.get("last_day")) and last < date.max:
            cleaned["end_ns"] = _midnight_ns(last + timedelta(days=1))
        return cleaned


def _midnight_ns(day: Any) -> int:
    return clock.ns_of(timezone.make_aware(datetime.combine(day, time())))
