"""`kuramori check`: do index, files, headers, key table, journal and ledger say the same?

Nothing is opened and nothing is changed. Each disagreement is one plain line. What cannot be asked (the
recorder is stopped) is said too, and is no fault.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kuramori import clock
from kuramori.errors import KuramoriError, RecorderUnreachable
from kuramori.footage import checking_table, datadir, held, recorder_socket, store_files
from kuramori.footage.journal_tail import JournalTail
from kuramori.footage.models import ErasedHour, Finding, Intake, IntakeMark, Segment
from kuramori.ledger import checking as ledger_checking
from kuramori.ledger.models import Entry
from kuramori.recorder import journal_reader

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kuramori.footage.store_files import Found

# A file may be younger than the intake's last second, an hour may wait for the next rotation.
FRESH_NS = 10 * clock.NS_PER_S
LATE_NS = 15 * 60 * clock.NS_PER_S
SAME = [
    "camera",
    "hour",
    "hour_start_s",
    "start_ns",
    "run",
    "purpose_version",
    "policy_version",
    "storehouse_key",
    "codec",
    "width",
    "height",
]


@dataclass
class Report:
    """What a check found. `faults` are disagreements; `notes` are things to know."""

    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    segments: int = 0
    files: int = 0

    @property
    def exit_code(self) -> int:
        """0 when everything agrees, 1 otherwise."""
        return 1 if self.faults else 0

    def lines(self) -> Iterator[str]:
        """The report as it is printed."""
        yield from (f"FAULT  {fault}" for fault in self.faults)
        yield from (f"note   {note}" for note in self.notes)
        verdict = "everything agrees" if not self.faults else f"{len(self.faults)} faults"
        yield f"checked {self.segments} segments, {self.files} files: {verdict}"


def check(*, hashes: bool = True) -> Report:
    """Look at everything once. `hashes`: read every closed file whole and compare its SHA-256."""
    report = Report()
    _journal(report)
    _ledger(report)
    _files_and_index(report, _ledgered_hashes(), hashes=hashes)
    _erased(report)
    _recorder(report)
    checking_table.compare(report, behind=_behind())
    for finding in Finding.objects.filter(cleared_ns=None):
        report.notes.append(f"finding standing since {clock.iso(finding.found_ns)}: {finding}")
    return report


def _journal(report: Report) -> None:
    """The chain holds, and it is the one that was taken in."""
    directory = datadir.journal_dir()
    try:
        last_seq, last_hash = journal_reader.verify(directory)
    except KuramoriError as broken:
        report.faults.append(f"journal: the chain is broken ({broken})")
        return
    done = Intake.objects.filter(recorder=datadir.recorder_id()).first()
    if done is None:
        report.notes.append("journal: nothing taken in yet")
    elif done.last_seq > last_seq:
        report.faults.append(f"journal: ends at line {last_seq}, but line {done.last_seq} was taken in")
    elif done.last_seq == last_seq and done.last_hash != last_hash:
        report.faults.append(f"journal: line {last_seq} is not the one that was taken in")
    elif done.last_seq < last_seq:
        report.notes.append(f"journal: {last_seq - done.last_seq} lines wait to be taken in")
    _marks(report)


def _behind() -> bool:
    """Has the journal lines that the index has not taken in yet?"""
    done = Intake.objects.filter(recorder=datadir.recorder_id()).first()
    return done is None or done.last_seq < (JournalTail(datadir.journal_dir()).last_seq() or 0)


def _marks(report: Report) -> None:
    """Lines remembered from earlier batches still have the bytes they had."""
    marks = dict(IntakeMark.objects.filter(recorder=datadir.recorder_id()).values_list("seq", "line_hash"))
    for seq, line_hash, _ in JournalTail(datadir.journal_dir()).hashes():
        if marks.get(seq, line_hash) != line_hash:
            report.faults.append(f"journal: line {seq} has changed since it was taken in")


def _ledger(report: Report) -> None:
    report.faults += [f"ledger: {fault}" for fault in ledger_checking.findings()]


def _ledgered_hashes() -> dict[str, str]:
    """SHA-256 of every ended segment as the ledger has it."""
    known: dict[str, str] = {}
    written = Entry.objects.filter(act__in=("segment-closed", "segment-cut")).order_by("seq")
    for text in written.values_list("text", flat=True).iterator():
        said = json.loads(text)
        known[said["object"]["segment"]] = said["detail"]["sha256"]
    return known


def _files_and_index(report: Report, ledgered: dict[str, str], *, hashes: bool) -> None:
    seen: set[str] = set()
    kept = held.until()
    long_ago_ns = clock.now_ns() - FRESH_NS
    dead = dict(ErasedHour.objects.values_list("hour", "erased_at_ns"))
    for path in store_files.paths():
        report.files += 1
        found = store_files.look(path, hashed=hashes)
        if found is None:
            if path.exists():
                report.faults.append(f"file {store_files.told(path)}: its header cannot be read")
            continue
        seen.add(found.header.segment)
        if found.header.segment in kept:
            _file(report, found, ledgered, held=True)
        elif (erased_ns := dead.get(found.header.hour)) is None:
            _file(report, found, ledgered)
        elif erased_ns < long_ago_ns and path.exists():
            report.faults.append(f"file {found.path}: left over from an erased hour (nothing opens it)")
    for row in Segment.objects.exclude(state="erased").iterator():
        report.segments += 1
        if row.id not in seen and (row.id in kept or row.hour not in dead):
            report.faults.append(f"segment {row.id}: in the index, but there is no file {row.path}")


def _file(report: Report, found: Found, ledgered: dict[str, str], *, held: bool = False) -> None:
    header, name = found.header, f"file {found.path}"
    if found.fault:
        report.faults.append(f"{name}: {found.fault}")
    row = Segment.objects.filter(id=header.segment).first()
    if row is None:
        if clock.now_ns() - header.start_ns > FRESH_NS:
            report.faults.append(f"{name}: not in the index (kuramori check --rebuild remakes it)")
        return
    if row.state == "erased":
        report.faults.append(f"{name}: erased says the index, but no rotation erased its hour")
        return
    differs = [field for field in SAME if getattr(row, field) != getattr(header, field)]
    if row.path != found.path:
        differs.append("path")
    if row.erase_at_ns > header.erase_at_ns and not (header.provisional or held):
        differs.append("erase_at_ns")
    if row.state == "closed" and not found.closed:
        differs.append("state")
    if differs:
        report.faults.append(f"{name}: index and header disagree about {', '.join(differs)}")
    _hash(report, name, found, row, ledgered)


def _hash(report: Report, name: str, found: Found, row: Segment, ledgered: dict[str, str]) -> None:
    """A closed file is, byte for byte, the one whose hash went into the ledger when it was closed."""
    if row.state != "closed":
        return
    in_ledger = ledgered.get(row.id)
    if in_ledger is None:
        report.faults.append(f"{name}: closed, but its hash is not in the ledger")
    elif in_ledger != row.sha256:
        report.faults.append(f"{name}: index and ledger have different hashes")
    if found.sha256 and found.sha256 != (in_ledger or row.sha256):
        report.faults.append(f"{name}: its bytes have changed since it was closed")


def _erased(report: Report) -> None:
    """What should be dead is dead. Hours recorded on an unsure clock have no date yet that counts."""
    late_ns = clock.now_ns() - LATE_NS
    dated = Segment.objects.exclude(state="erased").filter(provisional=False)
    for row in dated.filter(erase_at_ns__lt=late_ns, provisional=False).iterator():
        report.faults.append(f"segment {row.id}: overdue since {clock.iso(row.erase_at_ns)}")
    hours = ErasedHour.objects.values("hour")
    living = Segment.objects.exclude(state="erased").exclude(id__in=held.until())
    for row in living.filter(hour__in=hours).iterator():
        report.faults.append(f"segment {row.id}: its hour is erased, but the index shows it as living")


def _recorder(report: Report) -> None:
    """The key table, as far as the running recorder tells."""
    try:
        status = recorder_socket.status()
    except RecorderUnreachable:
        report.notes.append("key table: not asked, the recorder is stopped")
        return
    table: dict[str, Any] = status["table"]
    report.notes.append(f"key table: number {table['epoch']}, {table['hours']} hours, level {table['level']}")
    if table.get("failing"):
        report.faults.append(f"key table: the last rotation failed ({table['failing']})")
