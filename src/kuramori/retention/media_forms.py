"""Forms of the register of media."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from kuramori import local_time
from kuramori.errors import BadInput
from kuramori.pictures.asking import photo_picture
from kuramori.retention.media_models import Act, Kind, Method
from kuramori.retention.media_words import plain


class _Day(forms.DateField):
    def __init__(self, label: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(label=label, widget=widget, initial=local_time.today)


class NewMedium(forms.Form):
    """A medium enters the register."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    make = forms.CharField(label=_("Maker and type"), max_length=120)
    serial = forms.CharField(
        label=_("Serial number"), max_length=120, help_text=_("As printed on the medium.")
    )
    since = _Day(_("In use since"))
    place = forms.CharField(label=_("Where it is kept"), max_length=200)
    store = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)


class EverydayAct(forms.Form):
    """Stock-take, taken out, brought back, moved. Fields that the act does not need are not shown."""

    done_on = _Day(_("Day"))
    place = forms.CharField(label=_("Where it is from then on"), max_length=200)
    person = forms.CharField(label=_("Who did it"), max_length=120)
    second = forms.CharField(
        label=_("Who approved it"), max_length=120, help_text=_("Somebody else. No account is needed.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)

    NEEDS = {
        Act.STOCK_TAKE: ("done_on", "person"),
        Act.MISSED: ("done_on", "person", "reason"),
        Act.TAKEN_OUT: ("done_on", "place", "person", "second", "reason"),
        Act.RETURNED: ("done_on", "place", "person"),
        Act.MOVED: ("done_on", "place", "person", "reason"),
    }

    def __init__(self, act: Act, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in set(self.fields) - set(self.NEEDS[act]):
            del self.fields[name]


class Destruction(forms.Form):
    """A medium's end."""

    done_on = _Day(_("Day"))
    method = forms.ChoiceField(label=_("How"), choices=Method.choices)
    person = forms.CharField(label=_("Who destroyed it"), max_length=120)
    second = forms.CharField(
        label=_("Who watched"), max_length=120, help_text=_("Somebody else. No account is needed.")
    )
    reason = forms.CharField(label=_("Reason"), max_length=300)
    paper = forms.CharField(label=_("Number of the contractor's certificate"), max_length=120, required=False)
    photo = forms.FileField(
        label=_("Photo of the destroyed medium"),
        help_text=_("JPEG, PNG or WebP, at most 15 MB. The serial number should be readable."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def clean_photo(self) -> bytes:
        try:
            return photo_picture(self.cleaned_data["photo"].read()).jpeg
        except BadInput as wrong:
            raise forms.ValidationError(plain(wrong)) from wrong


class Retirement(forms.Form):
    """Everything on a store becomes unreadable."""

    reason = forms.CharField(
        label=_("Reason"), max_length=180, help_text=_("It stands on the certificate. Write no names.")
    )
    held_too = forms.BooleanField(
        label=_("Also footage that is kept for a case: those holds end now."), required=False
    )
    sure = forms.BooleanField(label=_("I know that nobody can bring this footage back."))
