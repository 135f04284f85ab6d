"""The record as outsiders see it: checkpoints get time stamps, and are missed when none left for a day."""

from __future__ import annotations

from kuramori import clock
from kuramori.errors import ChannelFailed
from kuramori.evidence import time_stamps
from kuramori.footage import findings
from kuramori.ledger import checkpoints, leaving
from kuramori.ledger.models import Entry

HOUR_NS = 3600 * clock.NS_PER_S
EVERY_NS = 23 * HOUR_NS
MISSED_NS = 25 * HOUR_NS
"""A day, and an hour for the day's own way to be late."""
NOT_OUTSIDE = "checkpoint-not-outside"
WORK = "program:work"


def stamp_when_due() -> bool:
    """Have the newest checkpoint stamped, once a day, where a time stamp service is set up."""
    by, last = time_stamps.chosen(), leaving.newest("time-stamp")
    if by is None or (last is not None and 0 <= clock.now_ns() - last.at_ns < EVERY_NS):
        return False
    newest = checkpoints.make()
    if newest is None:
        return False
    try:
        answer = time_stamps.stamp(newest.note.encode(), by)
    except ChannelFailed:
        return False  # tried again at the next beat; a day without any is a finding
    leaving.left("time-stamp", newest, actor=WORK, answer=answer)
    return True


def look() -> bool:
    """A finding while no checkpoint has left for a day. True if it is news."""
    last, now_ns = leaving.newest(), clock.now_ns()
    first = Entry.objects.order_by("seq").first()
    since_ns = last.at_ns if last is not None else first.at_ns if first is not None else now_ns
    if now_ns - since_ns <= MISSED_NS:
        findings.clear(NOT_OUTSIDE)
        return False
    return findings.stand(NOT_OUTSIDE, since=clock.iso(since_ns))
