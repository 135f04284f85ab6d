"""Who may be allowed to look, and the ledger row that comes before anything is shown.

Each function checks the rule, writes the row and the ledger entry in one transaction, and raises `Refusal`
where the rule says no. Words of purpose and reason are compulsory; a case number is text where there is
one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.access import grant_check, playback_rules, purposes, storehouse_session
from kuramori.access.models import Grant, PlaybackRequest
from kuramori.errors import BadInput
from kuramori.ledger import entries
from kuramori.people.roles import MANAGER, require_role
from kuramori.policy import gates

if TYPE_CHECKING:
    from kuramori.cameras.models import Camera
    from kuramori.people.models import Account

LIVE_LONGEST_S = 12 * 3600
PLAYBACK_DEFAULT_MINUTES = 60


def grant_live(account: Account, camera: Camera) -> Grant:
    """One look at the live picture: standing purpose 日常確認, own grant, own ledger row. Operators only."""
    now_ns = clock.now_ns()
    grant_check.require_operator(account, now_ns)
    gates.require_viewable(camera.id, account, now_ns)
    with transaction.atomic(durable=True):
        grant = Grant.objects.create(
            kind="live",
            account=account,
            granted_by=account,
            camera=camera,
            purpose_code=purposes.LIVE,
            reason=str(purposes.ALL[purposes.LIVE]),
            created_ns=now_ns,
            expires_at_ns=now_ns + LIVE_LONGEST_S * clock.NS_PER_S,
        )
        entries.record(
            "live-look", actor=_actor(account), obj=_names(grant), outcome="allowed", reason=purposes.LIVE
        )
    return grant


def end(grant: Grant) -> None:
    """The viewer has left, or the stream ended by itself. Ending twice is one end."""
    with transaction.atomic():
        if not Grant.objects.filter(id=grant.id, ended_ns=None).update(ended_ns=clock.now_ns()):
            return
        act = "live-look-ended" if grant.kind == "live" else "playback-ended"
        entries.record(act, actor=f"account:{grant.account_id}", obj=_names(grant), outcome="done")
    storehouse_session.forget_grant(grant.id)


def ask_playback(
    account: Account,
    camera: Camera,
    start_ns: int,
    end_ns: int,
    *,
    purpose_code: str,
    reason: str,
    case_text: str = "",
) -> PlaybackRequest:
    """An appointed person asks to see an interval; a manager decides. Nothing is shown yet."""
    now_ns = clock.now_ns()
    grant_check.require_appointed(account, now_ns)
    playback_rules.require_sense(start_ns, end_ns, purpose_code, reason, now_ns)
    with transaction.atomic():
        request = PlaybackRequest.objects.create(
            account=account,
            camera=camera,
            start_ns=start_ns,
            end_ns=end_ns,
            purpose_code=purpose_code,
            reason=reason.strip(),
            case_text=case_text.strip(),
            asked_ns=now_ns,
        )
        entries.record(
            "playback-asked",
            actor=_actor(account),
            obj={"request": request.id, "camera": camera.id},
            outcome="done",
            reason=request.reason,
            detail=_interval(start_ns, end_ns) | {"purpose": purpose_code, "case": request.case_text},
        )
    return request


def grant_playback(
    manager: Account,
    viewer: Account,
    camera: Camera,
    start_ns: int,
    end_ns: int,
    *,
    purpose_code: str,
    reason: str,
    case_text: str = "",
    minutes: int = PLAYBACK_DEFAULT_MINUTES,
    request: PlaybackRequest | None = None,
) -> Grant:
    """Allow `viewer` to see one camera's interval for `minutes`, never longer than its footage lives.

    Only a manager, only while the storehouse is open; to themselves only in a one-person body and for at most
    60 minutes of footage (自己承認). Raises `Refusal`, or `BadInput` for an interval that makes no sense.
    """
    now_ns = clock.now_ns()
    require_role(manager, now_ns, MANAGER)
    grant_check.require_appointed(viewer, now_ns)
    playback_rules.require_sense(start_ns, end_ns, purpose_code, reason, now_ns)
    own = manager.pk == viewer.pk
    if own:
        playback_rules.require_self_approval(end_ns - start_ns)
    gates.require_viewable(camera.id, viewer, now_ns)
    storehouse_session.require_key_holder()
    expires_at_ns = min(
        playback_rules.expiry_ns(now_ns, minutes),
        playback_rules.footage_dies_ns(camera.id, start_ns, end_ns, now_ns),
    )
    with transaction.atomic(durable=True):
        grant = Grant(
            kind="playback",
            account=viewer,
            granted_by=manager,
            camera=camera,
            start_ns=start_ns,
            end_ns=end_ns,
            purpose_code=purpose_code,
            reason=reason.strip(),
            case_text=case_text.strip(),
            self_approved=own,
            created_ns=now_ns,
            expires_at_ns=expires_at_ns,
        )
        return _write_playback(grant, request)


def approve(request: PlaybackRequest, manager: Account, minutes: int = PLAYBACK_DEFAULT_MINUTES) -> Grant:
    """Grant what was asked. The asker may approve it themselves only as `grant_playback` allows."""
    _require_undecided(request)
    return grant_playback(
        manager,
        request.account,
        request.camera,
        request.start_ns,
        request.end_ns,
        purpose_code=request.purpose_code,
        reason=request.reason,
        case_text=request.case_text,
        minutes=minutes,
        request=request,
    )


def decline(request: PlaybackRequest, manager: Account, why: str) -> None:
    """Say no, with words. Written as fully as a yes."""
    now_ns = clock.now_ns()
    require_role(manager, now_ns, MANAGER)
    _require_undecided(request)
    if not why.strip():
        raise BadInput("reason-missing")
    with transaction.atomic():
        PlaybackRequest.objects.filter(id=request.id).update(
            decided_ns=now_ns, decided_by=manager, declined_why=why.strip()
        )
        entries.record(
            "playback-declined",
            actor=_actor(manager),
            obj={"request": request.id, "camera": request.camera_id},
            outcome="refused",
            reason=why.strip(),
            detail=_interval(request.start_ns, request.end_ns) | {"asked_by": _actor(request.account)},
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
        entries.record("grant-withdrawn", actor=_actor(manager), obj=_names(grant), outcome="done")
    storehouse_session.forget_grant(grant.id)


def begin_look(grant: Grant, account: Account, at_ns: int) -> None:
    """Playback of a granted interval begins at `at_ns`: checked, and in the ledger before the first byte."""
    now_ns = clock.now_ns()
    grant_check.require_playback(grant, account, now_ns)
    with transaction.atomic(durable=True):
        entries.record(
            "playback-look",
            actor=_actor(account),
            obj=_names(grant),
            outcome="allowed",
            reason=grant.reason,
            detail={"at": clock.iso(at_ns)},
        )


def _write_playback(grant: Grant, request: PlaybackRequest | None) -> Grant:
    grant.save(force_insert=True)
    if request is not None:
        decided = PlaybackRequest.objects.filter(id=request.id, decided_ns=None)
        if not decided.update(decided_ns=grant.created_ns, decided_by=grant.granted_by, grant=grant):
            raise BadInput("already-decided")
    entries.record(
        "playback-granted",
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
        },
    )
    return grant


def _require_undecided(request: PlaybackRequest) -> None:
    if PlaybackRequest.objects.filter(id=request.id, decided_ns__isnull=False).exists():
        raise BadInput("already-decided")


def _names(grant: Grant) -> dict[str, str]:
    return {"grant": grant.id, "camera": grant.camera_id}


def _interval(start_ns: int, end_ns: int) -> dict[str, str]:
    return {"from": clock.iso(start_ns), "to": clock.iso(end_ns)}


def _actor(account: Account) -> str:
    return f"account:{account.pk}"
