"""Remaking the index from what lies on the disks, while everything is locked.

Segments come from the clear headers of their files and nothing else. Gaps come from the recorder's
journal as far as it goes back; a hole between files that no gap explains gets one with the reason
`unknown`, so that every second without footage has a row. Rows of erased footage go: their certificates
remain.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.footage import datadir, dating, held, intake_acts, store_files
from kuramori.footage.journal_tail import readable_entries
from kuramori.footage.models import LIVING, ErasedHour, Gap, Segment
from kuramori.ledger import entries

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kuramori.footage.store_files import Found

# Two segments of one camera follow on from each other when less than this lies between them.
JOINED_NS = 2 * clock.NS_PER_S
BATCH = 500
REMADE = [field.name for field in Segment._meta.concrete_fields if field.name not in ("id", "lost_packets")]


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """What a rebuild made."""

    segments: int
    gaps: int
    unreadable: list[str]


def rebuild(actor: str = "program:check") -> Rebuilt:
    """Throw the index away and remake it. Needs no key and no running recorder; both may go on meanwhile."""
    before = set(Segment.objects.filter(state__in=LIVING).values_list("id", flat=True))
    unreadable: list[str] = []
    found = list(_files(unreadable))
    with transaction.atomic():
        dead = set(ErasedHour.objects.values_list("hour", flat=True))
        kept = held.until()
        open_ones = _open_in_the_journal()
        rows = [
            _row(one, still_open=one.header.segment in open_ones)
            for one in found
            if one.header.hour not in dead or one.header.segment in kept
        ]
        _date(rows)
        for row in rows:
            if row.hour in dead:
                dating.date_row(row, kept[row.id])
        _replace(before, rows)
        gaps = _gaps(rows)
        Gap.objects.all().delete()
        Gap.objects.bulk_create(gaps, batch_size=BATCH)
        entries.record(
            "index-rebuilt",
            actor=actor,
            outcome="done",
            detail={"segments": len(rows), "gaps": len(gaps), "unreadable": unreadable[:50]},
        )
    return Rebuilt(len(rows), len(gaps), unreadable)


def _files(unreadable: list[str]) -> Iterator[Found]:
    for path in store_files.paths():
        found = store_files.look(path, hashed=True)
        if found is not None:
            yield found
        elif path.exists():
            unreadable.append(store_files.told(path))


def _replace(before: set[str], rows: list[Segment]) -> None:
    """Rows without a file go, unless the intake made them meanwhile; a running one is left to the intake."""
    gone = sorted(before - {row.id for row in rows})
    for first in range(0, len(gone), BATCH):
        Segment.objects.filter(id__in=gone[first : first + BATCH]).delete()
    ended = [row for row in rows if row.state != "open"]
    Segment.objects.bulk_create(
        ended, batch_size=BATCH, update_conflicts=True, unique_fields=["id"], update_fields=REMADE
    )
    running = [row for row in rows if row.state == "open"]
    Segment.objects.bulk_create(running, batch_size=BATCH, ignore_conflicts=True)


def _row(found: Found, *, still_open: bool) -> Segment:
    header = found.header
    state = "closed" if found.closed else ("open" if still_open else "cut")
    return Segment(
        id=header.segment,
        camera=header.camera,
        path=found.path,
        start_ns=header.start_ns,
        end_ns=None if state == "open" else found.end_ns,
        hour=header.hour,
        hour_start_s=header.hour_start_s,
        erase_at_ns=header.erase_at_ns,
        run=header.run,
        purpose_version=header.purpose_version,
        policy_version=header.policy_version,
        storehouse_key=header.storehouse_key,
        codec=header.codec,
        width=header.width,
        height=header.height,
        sha256="" if state == "open" else found.sha256,
        records=0 if state == "open" else found.records,
        size_bytes=0 if state == "open" else found.size_bytes,
        state=state,
        provisional=header.provisional,
    )


def _open_in_the_journal() -> set[str]:
    """Segments that were begun and not ended, as far as the journal goes back."""
    begun: set[str] = set()
    for entry in readable_entries(datadir.journal_dir()):
        if entry["kind"] == "carried":
            begun |= {row["segment"] for row in entry["segments"]}
        elif entry["kind"] == "segment-open":
            begun.add(entry["segment"])
        elif entry["kind"] in ("segment-closed", "segment-cut"):
            begun.discard(entry["segment"])
    return begun


def _date(rows: list[Segment]) -> None:
    """Hours recorded on an unsure clock got their date later; the journal says which, the headers cannot."""
    dated = {
        hour["hour"]: hour["erase_at_ns"]
        for entry in readable_entries(datadir.journal_dir())
        if entry["kind"] == "rotation"
        for hour in entry.get("dated", [])
    }
    shortened = {
        hour["hour"]: hour["erase_at_ns"]
        for entry in readable_entries(datadir.journal_dir())
        if entry["kind"] == "hours-shortened"
        for hour in entry["hours"]
    }
    for row in rows:
        if row.hour in dated:
            dating.date_row(row, dated[row.hour])
        row.erase_at_ns = min(row.erase_at_ns, shortened.get(row.hour, row.erase_at_ns))


def _gaps(rows: list[Segment]) -> list[Gap]:
    told = _told_gaps()
    by_camera = groupby(sorted(rows, key=lambda row: (row.camera, row.start_ns)), key=lambda row: row.camera)
    for camera, segments in by_camera:
        known = [gap for gap in told.values() if gap.camera == camera]
        for since_ns, until_ns in _holes(segments):
            if not any(_explains(gap, since_ns, until_ns) for gap in known):
                made = hashlib.sha256(f"{camera}{since_ns}".encode()).hexdigest()[:32]
                told[made] = Gap(
                    id=made, camera=camera, since_ns=since_ns, until_ns=until_ns, reason="unknown"
                )
    return list(told.values())


def _told_gaps() -> dict[str, Gap]:
    """Gaps from the journal, beside those the index has from journal files that are gone."""
    told = {gap.id: gap for gap in Gap.objects.exclude(reason="unknown")}
    for entry in readable_entries(datadir.journal_dir()):
        if entry["kind"] == "carried":
            for row in entry["gaps"]:
                told.setdefault(row["gap"], _gap(row))
        elif entry["kind"] == "gap-open":
            told[entry["gap"]] = _gap(entry)
        elif entry["kind"] == "gap-closed" and entry["gap"] in told:
            told[entry["gap"]].until_ns = max(entry["until_ns"], told[entry["gap"]].since_ns)
    return told


def _gap(entry: intake_acts.Entry) -> Gap:
    return Gap(id=entry["gap"], camera=entry["camera"], since_ns=entry["since_ns"], reason=entry["reason"])


def _holes(segments: Iterable[Segment]) -> Iterator[tuple[int, int]]:
    end_ns: int | None = None
    for row in segments:
        if end_ns is not None and row.start_ns - end_ns > JOINED_NS:
            yield end_ns, row.start_ns
        end_ns = max(end_ns or 0, row.end_ns or row.start_ns)


def _explains(gap: Gap, since_ns: int, until_ns: int) -> bool:
    return gap.since_ns < until_ns and (gap.until_ns is None or gap.until_ns > since_ns)
