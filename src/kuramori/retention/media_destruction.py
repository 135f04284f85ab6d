"""A medium's end: two names, a photo, a method, a day. The software attests to none of it; people do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.errors import BadInput
from kuramori.people.roles import MANAGER, require_role
from kuramori.retention import retiring
from kuramori.retention.media_models import Act, Method
from kuramori.retention.media_register import different, not_to_come, note, standing

if TYPE_CHECKING:
    from datetime import date

    from kuramori.people.models import Account
    from kuramori.retention.media_models import Medium, MediumAct


def destroy(by: Account, medium: Medium, done_on: date, photo_jpeg: bytes, **said: str) -> MediumAct:
    """The medium's end: `said` is person, second, method, reason, paper (a contractor's certificate).

    `photo_jpeg` was made by a picture worker. Raises BadInput `medium-gone`, `same-person`, `paper-missing`,
    `photo-missing`, `not-retired` (a store whose recordings may still be readable).
    """
    require_role(by, clock.now_ns(), MANAGER)
    not_to_come(done_on)
    different(said["person"], said["second"])
    if not photo_jpeg:
        raise BadInput("photo-missing")
    if said["method"] == Method.CONTRACTOR and not said.get("paper", "").strip():
        raise BadInput("paper-missing")
    with transaction.atomic():
        now = standing(medium)
        if now.destroyed:
            raise BadInput("medium-gone")
        if medium.store and not _unreadable(medium):
            raise BadInput("not-retired")
        return note(medium, Act.DESTROYED, by, done_on, photo_jpeg=photo_jpeg, **said)


def _unreadable(medium: Medium) -> bool:
    """Whether the last retirement of a store is carried out and certified to its end."""
    last = medium.acts.filter(act=Act.RETIRED).last()
    return last is not None and retiring.progress(last).finished
