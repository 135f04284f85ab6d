"""Journal entries about footage.

Segments and gaps become rows, closed segments leave their hash in the ledger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kuramori.footage import findings, held
from kuramori.footage.models import ErasedHour, Gap, Segment
from kuramori.ledger import entries

if TYPE_CHECKING:
    from collections.abc import Callable

Entry = dict[str, Any]
RECORD = "program:record"
OPENED = (
    "camera",
    "path",
    "start_ns",
    "run",
    "hour",
    "hour_start_s",
    "erase_at_ns",
    "purpose_version",
    "policy_version",
    "storehouse_key",
    "codec",
    "width",
    "height",
    "provisional",
)


def _segment_open(entry: Entry) -> None:
    dead = ErasedHour.objects.filter(hour=entry["hour"]).exists() and not held.kept(entry["segment"])
    Segment.objects.get_or_create(
        id=entry["segment"],
        defaults={name: entry[name] for name in OPENED} | {"state": "erased" if dead else "open"},
    )


def _segment_closed(entry: Entry) -> None:
    _ended(entry, "closed")


def _segment_cut(entry: Entry) -> None:
    _ended(entry, "cut")


def _ended(entry: Entry, state: str) -> None:
    """The row is completed; its hash goes into the ledger, from where nobody takes it back."""
    row = Segment.objects.filter(id=entry["segment"]).first()
    if row is None:
        findings.stand("segment-never-opened", entry["segment"], actor=RECORD, camera=entry["camera"])
    else:
        row.end_ns = max(entry["end_ns"], row.start_ns)
        row.sha256 = entry["sha256"] or ""
        row.records = entry["records"]
        row.size_bytes = entry["bytes"]
        row.lost_packets = entry.get("lost_packets", 0)
        row.state = "erased" if row.state == "erased" else state
        row.save()
    entries.record(
        f"segment-{state}",
        actor=RECORD,
        obj={"camera": entry["camera"], "segment": entry["segment"]},
        outcome="done" if state == "closed" else "failed",
        detail={
            "sha256": entry["sha256"] or "",
            "bytes": entry["bytes"],
            "records": entry["records"],
            "end_ns": entry["end_ns"],
            "journal_seq": entry["seq"],
        },
    )


def _gap_open(entry: Entry) -> None:
    Gap.objects.get_or_create(
        id=entry["gap"],
        defaults={"camera": entry["camera"], "since_ns": entry["since_ns"], "reason": entry["reason"]},
    )
    _gap_ledgered("recording-gap", entry, {"since_ns": entry["since_ns"]}, entry["reason"])


def _gap_closed(entry: Entry) -> None:
    row = Gap.objects.filter(id=entry["gap"]).first()
    if row is None:
        findings.stand("gap-never-opened", entry["gap"], actor=RECORD, camera=entry["camera"])
    else:
        row.until_ns = max(entry["until_ns"], row.since_ns)
        row.save()
    _gap_ledgered("recording-gap-over", entry, {"until_ns": entry["until_ns"]}, row.reason if row else "")


def _gap_ledgered(act: str, entry: Entry, when: dict[str, int], reason: str) -> None:
    entries.record(
        act,
        actor=RECORD,
        obj={"camera": entry["camera"], "gap": entry["gap"]},
        outcome="done",
        reason=reason,
        detail={**when, "journal_seq": entry["seq"]},
    )


def _files_erased(entry: Entry) -> None:
    Segment.objects.filter(id__in=entry["segments"]).update(state="erased")


ACTS: dict[str, Callable[[Entry], None]] = {
    "segment-open": _segment_open,
    "segment-closed": _segment_closed,
    "segment-cut": _segment_cut,
    "gap-open": _gap_open,
    "gap-closed": _gap_closed,
    "files-erased": _files_erased,
}
