"""The form by which the adoption of the regulations is entered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kuramori import local_time


class AdoptForm(forms.Form):
    """Who adopted the printed draft, and when."""

    approved_by = forms.CharField(
        label=_("Adopted by"),
        max_length=120,
        help_text=_("Example: ordinary general assembly, board of directors, head of the office"),
    )
    adopted_on = forms.DateField(
        label=_("Day of adoption"), widget=forms.DateInput(attrs={"type": "date", "class": "short"})
    )
    same_paper = forms.BooleanField(label=_("The paper that was adopted carries this number."))

    def __init__(self, *args: Any, number: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        today = local_time.today().isoformat()
        self.fields["adopted_on"].initial = today
        self.fields["adopted_on"].widget.attrs["max"] = today
        self.fields["same_paper"].help_text = _("%(number)s (at the foot of each page)") % {"number": number}
