"""What is asked of a grant before every byte. Each function returns nothing or raises `Refusal`.

A grant is read afresh from the database each time, so that a withdrawal holds from the next question on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import OuterRef, Subquery

from kuramori.access import storehouse_session
from kuramori.access.models import Approval, Grant, Viewing
from kuramori.errors import Refusal
from kuramori.people.roles import MANAGER, OPERATOR, require_role, role_of
from kuramori.policy import gates

if TYPE_CHECKING:
    from kuramori.people.models import Account


def state(grant: Grant, now_ns: int) -> str:
    """`valid`, or why not: `withdrawn`, `ended`, `over`."""
    if grant.withdrawn_ns is not None:
        return "withdrawn"
    if grant.ended_ns is not None:
        return "ended"
    if grant.approval is not None and grant.approval.withdrawn_ns is not None:
        return "withdrawn"
    return "valid" if now_ns < grant.expires_at_ns else "over"


def require_approval(approval: Approval, now_ns: int) -> None:
    """The approval stands: not taken back, not over."""
    kept = Approval.objects.filter(id=approval.id).first()
    if kept is None or kept.withdrawn_ns is not None:
        raise Refusal("grant-withdrawn", clause="T7")
    if now_ns >= kept.expires_at_ns:
        raise Refusal("grant-over", clause="T7")


def require_live(grant: Grant, account: Account, now_ns: int) -> None:
    """The next live picture may go to `account` under `grant`."""
    _require_own_and_valid(grant, account, now_ns, "live")
    require_operator(account, now_ns)
    gates.require_viewable(grant.camera_id, account, now_ns, pc=grant.pc)


def require_playback(grant: Grant, account: Account, now_ns: int, pc: int | None = None) -> None:
    """The next stored picture may go to `account` under `grant`; which one is asked by `require_segment`.

    `pc`: the registered PC at which the look is to begin; where one has begun, its own PC counts too.
    """
    begun_at = _require_own_and_valid(grant, account, now_ns, "playback")
    require_appointed(account, now_ns)
    seen_at = begun_at if pc is None else pc
    gates.require_viewable(grant.camera_id, account, now_ns, _case(grant), pc=seen_at)
    storehouse_session.require_unlocked()
    storehouse_session.require_within(
        grant.emergency_id, grant.camera_id, grant.start_ns or 0, grant.end_ns or 0
    )


def require_packing(grant: Grant, account: Account, now_ns: int) -> None:
    """The next stored bytes may go into a package that `account` packs under `grant`."""
    _require_own_and_valid(grant, account, now_ns, "packing")
    require_role(account, now_ns, MANAGER)
    require_copy(grant.approval, now_ns)
    gates.require_exportable(grant.camera_id, account, now_ns, _case(grant))
    storehouse_session.require_key_holder()


def require_copy(approval: Approval | None, now_ns: int) -> None:
    """The decision stands, and it allows a copy."""
    if approval is None:
        raise Refusal("no-grant", clause="T7")
    require_approval(approval, now_ns)
    if not approval.may_copy:
        raise Refusal("copy-not-approved", clause="T6a")


def _case(grant: Grant) -> str:
    """The decided case a grant stands on; what somebody typed for the envelope is none."""
    return grant.case_text if grant.approval_id else ""


def require_segment(
    grant: Grant, account: Account, camera: str, start_ns: int, end_ns: int, now_ns: int
) -> None:
    """The segment of `camera` from `start_ns` to `end_ns` is touched by the grant's camera and interval."""
    if grant.kind == "packing":
        require_packing(grant, account, now_ns)
    else:
        require_playback(grant, account, now_ns)
    if camera != grant.camera_id:
        raise Refusal("grant-other-camera", clause="T7", grant=grant.id)
    if not covers(grant, start_ns, end_ns):
        raise Refusal("grant-other-interval", clause="T7", grant=grant.id)
    storehouse_session.require_within(grant.emergency_id, camera, start_ns, end_ns)


def covers(grant: Grant, start_ns: int, end_ns: int) -> bool:
    """Whether the stretch from `start_ns` to `end_ns` has anything in common with the grant's interval."""
    if grant.start_ns is None or grant.end_ns is None:
        return False
    return start_ns < grant.end_ns and end_ns > grant.start_ns


def require_operator(account: Account, now_ns: int) -> None:
    """Live pictures are for appointed operators (a manager who operates is appointed as one too)."""
    if OPERATOR not in role_of(account, now_ns):
        raise Refusal("not-an-operator", clause="T4b")


def require_appointed(account: Account, now_ns: int) -> None:
    """Some appointment is in force."""
    if not role_of(account, now_ns) & {MANAGER, OPERATOR}:
        raise Refusal("not-appointed", clause="T4b")


def _require_own_and_valid(grant: Grant, account: Account, now_ns: int, kind: str) -> int | None:
    """Returns the registered PC at which its look has begun, in the same query."""
    begun = Viewing.objects.filter(grant=OuterRef("pk"), ended_ns=None).values("pc")[:1]
    rows = Grant.objects.select_related("approval").annotate(begun_at=Subquery(begun))
    kept = rows.filter(id=grant.id).first()
    if kept is None or kept.kind != kind:
        raise Refusal("no-grant", clause="T7")
    if kept.account_id != account.pk:
        raise Refusal("grant-of-another", clause="T7", grant=kept.id)
    over = state(kept, now_ns)
    if over != "valid":
        raise Refusal(f"grant-{over}", clause="T7", grant=kept.id)
    at: int | None = kept.begun_at
    return at
