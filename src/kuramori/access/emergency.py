"""The sealed envelope (緊急用封筒): for the hour in which no key-holder is there.

It opens once, for two hours of footage of the cameras that are named, for sixty minutes; it tells every
key-holder, and it asks for a new envelope. What it opens is kept in memory beside the keys, so that a
changed database does not widen it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.access import (
    grant_check,
    holding,
    key_opening,
    playback_rules,
    storehouse_keys,
    storehouse_session,
    wrong_tries,
)
from kuramori.access.models import MAX_EMERGENCY_S, EmergencyOpening, Grant, KeyHolder
from kuramori.errors import BadInput, Refusal, WrongPassphrase
from kuramori.footage import findings
from kuramori.ledger import entries
from kuramori.policy import gates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kuramori.cameras.models import Camera
    from kuramori.people.models import Account

LASTS_NS = 60 * 60 * clock.NS_PER_S
OPENED = "envelope-opened"
PURPOSE = "danger"


def open_envelope(
    passphrase: str,
    account: Account,
    cameras: Sequence[Camera],
    start_ns: int,
    end_ns: int,
    *,
    reason: str,
    case_text: str,
) -> EmergencyOpening:
    """Open by the envelope, for any appointed person. Raises `Refusal`, `BadInput` or `WrongPassphrase`."""
    now_ns = clock.now_ns()
    grant_check.require_appointed(account, now_ns)
    playback_rules.require_sense(start_ns, end_ns, PURPOSE, reason, now_ns)
    if not case_text.strip():
        raise Refusal("case-missing", clause="T7", kind="regulations")
    if end_ns - start_ns > MAX_EMERGENCY_S * clock.NS_PER_S:
        raise Refusal("envelope-too-long", clause="T6c", kind="regulations", hours=MAX_EMERGENCY_S // 3600)
    if not cameras:
        raise BadInput("no-camera-named")
    deaths = {}
    for camera in cameras:
        gates.require_viewable(camera.id, account, now_ns)
        deaths[camera.id] = playback_rules.footage_dies_ns(camera.id, start_ns, end_ns, now_ns)
    wrong_tries.require_no_delay(account, now_ns)
    try:
        envelope, keys = key_opening.open_envelope(passphrase)
    except WrongPassphrase:
        wrong_tries.add(account, now_ns)
        raise
    with transaction.atomic(durable=True):
        wrong_tries.forget(account)
        opening = EmergencyOpening.objects.create(
            account=account,
            envelope=envelope,
            reason=reason.strip(),
            case_text=case_text.strip(),
            start_ns=start_ns,
            end_ns=end_ns,
            opened_ns=now_ns,
            until_ns=now_ns + LASTS_NS,
        )
        for camera in cameras:
            _grant(opening, camera, min(opening.until_ns, deaths[camera.id]))
        _record(opening, sorted(deaths))
        holding.close(envelope, account.actor, "used")
        storehouse_keys.renew(account.actor, "envelope-used")
        findings.stand(OPENED, opening.id, actor=account.actor, case=opening.case_text)
        findings.stand(holding.ENVELOPE_NEEDED, actor=account.actor)
    scope = storehouse_session.Scope(opening.id, frozenset(deaths), start_ns, end_ns)
    storehouse_session.put_in(account, keys, scope)
    return opening


def alarms_for(account: Account) -> list[EmergencyOpening]:
    """Openings that this key-holder has not acknowledged."""
    if not KeyHolder.objects.filter(account=account, ended_ns=None).exists():
        return []
    return [one for one in EmergencyOpening.objects.all() if account.pk not in one.seen_by]


def acknowledge(opening: EmergencyOpening, account: Account) -> None:
    """A key-holder has seen it. The finding goes when every key-holder has."""
    holders = set(
        KeyHolder.objects.filter(ended_ns=None, account__isnull=False).values_list("account", flat=True)
    )
    if account.pk not in holders:
        raise Refusal("not-a-key-holder", clause="T6c", kind="regulations")
    with transaction.atomic():
        kept = EmergencyOpening.objects.select_for_update().get(pk=opening.pk)
        if account.pk in kept.seen_by:
            return
        kept.seen_by = [*kept.seen_by, account.pk]
        kept.save(update_fields=["seen_by"])
        entries.record("envelope-acknowledged", actor=account.actor, obj={"emergency": kept.id})
        if holders <= set(kept.seen_by):
            findings.clear(OPENED, kept.id, actor=account.actor)


def _grant(opening: EmergencyOpening, camera: Camera, expires_at_ns: int) -> None:
    Grant.objects.create(
        kind="playback",
        account=opening.account,
        granted_by=opening.account,
        camera=camera,
        start_ns=opening.start_ns,
        end_ns=opening.end_ns,
        purpose_code=PURPOSE,
        reason=opening.reason,
        case_text=opening.case_text,
        emergency=opening,
        created_ns=opening.opened_ns,
        expires_at_ns=expires_at_ns,
    )


def _record(opening: EmergencyOpening, cameras: list[str]) -> None:
    entries.record(
        "envelope-opened",
        actor=f"account:{opening.account_id}",
        obj={"emergency": opening.id},
        outcome="allowed",
        reason=opening.reason,
        detail={
            "case": opening.case_text,
            "cameras": cameras,
            "from": clock.iso(opening.start_ns),
            "to": clock.iso(opening.end_ns),
            "until": clock.iso(opening.until_ns),
        },
    )
