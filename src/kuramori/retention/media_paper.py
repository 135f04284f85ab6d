"""The record of a medium's destruction (消去・廃棄 記録) on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import translation
from django.utils.translation import gettext as _

from kuramori.paper import documents
from kuramori.places.models import Body

if TYPE_CHECKING:
    from kuramori.retention.media_models import MediumAct


def destruction(act: MediumAct) -> bytes:
    """The PDF. Raises BadInput `faces-missing`."""
    medium, body = act.medium, Body.objects.first()
    with translation.override("ja"):
        rows = [
            (_("Number"), str(medium.number)),
            (_("Kind"), str(medium.get_kind_display())),
            (_("Maker and type"), medium.make),
            (_("Serial number"), medium.serial),
            (_("In use since"), medium.in_use_since.isoformat()),
            (_("Destroyed on"), act.done_on.isoformat()),
            (_("How"), str(act.get_method_display())),
            (_("Reason"), act.reason),
            (_("Number of the contractor's certificate"), act.paper or "—"),
            (_("Who destroyed it"), act.person),
            (_("Who watched"), act.second),
        ]
    return documents.media_destruction_pdf(
        body=body.name if body else "", rows=rows, photo_jpeg=bytes(act.photo_jpeg or b"")
    )
