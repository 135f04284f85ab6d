"""Approving a range anew: the picture approved before, side by side with the one of now.

A camera that was moved is opened again only by a manager who had both before their eyes. Any other approval
anew may be given with the storehouse locked, on the manager's word that they compared with plan or place.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from kuramori.access import approved_pictures
from kuramori.cameras.models import ApprovedPicture
from kuramori.desk import test_pictures
from kuramori.desk.asker import manager_only
from kuramori.errors import BadInput, Damaged
from kuramori.footage.models import PictureCheck
from kuramori.ledger import entries
from kuramori.people.asker import manager_of
from kuramori.people.consoles import shows_pictures

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kuramori.access.approved_pictures import Standing
    from kuramori.cameras.models import ApprovedRange, Camera
    from kuramori.people.models import Account


@dataclass(frozen=True, slots=True)
class Comparison:
    """How one camera's approval anew stands for one person."""

    camera: Camera
    account: Account
    moved: bool
    again: bool
    """An earlier approval is in force."""
    earlier: Standing

    @property
    def asks_word(self) -> bool:
        """Without a picture to compare with, the manager says that they compared otherwise."""
        if not self.again or self._both_shown() or self.earlier == "open":
            return False
        return not (self.moved and self.earlier == "locked")

    def compared(self, word: bool) -> str:
        """With what it was compared: "picture", "place", or "" where there is nothing before.

        `word`: the manager says they compared otherwise. Raises BadInput (`plain_words.COMPARING`); what is
        refused of a moved camera is in the ledger.
        """
        if not self.again:
            return ""
        if self._both_shown():
            return "picture"
        if self.asks_word:
            if word:
                return "place"
            raise BadInput("compare-place")
        code = "compare-unseen" if self.earlier == "open" else "compare-locked"
        if self.moved:
            self._refused(code)
        raise BadInput(code)

    def _both_shown(self) -> bool:
        return test_pictures.both_shown(self.account.pk, self.camera.pk)

    def _refused(self, code: str) -> None:
        with transaction.atomic():
            entries.record(
                "range-approved",
                actor=self.account.actor,
                obj={"camera": self.camera.pk},
                outcome="refused",
                reason=code,
            )


def of(camera: Camera, account: Account, before: ApprovedRange | None) -> Comparison:
    """`before`: the approval in force."""
    row = ApprovedPicture.objects.filter(camera=camera).first()
    return Comparison(
        camera, account, bool(before and _moved(before)), before is not None, approved_pictures.standing(row)
    )


def _moved(before: ApprovedRange) -> bool:
    """It left the approved place, or shows something else than was approved."""
    seen = PictureCheck.objects.filter(
        camera=before.camera_id, view_fault="moved", view_version=before.version
    )
    return before.left_ns is not None or seen.exists()


@shows_pictures
@manager_only
def approved_picture(request: HttpRequest, pk: str) -> HttpResponse:
    """The picture approved before, unsealed in this process's memory; the middleware forbids everybody to
    store it."""
    row = get_object_or_404(ApprovedPicture, camera=pk, camera__retired_ns=None)
    account = manager_of(request)
    try:
        jpeg = approved_pictures.look(row, account)
    except Damaged:
        return HttpResponse(status=410)
    test_pictures.shown(account.pk, pk, "before")
    return HttpResponse(jpeg, content_type="image/jpeg")
