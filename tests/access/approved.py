"""What a decided case leaves behind: an approval, and a grant under it. For tests below `cases`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from kuramori.access import approving, granting

if TYPE_CHECKING:
    from kuramori.access.models import Grant
    from kuramori.cameras.models import Camera
    from kuramori.people.models import Account


def approved_grant(
    manager: Account,
    viewer: Account,
    camera: Camera,
    start_ns: int,
    end_ns: int,
    *,
    minutes: int = granting.PLAYBACK_DEFAULT_MINUTES,
    **said: Any,
) -> Grant:
    """Asked by `viewer`, decided by `manager`, granted to `viewer`."""
    wanted = {"case_number": "2026-0001", "purpose_code": "incident", "reason": "自転車"} | said
    with transaction.atomic():
        approval = approving.approve(manager, camera, start_ns, end_ns, asked_by=viewer, **wanted)
    return granting.grant_playback(manager, viewer, approval, minutes=minutes)
