"""What a decided case allows: written once, before any grant, and taken back at once when it must be."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori import clock
from kuramori.access import playback_rules, storehouse_session
from kuramori.access.models import Approval, Grant
from kuramori.errors import Refusal
from kuramori.ledger import entries
from kuramori.people.roles import MANAGER, require_role

if TYPE_CHECKING:
    from kuramori.cameras.models import Camera
    from kuramori.people.models import Account

LASTS_DAYS = 7
DAY_NS = 24 * 3600 * clock.NS_PER_S


def approve(
    manager: Account,
    camera: Camera,
    start_ns: int,
    end_ns: int,
    *,
    case_number: str,
    purpose_code: str,
    reason: str,
    asked_by: Account | None = None,
    second_person: str = "",
    may_copy: bool = False,
    witness: bool = False,
    viewings: int = 3,
    days: int = LASTS_DAYS,
) -> Approval:
    """Allow one camera's interval for a case, inside the caller's transaction.

    `asked_by` None: the asker is outside and is the requester, so the manager decides. Else asker and decider
    are two persons: another account, or `second_person` who signed the printed form; only a one-person body
    approves its own. Raises `Refusal`, or `BadInput` for an interval that makes no sense.
    """
    now_ns = clock.now_ns()
    require_role(manager, now_ns, MANAGER)
    playback_rules.require_sense(start_ns, end_ns, purpose_code, reason, now_ns)
    second = second_person.strip()
    if second in (manager.full_name, manager.username):
        raise Refusal("own-request", clause="T5", kind="regulations")
    own = asked_by is not None and asked_by.pk == manager.pk and not second
    if own:
        playback_rules.require_self_approval(end_ns - start_ns)
    approval = Approval.objects.create(
        case_number=case_number,
        camera=camera,
        start_ns=start_ns,
        end_ns=end_ns,
        purpose_code=purpose_code,
        reason=reason.strip(),
        asked_by=asked_by,
        decided_by=manager,
        second_person=second,
        self_approved=own,
        may_copy=may_copy,
        witness=witness,
        viewings=viewings,
        created_ns=now_ns,
        expires_at_ns=now_ns + days * DAY_NS,
    )
    entries.record(
        "footage-approved",
        actor=manager.actor,
        obj={"approval": approval.id, "camera": camera.id, "case": case_number},
        outcome="allowed",
        reason=approval.reason,
        detail={
            "from": clock.iso(start_ns),
            "to": clock.iso(end_ns),
            "purpose": purpose_code,
            "asked_by": asked_by.actor if asked_by else "",
            "second": second,
            "self_approved": own,
            "copy": may_copy,
            "viewings": viewings,
            "until": clock.iso(approval.expires_at_ns),
        },
    )
    return approval


def take_back(approval: Approval, manager: Account) -> None:
    """End an approval with every grant under it, at once, inside the caller's transaction."""
    now_ns = clock.now_ns()
    require_role(manager, now_ns, MANAGER)
    if not Approval.objects.filter(id=approval.id, withdrawn_ns=None).update(withdrawn_ns=now_ns):
        return
    entries.record(
        "approval-withdrawn",
        actor=manager.actor,
        obj={"approval": approval.id, "camera": approval.camera_id, "case": approval.case_number},
    )
    for grant in Grant.objects.filter(approval=approval):
        storehouse_session.forget_grant(grant.id)
