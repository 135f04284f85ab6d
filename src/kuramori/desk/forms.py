"""The set-up's forms, one a question."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.utils.translation import gettext_lazy as _

from kuramori import local_time
from kuramori.desk import plain_words, starting
from kuramori.paper import faces
from kuramori.people.models import Account
from kuramori.policy import keeping, purposes


class BodyForm(forms.Form):
    """Question 1."""

    name = forms.CharField(
        label=_("Name of the installing body"),
        max_length=120,
        help_text=_("As it should stand on the sign. Example: Kurayoshi shopping street association"),
    )
    address = forms.CharField(
        label=_("Place"), max_length=200, help_text=_("Where the cameras hang, as an address.")
    )
    telephone = forms.CharField(
        label=_("Telephone"),
        max_length=40,
        help_text=_("Printed on the sign, for questions and complaints."),
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "tel"}),
    )
    notice_url = forms.URLField(
        label=_("Address of your public notice"),
        required=False,
        assume_scheme="https",
        help_text=_("If your body has a web page about its cameras, a QR code on the sign leads to it."),
    )
    one_person = forms.BooleanField(
        label=_("One person runs everything (one-person body)"),
        required=False,
        help_text=_(
            "Tick this only if nobody else belongs to the body. You may then approve your own request to see "
            "footage, at most 60 minutes at a time, and each is marked as self-approved."
        ),
    )

    def __init__(self, *args: Any, set_up: bool = True, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not set_up:  # else a manager could tick it, approve their own request and untick it
            del self.fields["one_person"]

    def unprintable(self) -> list[str]:
        """Characters of the name that the sign cannot show."""
        return faces.unprintable(self.cleaned_data.get("name", ""))


class ManagerForm(forms.Form):
    """Question 2."""

    full_name = forms.CharField(
        label=_("Full name"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"})
    )
    username = forms.CharField(
        label=_("User name"),
        max_length=60,
        help_text=_("For signing in: letters and digits, such as sato."),
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none"}),
        validators=Account._meta.get_field("username").validators,
    )
    password = forms.CharField(
        label=_("Password"),
        strip=False,
        help_text=_("At least 12 characters. A short sentence is good."),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    repeated = forms.CharField(
        label=_("Password once more"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    operates = forms.BooleanField(
        label=_("I also operate the cameras myself"),
        required=False,
        initial=True,
        help_text=_("Tick this to be able to watch live. Otherwise appoint an operator afterwards."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("password") and cleaned["password"] != cleaned.get("repeated"):
            self.add_error("repeated", _("The two passwords differ."))
        return cleaned


class NotGivenBack(forms.PasswordInput):
    """What is typed stays readable while typing, but a page never sends it back."""

    input_type = "text"


class PassphraseForm(forms.Form):
    """Question 3: what was shown once is typed back."""

    passphrase = forms.CharField(
        label=_("Type the passphrase (24 digits)"),
        max_length=80,
        help_text=_("From your note. Spaces and hyphens do not matter."),
        widget=NotGivenBack(
            attrs={"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false", "class": "digits"}
        ),
    )


class PurposeForm(forms.Form):
    """Question 4."""

    code = forms.ChoiceField(
        label=_("Purpose"),
        choices=[
            *((one.code, one.label) for one in purposes.READY),
            (purposes.OTHER, _("Something else (write it below)")),
        ],
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=200,
        help_text=_("As it should stand on the sign. Leave empty to use the words chosen above."),
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        chosen = purposes.ready(cleaned.get("code", ""))
        if not cleaned.get("text"):
            if chosen is None:
                self.add_error("text", _("Write what the camera is for."))
            else:
                cleaned["text"] = chosen.text
        return cleaned


class DaysForm(forms.Form):
    """Question 5."""

    days = forms.IntegerField(
        label=_("Days kept"),
        min_value=1,
        max_value=keeping.MOST_DAYS,
        initial=keeping.DEFAULT_DAYS,
        help_text=_("1 to 31. After that, pictures can never be seen again, by anybody."),
        widget=forms.NumberInput(attrs={"class": "short"}),
    )


class PurposeAndDaysForm(DaysForm, PurposeForm):
    """Question 4: both on one page."""

    field_order = ["code", "text", "days"]


class KindForm(forms.Form):
    """On the first page: what kind of body this is. Only proposals follow from it."""

    kind = forms.ChoiceField(label=_("What are you?"), widget=forms.RadioSelect, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [(one.name, one.title) for one in starting.all_starts().values()]
        cast("forms.ChoiceField", self.fields["kind"]).choices = kinds


class NextCameraForm(forms.Form):
    """Beside the drawing of one camera: the next one, with the same user name and password."""

    name = forms.CharField(label=_("Name of the camera"), max_length=80, required=False)
    place_text = forms.CharField(label=_("Where it hangs"), max_length=200, required=False)
    url = forms.CharField(
        label=_("The camera's address"),
        max_length=500,
        required=False,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    same = forms.BooleanField(
        label=_("It has the same user name and password as this one."), required=False, initial=True
    )
    use_required_attribute = False


class CameraForm(forms.Form):
    """Question 6, first half."""

    name = forms.CharField(
        label=_("Name of the camera"), max_length=80, help_text=_("Example: Entrance, Car park east")
    )
    place_text = forms.CharField(
        label=_("Where it hangs"),
        max_length=200,
        help_text=_("Example: Under the eaves, to the right of the front door, 3 m up"),
    )
    url = forms.CharField(
        label=_("The camera's address"),
        max_length=500,
        help_text=_(
            "The fitter's papers or the camera's manual say it. Example: rtsp://192.168.1.20/stream1"
        ),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    user = forms.CharField(
        label=_("The camera's user name"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("The camera's password"),
        strip=False,
        max_length=128,
        help_text=_("An empty password, and one that cameras are shipped with, are refused."),
        error_messages={"required": plain_words.NO_PASSWORD},
        widget=forms.PasswordInput(attrs={"autocomplete": "off"}),
    )

    certificate = forms.CharField(widget=forms.HiddenInput, required=False, max_length=64)
    accepted = forms.BooleanField(
        label=_("I have compared the fingerprint with the one that the camera itself shows."),
        required=False,
        widget=forms.HiddenInput,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.initial.get("certificate") or self.data.get("certificate"):
            self.fields["accepted"].widget = forms.CheckboxInput()


class RangeForm(forms.Form):
    """Question 6, second half: the drawing, as JSON that the page's script writes."""

    polygon = forms.CharField(widget=forms.HiddenInput, required=False, max_length=4000)
    masks = forms.CharField(widget=forms.HiddenInput, required=False, max_length=20000)
    only_needed = forms.BooleanField(
        label=_("The picture shows no more than the purpose needs."),
        help_text=_("No windows of neighbours, no garden or entrance of somebody else."),
    )
    compared = forms.BooleanField(
        label=_("I compared what it shows now with the plan, or at the place itself."), required=False
    )


class SignForm(forms.Form):
    """Question 7: the manager's declaration."""

    place_text = forms.CharField(
        label=_("Where the sign hangs"),
        max_length=200,
        help_text=_("Example: On the front door, at eye level"),
    )
    hung_on = forms.DateField(
        label=_("Since which day"), widget=forms.DateInput(attrs={"type": "date", "class": "short"})
    )
    declared = forms.BooleanField(label=_("I declare that the sign hangs there."))
    photo = forms.FileField(
        label=_("Photo of the sign"),
        required=False,
        help_text=_("Now, or within 7 days: JPEG, PNG or WebP, at most 15 MB, without people in it."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["hung_on"].initial = local_time.today().isoformat()
        self.fields["hung_on"].widget.attrs["max"] = local_time.today().isoformat()


class PhotoForm(forms.Form):
    """The photo that shows that the sign hangs."""

    photo = forms.FileField(
        label=_("Photo of the sign"),
        help_text=_("JPEG, PNG or WebP, at most 15 MB. Take it where the sign hangs, without people in it."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )
