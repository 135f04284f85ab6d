"""Setting and taking back a bookmark: inside a look at a case, inside its interval, in the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.access import grant_check
from kuramori.access.granted_footage import interval
from kuramori.errors import BadInput, Refusal
from kuramori.ledger import entries
from kuramori.playback.bookmark_models import Bookmark

if TYPE_CHECKING:
    from kuramori.access.models import Grant
    from kuramori.people.models import Account

LONGEST_WORDS = 120
MOST_OF_A_CASE = 200


def of_grant(grant: Grant) -> list[Bookmark]:
    """The bookmarks of the grant's case and camera that lie inside its interval, by time."""
    if not grant.approval_id:
        return []
    start_ns, end_ns = interval(grant)
    rows = Bookmark.objects.filter(case_number=grant.case_text, camera=grant.camera_id, taken_back_ns=None)
    return list(rows.filter(at_ns__gte=start_ns, at_ns__lt=end_ns).select_related("made_by"))


def put(grant: Grant, viewer: Account, at_ns: int, words: str) -> Bookmark:
    """Mark a moment that the grant shows. Raises `Refusal`; `BadInput` for one outside, or no words."""
    now_ns = clock.now_ns()
    grant_check.require_playback(grant, viewer, now_ns)
    if not grant.approval_id:
        raise Refusal("bookmark-needs-a-case", clause="T7")
    start_ns, end_ns = interval(grant)
    said = words.strip()
    if not said or len(said) > LONGEST_WORDS or not start_ns <= at_ns < end_ns:
        raise BadInput("bookmark-outside")
    if Bookmark.objects.filter(case_number=grant.case_text, taken_back_ns=None).count() >= MOST_OF_A_CASE:
        raise BadInput("too-many-bookmarks")
    with transaction.atomic():
        made = Bookmark.objects.create(
            case_number=grant.case_text,
            camera_id=grant.camera_id,
            at_ns=at_ns,
            words=said,
            made_by=viewer,
            made_ns=now_ns,
        )
        entries.record("bookmark-set", actor=viewer.actor, obj=_names(made), reason=said,
                       detail={"at": clock.iso(at_ns)})  # fmt: skip
    return made


def take_back(grant: Grant, viewer: Account, number: int) -> None:
    """It is no longer shown; its row and its ledger entry stay."""
    now_ns = clock.now_ns()
    grant_check.require_playback(grant, viewer, now_ns)
    found = next((one for one in of_grant(grant) if one.pk == number), None)
    if found is None:
        raise BadInput("bookmark-outside")
    with transaction.atomic():
        found.taken_back_ns = now_ns
        found.save(update_fields=["taken_back_ns"])
        entries.record("bookmark-taken-back", actor=viewer.actor, obj=_names(found))


def _names(one: Bookmark) -> dict[str, str]:
    return {"bookmark": str(one.pk), "camera": one.camera_id, "case": one.case_number}
