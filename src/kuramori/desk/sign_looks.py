"""How a sign is printed: wording, size, languages, and the places of a vehicle."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from kuramori.desk import starting
from kuramori.desk.models import SetUp
from kuramori.paper import signs

MOST_PLACES = 8


class LooksForm(forms.Form):
    """Read from the address, so that a sign can be printed again just so."""

    size = forms.ChoiceField(label=_("Size"), choices=[(one, one.upper()) for one in signs.SIZES])
    wording = forms.ChoiceField(
        label=_("Wording"), choices=[(code, words.ja) for code, words in signs.HEADS.items()]
    )
    languages = forms.MultipleChoiceField(
        label=_("Other languages"),
        choices=[("en", _("English")), ("zh", _("Chinese")), ("ko", _("Korean"))],
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    places = forms.CharField(
        label=_("In a vehicle: the places, one page each"),
        max_length=200,
        required=False,
        help_text=_("Separated by commas. Example: front door, rear door, inside"),
    )

    @staticmethod
    def proposed() -> dict[str, object]:
        """What fits the kind of body that was chosen at the beginning."""
        start = starting.of(SetUp.kept().start)
        if start is None:
            return {"size": "a4", "wording": "working", "languages": list(signs.LANGUAGES)}
        looks = start.sign
        return {
            "size": looks.size,
            "wording": looks.wording,
            "languages": list(looks.languages),
            "places": "、".join(looks.places),
        }

    def clean_places(self) -> list[str]:
        said = self.cleaned_data["places"].replace("、", ",").replace("，", ",").split(",")
        return [place.strip() for place in said if place.strip()][:MOST_PLACES]
