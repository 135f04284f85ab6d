"""The ways by which alarms reach somebody, which of them work, and telling through them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.errors import ChannelFailed
from kuramori.health import alarms, beats, mail, message, webhook
from kuramori.health.models import Alarm, Channel
from kuramori.health.sealing import seal
from kuramori.ledger import entries

if TYPE_CHECKING:
    from kuramori.health.message import Message
    from kuramori.people.models import Account

WORK = "program:work"
HOUR_NS = 3600 * clock.NS_PER_S
AGAIN_NS = {"red": HOUR_NS, "yellow": 24 * HOUR_NS}
"""How long after it was told an unacknowledged alarm is told again."""
RETRY_NS = 60 * clock.NS_PER_S
TRUSTED_NS = 8 * 24 * HOUR_NS
"""A channel that carried nothing for so long (not even the weekly sheet) is not called working."""

SENDERS = {Channel.MAIL: mail.send, Channel.WEBHOOK: webhook.send}


def save(kind: str, said: dict[str, object], secret: str | None, by: Account) -> Channel:
    """Set a channel up, or change it; it counts as working only after something has arrived.

    `secret` None keeps the one that is there.
    """
    with transaction.atomic():
        row = Channel.objects.filter(kind=kind).first() or Channel(kind=kind)
        row.said, row.worked_ns, row.failed_ns, row.failed_why = said, None, None, ""
        if secret is not None:
            row.secret = seal(secret, kind)
        row.save()
        entries.record("alarm-channel-set", actor=by.actor, obj={"channel": kind})
    return row


def remove(kind: str, by: Account) -> None:
    """Take a channel away."""
    with transaction.atomic():
        if Channel.objects.filter(kind=kind).delete()[0]:
            entries.record("alarm-channel-removed", actor=by.actor, obj={"channel": kind})


def test(channel: Channel, by: Account) -> None:
    """What the test button does. Raises `ChannelFailed`; either way it is in the record."""
    _send(channel, message.of_test(clock.now_ns()), by.actor, "alarm-channel-tested")


def tell() -> int:
    """Send every alarm that is due through every channel; returns how many messages left.

    An alarm counts as told when one channel took it. While none does, it is tried again each minute.
    """
    now_ns = clock.now_ns()
    waiting = alarms.waiting()
    due = [alarm for alarm in waiting if _due(alarm, now_ns)]
    if not due:
        return 0
    sent, said = 0, message.of_alarms(waiting, now_ns)
    for channel in Channel.objects.all():
        if channel.failed_ns is not None and 0 <= now_ns - channel.failed_ns < RETRY_NS:
            continue
        try:
            _send(channel, said, WORK, "alarm-told", alarms=[alarm.pk for alarm in waiting])
            sent += 1
        except ChannelFailed:
            continue  # written down; the next channel may do better
    if sent:
        Alarm.objects.filter(pk__in=[alarm.pk for alarm in waiting]).update(told_ns=now_ns)
    return sent


def broken() -> list[Channel]:
    """Channels that were set up and whose last try failed."""
    return [row for row in Channel.objects.all() if row.failed_ns is not None]


def one_works(now_ns: int) -> bool:
    """Whether an alarm would reach anybody now: an open status screen, or a channel that lately carried."""
    if beats.fresh(beats.SCREEN, now_ns) or beats.fresh(beats.SOUND, now_ns):
        return True
    return Channel.objects.filter(worked_ns__gt=now_ns - TRUSTED_NS, failed_ns=None).exists()


def _due(alarm: Alarm, now_ns: int) -> bool:
    return alarm.told_ns is None or now_ns - alarm.told_ns >= AGAIN_NS[alarm.light]


def _send(channel: Channel, said: Message, actor: str, act: str, **detail: object) -> None:
    why = ""
    try:
        SENDERS[channel.kind](channel, said)
    except ChannelFailed as failed:
        why = failed.code
        raise
    finally:
        channel.failed_why, channel.failed_ns = why, clock.now_ns() if why else None
        if not why:
            channel.worked_ns = clock.now_ns()
        with transaction.atomic():
            channel.save(update_fields=["failed_why", "failed_ns", "worked_ns"])
            entries.record(
                act,
                actor=actor,
                obj={"channel": channel.kind},
                outcome="failed" if why else "done",
                reason=why,
                detail=detail,
            )


def send_checkpoint(channel: Channel, said: Message) -> None:
    """The record's checkpoint through one channel. Raises `ChannelFailed`."""
    _send(channel, said, WORK, "checkpoint-sent")


def send_weekly(channel: Channel, said: Message) -> None:
    """The weekly sheet through one channel. Raises `ChannelFailed`."""
    _send(channel, said, WORK, "weekly-sheet-sent")
    Channel.objects.filter(pk=channel.pk).update(weekly_ns=clock.now_ns())
