"""Taking the recorder's journal into index and ledger: idempotent by (recorder, sequence), never silent.

One transaction per batch writes the rows, the ledger entries and how far we are, so that a crash repeats
a whole batch or nothing. A chain that does not hold is a finding; after it the intake goes on behind the
broken place, because footage that nobody can find helps the forger.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from django.db import transaction

from kuramori.footage import datadir, findings, intake_acts
from kuramori.footage.journal_tail import JournalTail
from kuramori.footage.models import Intake, IntakeMark
from kuramori.recorder.journal_chain import FIRST_PREV

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.recorder.journal_reader import JournalBroken

BATCH = 500
MARKS_KEPT = 500


def take_in() -> int:
    """Take in everything the journal has that is new; returns the number of lines (and of breaks passed)."""
    tail = _tail(datadir.journal_dir())
    if tail.nothing_new():
        return 0
    recorder = datadir.recorder_id()
    taken = 0
    while batch := _take_batch(recorder, tail):
        taken += batch
    if not taken:
        _notice_rewinding(recorder, tail)
    return taken


def _take_batch(recorder: str, tail: JournalTail) -> int:
    done = Intake.objects.filter(recorder=recorder).first() or Intake(recorder=recorder)
    lines, broken = tail.read(done.last_seq, done.last_hash, BATCH)
    if not lines and broken is None:
        transaction.on_commit(tail.committed)
        return 0
    with transaction.atomic():
        now = Intake.objects.select_for_update().get_or_create(recorder=recorder)[0]
        if (now.last_seq, now.last_hash) != (done.last_seq, done.last_hash):
            return 0  # another process took this batch in; ask again next time
        for line in lines:
            intake_acts.apply(recorder, line.entry)
        if lines:
            now.last_seq, now.last_hash = lines[-1].seq, lines[-1].hash
            now.save()
            _mark(now)
        moved = broken is not None and _go_on_behind(now, tail, broken)
    return len(lines) + moved


def _mark(intake: Intake) -> None:
    IntakeMark.objects.update_or_create(
        recorder=intake.recorder, seq=intake.last_seq, defaults={"line_hash": intake.last_hash}
    )
    old = IntakeMark.objects.filter(recorder=intake.recorder).order_by("-seq")
    if (oldest := old.values_list("seq", flat=True)[MARKS_KEPT : MARKS_KEPT + 1]) and oldest:
        IntakeMark.objects.filter(recorder=intake.recorder, seq__lte=oldest[0]).delete()


def _go_on_behind(intake: Intake, tail: JournalTail, broken: JournalBroken) -> bool:
    """Write the finding, and stand before the first line that comes after the break.

    False if there is none.
    """
    seq = int(str(broken.values["seq"]))
    findings.stand(
        "journal-broken",
        f"{intake.recorder}:{seq}",
        actor="program:record",
        file=broken.values["file"],
        taken_in_through=intake.last_seq,
        expected_hash=intake.last_hash,
    )
    if seq <= intake.last_seq:
        _go_back(intake, tail)
        return True
    behind = tail.stand_before(seq)
    if behind is None or (behind.seq, behind.hash) == (intake.last_seq, intake.last_hash):
        return False
    intake.last_seq, intake.last_hash = behind.seq, behind.hash
    intake.save()
    return True


def _go_back(intake: Intake, tail: JournalTail) -> None:
    """What was taken in is no longer what the journal says: go on from the last line both agree about."""
    there = {seq: line_hash for seq, line_hash, _ in tail.hashes()}
    for mark in IntakeMark.objects.filter(recorder=intake.recorder).order_by("-seq"):
        if there.get(mark.seq) == mark.line_hash:
            intake.last_seq, intake.last_hash = mark.seq, mark.line_hash
            break
    else:
        first = next(iter(tail.hashes()), None)
        intake.last_seq, intake.last_hash = (first[0] - 1, first[2]) if first else (0, FIRST_PREV)
    IntakeMark.objects.filter(recorder=intake.recorder, seq__gt=intake.last_seq).delete()
    intake.save()


def _notice_rewinding(recorder: str, tail: JournalTail) -> None:
    """A journal that ends before what was taken in has lost lines: by a power cut, or by a hand."""
    done = Intake.objects.filter(recorder=recorder).first()
    if done is None or done.last_seq == 0 or tail.at_its_end(done.last_seq, done.last_hash):
        return
    last = tail.last_seq()
    if last is not None and last >= done.last_seq:
        return
    with transaction.atomic():
        findings.stand(
            "journal-rewound", f"{recorder}:{done.last_seq}", actor="program:record", ends_at=last or 0
        )
        _go_back(done, tail)


@cache
def _tail(directory: Path) -> JournalTail:
    return JournalTail(directory)
