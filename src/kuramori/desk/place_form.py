"""Beside the drawing of a camera that can be moved: at which of its places it is approved."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.utils.translation import gettext_lazy as _

from kuramori.cameras.position import Place, Stand, same
from kuramori.desk import test_pictures
from kuramori.errors import BadInput

if TYPE_CHECKING:
    from kuramori.cameras.models import Camera
    from kuramori.people.models import Account


class PlaceForm(forms.Form):
    """One of the camera's named places, or where it stands now."""

    place = forms.ChoiceField(label=_("At which of its places it stays"), required=False)
    use_required_attribute = False

    def __init__(self, *args: object, stand: Stand, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        named = [(one.token, one.name or one.token) for one in stand.places]
        here = next((one.token for one in stand.places if _is_here(one, stand)), "")
        field = self.fields["place"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", _("where it points now")), *named]
        field.initial = here


def approved(form: PlaceForm, stand: Stand, account: Account, camera: Camera) -> Place:
    """What is approved. Raises BadInput `place-moved` when it has turned since the test picture, and
    `place-elsewhere` when it is not at the chosen place."""
    chosen = next((one for one in stand.places if one.token == form.cleaned_data["place"]), Place("", ""))
    stood = test_pictures.stood(account.pk, camera.pk)
    if stand.position is not None and stood is not None and not same(stood, stand.position):
        raise BadInput("place-moved")
    if (
        stand.position is not None
        and chosen.position is not None
        and not same(chosen.position, stand.position)
    ):
        raise BadInput("place-elsewhere")
    return Place(chosen.token, chosen.name, stand.position)


def _is_here(one: Place, stand: Stand) -> bool:
    return one.position is not None and stand.position is not None and same(one.position, stand.position)
