"""What the body chooses for its notice."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from kuramori import local_time
from kuramori.public import figures
from kuramori.public.saying import COUNT, PLACE, SITE

YEARS = 5


class NoticeForm(forms.Form):
    """How exactly places are named, and which year's figures."""

    coarse = forms.ChoiceField(
        label=_("How exactly places are named"),
        choices=[
            (COUNT, _("Only how many cameras")),
            (SITE, _("Each place, with how many cameras")),
            (PLACE, _("Each camera, with where it hangs")),
        ],
        initial=SITE,
        widget=forms.RadioSelect,
    )
    year = forms.TypedChoiceField(label=_("Figures of the year from April"), coerce=int)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        now = figures.year_of(local_time.today())
        field = cast("forms.TypedChoiceField", self.fields["year"])
        field.choices = [(year, str(year)) for year in range(now, now - YEARS, -1)]
        field.initial = now

    def chosen(self) -> tuple[str, int]:
        """What was chosen, or what is proposed."""
        if self.is_bound and self.is_valid():
            return self.cleaned_data["coarse"], self.cleaned_data["year"]
        return SITE, int(self.fields["year"].initial)
