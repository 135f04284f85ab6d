"""Forms for pledge and training."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kuramori.people import duties, lesson


class Duties(forms.Form):
    """The lesson's five questions and the promise. `wrong` names the questions answered wrongly."""

    def __init__(self, data: Any = None, *, version: int, prefix: str | None = None) -> None:
        super().__init__(data, prefix=prefix)
        for one in lesson.QUESTIONS:
            choices = [(str(number), words) for number, words in enumerate(one.answers)]
            self.fields[one.key] = forms.ChoiceField(
                label=one.asks, choices=choices, widget=forms.RadioSelect
            )
        self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput, initial=version)
        self.fields["pledged"] = forms.BooleanField(label=_("I pledge this."))

    def answers(self) -> dict[str, int]:
        """The chosen answers by question."""
        return {
            one.key: int(self.cleaned_data[one.key])
            for one in lesson.QUESTIONS
            if one.key in self.cleaned_data
        }

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for one in lesson.QUESTIONS:
            if one.key in cleaned and int(cleaned[one.key]) != one.right:
                self.add_error(one.key, one.because)
        if cleaned.get("version") is not None and cleaned["version"] != duties.words().version:
            self.add_error("pledged", _("The words of the pledge have changed. Please read them again."))
        return cleaned


class PledgeWords(forms.Form):
    """New words of the pledge."""

    text = forms.CharField(
        label=_("Words of the pledge"), max_length=6000, widget=forms.Textarea(attrs={"rows": "16"})
    )
