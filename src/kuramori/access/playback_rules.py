"""What must be true of an interval before anybody is allowed to see it."""

from __future__ import annotations

import sys

from kuramori import clock
from kuramori.access import purposes
from kuramori.access.models import MAX_SELF_APPROVED_S
from kuramori.errors import BadInput, Refusal
from kuramori.footage.models import LIVING, Segment
from kuramori.places.models import Body

PLAYBACK_LONGEST_MINUTES = 24 * 60
LONGEST_INTERVAL_S = 24 * 3600


def require_sense(start_ns: int, end_ns: int, purpose_code: str, reason: str, now_ns: int) -> None:
    """Raise `BadInput` for an interval that makes no sense, `Refusal` where purpose or reason is missing."""
    if not start_ns < end_ns <= now_ns:
        raise BadInput("interval-not-in-the-past")
    if end_ns - start_ns > LONGEST_INTERVAL_S * clock.NS_PER_S:
        raise BadInput("interval-too-long", hours=LONGEST_INTERVAL_S // 3600)
    if purpose_code not in purposes.PLAYBACK:
        raise Refusal("purpose-missing", clause="T1")
    if not reason.strip():
        raise Refusal("reason-missing", clause="T7")


def require_self_approval(length_ns: int) -> None:
    """Raise `Refusal` unless the body is declared one-person and the footage is at most 60 minutes long."""
    body = Body.objects.first()
    if body is None or not body.one_person:
        raise Refusal("own-request", clause="T5", kind="regulations")
    if length_ns > MAX_SELF_APPROVED_S * clock.NS_PER_S:
        raise Refusal(
            "own-request-too-long", clause="T5", kind="regulations", minutes=MAX_SELF_APPROVED_S // 60
        )


def expiry_ns(now_ns: int, minutes: int) -> int:
    """When a grant of so many minutes is over. Raises `BadInput` outside 1 minute to 24 hours."""
    if not 1 <= minutes <= PLAYBACK_LONGEST_MINUTES:
        raise BadInput("minutes-out-of-range", most=PLAYBACK_LONGEST_MINUTES)
    return now_ns + minutes * 60 * clock.NS_PER_S


def footage_dies_ns(camera: str, start_ns: int, end_ns: int, now_ns: int) -> int:
    """When the first of the interval's footage dies.

    Raises `Refusal` when all is dead, `BadInput` when none was.
    """
    inside = Segment.objects.touching(camera, start_ns, end_ns)
    alive = inside.filter(state__in=LIVING)
    first = alive.filter(erase_at_ns__gt=now_ns, provisional=False).order_by("erase_at_ns").first()
    if first is not None:
        return first.erase_at_ns
    if alive.filter(provisional=True).exists():
        return sys.maxsize  # not dated yet: the recorder says for each piece whether it may be opened
    if inside.exists():
        raise Refusal("footage-erased", clause="T6e", camera=camera)
    raise BadInput("no-footage", camera=camera)
