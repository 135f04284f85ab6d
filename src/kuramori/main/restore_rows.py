"""What a restored database has to unlearn, in one transaction: old footage, old orders, the old ledger.

The old ledger is written out to `DATA/ledger/before-<old recorder>.jsonl`, which the stand-alone verifier
reads. A new one begins, under a new name and key; its first entry names the old root.
"""

from __future__ import annotations

import json
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import F

from kuramori import clock
from kuramori.access.models import Grant, WrongTries
from kuramori.footage import datadir, settings_file
from kuramori.footage.models import AddedDisk, CameraState, Gap, Order, Segment
from kuramori.ledger import checkpoints, entries, exporting, tree, verify_ledger
from kuramori.ledger.models import Checkpoint, Entry, Node
from kuramori.retention.models import Certificate

if TYPE_CHECKING:
    from collections.abc import Iterator

NOT_HERE = "not-here"
# Pieces that follow on from each other become one stretch.
JOINED_NS = 2 * clock.NS_PER_S


def begin_anew(manifest: dict[str, Any], backup_sha256: str) -> list[str]:
    """Make the restored database this recorder's own; returns what to say about it."""
    now_ns = clock.now_ns()
    kept, whole = _put_old_ledger_away(manifest)
    with transaction.atomic():
        old = {"origin": f"kuramori/{manifest['recorder']}", "size": tree.size()}
        old["root"] = tree.root(tree.size()).hex()
        for model in (Entry, Node, Checkpoint, Session, Authenticator, WrongTries, CameraState):
            model.objects.all().delete()
        entries.record(
            "ledger-restored",
            actor="program:restore",
            obj=old,
            detail={
                "checkpoint": manifest["ledger"]["checkpoint"],
                "key": manifest["ledger"]["key"],
                "backup_sha256": backup_sha256,
                "backup_made_at": manifest["made_at"],
                "former_record_whole": whole,
            },
        )
        AddedDisk.objects.filter(removed_ns=None).update(removed_ns=now_ns)  # those of the former machine
        stretches = _mark_footage_not_here(now_ns)
        Order.objects.filter(state="issued").update(state="refused", why="restored", settled_ns=now_ns)
        Grant.objects.filter(ended_ns=None, expires_at_ns__gt=now_ns).update(ended_ns=now_ns)
        # Their proofs run through the former ledger.
        Certificate.objects.filter(ledger_index__gte=0).update(ledger_index=-1 - F("ledger_index"))
    checkpoints.make()
    settings_file.write_now("program:restore")
    return [
        f"Restored into {settings.DATA} as a new recorder: {settings.INSTANCE.recorder_id}",
        f"Footage of the old recorder: not here, {stretches} stretches marked so. Nobody can open it here.",
        f"The former record of acts is in {kept}" + ("." if whole else ": it is NOT WHOLE."),
        "To do: type each camera's password again; each person sets up the second factor again.",
    ]


def _put_old_ledger_away(manifest: dict[str, Any]) -> tuple[Path, bool]:
    folder = Path(settings.DATA) / "ledger"
    kept = folder / f"before-{manifest['recorder']}.jsonl"
    datadir.write_durably(kept, "".join(_old_lines(manifest)).encode())
    try:
        with kept.open(encoding="utf-8") as file:
            verify_ledger.verify(file)
    except (verify_ledger.Wrong, ValueError, KeyError, StopIteration):
        return kept, False
    return kept, True


def _old_lines(manifest: dict[str, Any]) -> Iterator[str]:
    yield json.dumps(manifest["ledger"]) + "\n"
    size = tree.size()
    for first in range(0, size, exporting.BATCH):
        yield exporting.batch(first, size)


def _mark_footage_not_here(now_ns: int) -> int:
    """Rows of pieces become stretches with the reason `not-here`; what stood open ends now."""
    Gap.objects.filter(until_ns=None).update(until_ns=now_ns)
    spans: list[list[Any]] = []
    rows = Segment.objects.exclude(state="erased").order_by("camera", "start_ns")
    for camera, start_ns, end_ns in rows.values_list("camera", "start_ns", "end_ns").iterator():
        until_ns = end_ns or now_ns
        if spans and spans[-1][0] == camera and start_ns - spans[-1][2] <= JOINED_NS:
            spans[-1][2] = max(spans[-1][2], until_ns)
        else:
            spans.append([camera, start_ns, until_ns])
    Gap.objects.bulk_create(
        Gap(id=secrets.token_hex(16), camera=camera, since_ns=since, until_ns=until, reason=NOT_HERE)
        for camera, since, until in spans
    )
    Segment.objects.exclude(state="erased").delete()
    return len(spans)
