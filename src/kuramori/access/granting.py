"""Who may be allowed to look, and the ledger row that comes before anything is shown.

Each function checks the rule, writes the row and the ledger entry in one transaction, and raises `Refusal`
where the rule says no. Footage is played back by an
approval of a decided case (`approving`); the check that a camera works is the one exception.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.access import grant_check, playback_rules, purposes, storehouse_session, viewings
from kuramori.access.models import MAX_EQUIPMENT_CHECK_S, Grant
from kuramori.errors import Refusal
from kuramori.ledger import entries
from kuramori.people.roles import MANAGER, require_role
from kuramori.policy import gates

if TYPE_CHECKING:
    from kuramori.access.models import Approval
    from kuramori.cameras.models import Camera
    from kuramori.people.models import Account

LIVE_LONGEST_S = 12 * 3600
PLAYBACK_DEFAULT_MINUTES = 60
PACKING_LASTS_MINUTES = 120
CHECK_WITHIN_S = 3600
ENDED = {"live": "live-look-ended", "playback": "playback-ended", "packing": "packing-ended"}
CHECK_LASTS_MINUTES = 10


def grant_live(account: Account, camera: Camera, pc: int | None = None) -> Grant:
    """One look at the live picture: standing purpose 日常確認, own grant, own ledger row. Operators only.

    `pc`: the registered PC it is seen on; None is the recorder's own screen.
    """
    now_ns = clock.now_ns()
    grant_check.require_operator(account, now_ns)
    gates.require_viewable(camera.id, account, now_ns, pc=pc)
    with transaction.atomic(durable=True):
        grant = Grant.objects.create(
            kind="live",
            pc=pc,
            account=account,
            granted_by=account,
            camera=camera,
            purpose_code=purposes.LIVE,
            reason=str(purposes.ALL[purposes.LIVE]),
            created_ns=now_ns,
            expires_at_ns=now_ns + LIVE_LONGEST_S * clock.NS_PER_S,
        )
        entries.record(
            "live-look",
            actor=_actor(account),
            obj=_names(grant),
            outcome="allowed",
            reason=purposes.LIVE,
            detail={"pc": pc} if pc is not None else {},
        )
    return grant


def end(grant: Grant, *, noticed_by: str = "", since_ns: int | None = None) -> None:
    """The viewer has left, or the stream ended by itself. Ending twice is one end.

    `noticed_by`: who found out later that nobody has looked since `since_ns`.
    """
    with transaction.atomic():
        if not Grant.objects.filter(id=grant.id, ended_ns=None).update(ended_ns=clock.now_ns()):
            return
        viewings.close(grant)
        act = ENDED[grant.kind]
        entries.record(
            act,
            actor=noticed_by or f"account:{grant.account_id}",
            obj=_names(grant),
            outcome="done",
            detail={"since": clock.iso(since_ns)} if since_ns is not None else {},
        )
    storehouse_session.forget_grant(grant.id)


def grant_playback(
    manager: Account,
    viewer: Account,
    approval: Approval,
    *,
    minutes: int = PLAYBACK_DEFAULT_MINUTES,
) -> Grant:
    """Let `viewer` see what `approval` allows, for `minutes`, never longer than the approval or its footage.

    Only a manager gives it, only while the storehouse is open. Who asked and who decided is the approval's
    matter (`approving.approve`). Raises `Refusal`, or `BadInput` where there is no footage.
    """
    now_ns = clock.now_ns()
    require_role(manager, now_ns, MANAGER)
    grant_check.require_appointed(viewer, now_ns)
    grant_check.require_approval(approval, now_ns)
    gates.require_viewable(approval.camera_id, viewer, now_ns, approval.case_number)
    storehouse_session.require_key_holder()
    dies_ns = playback_rules.footage_dies_ns(approval.camera_id, approval.start_ns, approval.end_ns, now_ns)
    with transaction.atomic(durable=True):
        return _write(
            Grant(
                kind="playback",
                account=viewer,
                granted_by=manager,
                camera=approval.camera,
                start_ns=approval.start_ns,
                end_ns=approval.end_ns,
                purpose_code=approval.purpose_code,
                reason=approval.reason,
                case_text=approval.case_number,
                self_approved=approval.self_approved,
                approval=approval,
                created_ns=now_ns,
                expires_at_ns=min(playback_rules.expiry_ns(now_ns, minutes), approval.expires_at_ns, dies_ns),
            )
        )


def grant_packing(manager: Account, approval: Approval, start_ns: int, end_ns: int, *, package: str) -> Grant:
    """Let the manager pack `start_ns` to `end_ns` of what `approval` allows into the package of that number.

    Raises `Refusal`, also for a moment outside the approval, or `BadInput` where there is no footage.
    """
    now_ns = clock.now_ns()
    require_role(manager, now_ns, MANAGER)
    grant_check.require_copy(approval, now_ns)
    if not approval.start_ns <= start_ns < end_ns <= approval.end_ns:
        raise Refusal("grant-other-interval", clause="T7")
    gates.require_exportable(approval.camera_id, manager, now_ns, approval.case_number)
    storehouse_session.require_key_holder()
    dies_ns = playback_rules.footage_dies_ns(approval.camera_id, start_ns, end_ns, now_ns)
    ends_ns = playback_rules.expiry_ns(now_ns, PACKING_LASTS_MINUTES)
    with transaction.atomic(durable=True):
        return _write(
            Grant(
                kind="packing",
                account=manager,
                granted_by=manager,
                camera=approval.camera,
                start_ns=start_ns,
                end_ns=end_ns,
                purpose_code=approval.purpose_code,
                reason=approval.reason,
                case_text=approval.case_number,
                self_approved=approval.self_approved,
                approval=approval,
                created_ns=now_ns,
                expires_at_ns=min(ends_ns, approval.expires_at_ns, dies_ns),
            ),
            "packing-granted",
            package=package,
        )


def grant_equipment_check(account: Account, camera: Camera, start_ns: int) -> Grant:
    """作動確認: a minute of the last hour, for inspection, without a case; by anybody appointed."""
    now_ns = clock.now_ns()
    grant_check.require_appointed(account, now_ns)
    end_ns = min(start_ns + MAX_EQUIPMENT_CHECK_S * clock.NS_PER_S, now_ns)
    reason = str(purposes.PLAYBACK[purposes.EQUIPMENT_CHECK])
    playback_rules.require_sense(start_ns, end_ns, purposes.EQUIPMENT_CHECK, reason, now_ns)
    if start_ns < now_ns - CHECK_WITHIN_S * clock.NS_PER_S:
        raise Refusal("check-too-old", clause="T7", kind="regulations")
    gates.require_viewable(camera.id, account, now_ns)
    storehouse_session.require_key_holder()
    dies_ns = playback_rules.footage_dies_ns(camera.id, start_ns, end_ns, now_ns)
    with transaction.atomic(durable=True):
        return _write(
            Grant(
                kind="playback",
                account=account,
                granted_by=account,
                camera=camera,
                start_ns=start_ns,
                end_ns=end_ns,
                purpose_code=purposes.EQUIPMENT_CHECK,
                reason=reason,
                created_ns=now_ns,
                expires_at_ns=min(playback_rules.expiry_ns(now_ns, CHECK_LASTS_MINUTES), dies_ns),
            )
        )


def withdraw(grant: Grant, manager: Account) -> None:
    """End a grant at once: the next byte asked for is refused and its released keys are wiped."""
    now_ns = clock.now_ns()
    require_role(manager, now_ns, MANAGER)
    with transaction.atomic():
        if not Grant.objects.filter(id=grant.id, withdrawn_ns=None).update(
            withdrawn_ns=now_ns, withdrawn_by=manager
        ):
            return
        viewings.close(grant)
        entries.record("grant-withdrawn", actor=_actor(manager), obj=_names(grant), outcome="done")
    storehouse_session.forget_grant(grant.id)


def _write(grant: Grant, act: str = "playback-granted", **more: str) -> Grant:
    grant.save(force_insert=True)
    entries.record(
        act,
        actor=_actor(grant.granted_by),
        obj=_names(grant),
        outcome="allowed",
        reason=grant.reason,
        detail=_interval(grant.start_ns or 0, grant.end_ns or 0)
        | {
            "viewer": _actor(grant.account),
            "purpose": grant.purpose_code,
            "case": grant.case_text,
            "self_approved": grant.self_approved,
            "until": clock.iso(grant.expires_at_ns),
            **more,
        },
    )
    return grant


def _names(grant: Grant) -> dict[str, str]:
    return {"grant": grant.id, "camera": grant.camera_id}


def _interval(start_ns: int, end_ns: int) -> dict[str, str]:
    return {"from": clock.iso(start_ns), "to": clock.iso(end_ns)}


def _actor(account: Account) -> str:
    return f"account:{account.pk}"
