"""Checkpoints that left the box: by which way, when, and what the other side answered.

Only what somebody outside has can tell that the record behind it was rewritten; so each leaving is written
down, and a day without one is a finding (`evidence.outside`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.ledger import checkpoints, entries
from kuramori.ledger.models import CheckpointLeft

if TYPE_CHECKING:
    from kuramori.ledger.models import Checkpoint

WAYS = ("paper", "mail", "time-stamp", "package")


def left(way: str, checkpoint: Checkpoint, *, actor: str, answer: bytes = b"") -> None:
    """Write down that `checkpoint` is outside now. `answer`: what the other side gave back, if anything."""
    with transaction.atomic():
        CheckpointLeft.objects.create(
            size=checkpoint.size, note=checkpoint.note, way=way, at_ns=clock.now_ns(), answer=answer
        )
        entries.record("checkpoint-left", actor=actor, obj={"size": checkpoint.size}, detail={"way": way})


def newest(way: str = "") -> CheckpointLeft | None:
    """The last one that left, by that way or by any."""
    rows = CheckpointLeft.objects.filter(way=way) if way else CheckpointLeft.objects.all()
    return rows.order_by("-at_ns").first()


def unproved() -> int:
    """How many entries were written since the last checkpoint left: what root could still cut off."""
    last, now = newest(), checkpoints.latest()
    return (now.size if now else 0) - (last.size if last else 0)
