"""Personal data goes after its time: text and salt of old entries are erased, their leaf hashes stay.

The tree verifies as before, and an old checkpoint still fits; what the entry said, and who did it, nobody can
find out again (without its salt, a hash cannot be guessed back). What an outsider holds is untouched.
"""

from __future__ import annotations

from django.db import connection, transaction

from kuramori import clock
from kuramori.ledger import entries
from kuramori.ledger.models import Entry

YEARS = 3
YEAR_NS = 366 * 24 * 3600 * clock.NS_PER_S
BATCH = 500
GONE = "gone"
"""The actor of an entry whose text was erased."""
KEEP = ("ledger-restored", "ledger-forgot")
"""Entries that a verifier needs: no personal data is in them."""


def forget_old(years: int = YEARS) -> int:
    """Erase text, salt and actor of entries older than `years`; returns how many. What is left of them is
    wiped from the database's write-ahead log and free pages too."""
    before_ns = clock.now_ns() - years * YEAR_NS
    due = Entry.objects.filter(at_ns__lt=before_ns).exclude(text="").exclude(act__in=KEEP)
    count = 0
    while numbers := list(due.order_by("seq").values_list("seq", flat=True)[:BATCH]):
        with transaction.atomic():
            Entry.objects.filter(seq__in=numbers).update(text="", salt=b"", actor=GONE)
            entries.record(
                "ledger-forgot",
                actor="program:work",
                detail={"first": numbers[0], "last": numbers[-1], "entries": len(numbers)},
            )
        count += len(numbers)
    if count:
        wipe_traces()
    return count


def wipe_traces() -> None:
    """Take the write-ahead log into the database and cut it to nothing. (`secure_delete` has overwritten what
    was freed inside the database.) Where a reader is in the way, the next round does it."""
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
