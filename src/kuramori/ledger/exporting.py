"""Writing the ledger out for somebody who checks it without this program (`verify_ledger.py`)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from asgiref.sync import sync_to_async

from kuramori.ledger import checkpoints, merkle
from kuramori.ledger.models import Entry, Node

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

FORMAT = "kuramori-ledger-export/1"
BATCH = 2000
ALWAYS_TOLD = ("ledger-restored", "ledger-forgot", "case-forgotten")
"""Acts that explain why others have no words any more; no personal data is in them."""


def head() -> tuple[int, str]:
    """How many entries the export holds, and its first line: key and a fresh checkpoint over them."""
    newest = checkpoints.make()
    size = newest.size if newest else 0
    said = {
        "format": FORMAT,
        "key": checkpoints.signer().verifier_key,
        "size": size,
        "checkpoint": newest.note if newest else "",
    }
    return size, json.dumps(said) + "\n"


def lines(told: range | None = None) -> Iterator[str]:
    """The export as lines of JSON: the head, then one line for each entry.

    An entry whose text was erased (personal data past its time), or whose number is not in `told`, carries
    only its leaf hash. Entries never change, so none of this needs a transaction around it.
    """
    size, first_line = head()
    yield first_line
    for first in range(0, size, BATCH):
        yield batch(first, size, told)


def told_between(begin_ns: int, end_ns: int) -> range:
    """The numbers of the entries of a period, and of one more on each side.

    By the neighbours one sees that nothing of the period was left out at its edges.
    """
    first = Entry.objects.filter(at_ns__gte=begin_ns).order_by("seq").values_list("seq", flat=True).first()
    last = Entry.objects.filter(at_ns__lt=end_ns).order_by("-seq").values_list("seq", flat=True).first()
    if first is None or last is None:
        return range(0)
    return range(max(0, first - 1), last + 2)


def texts(told: range) -> Iterator[dict[str, Any]]:
    """What the entries of these numbers say, where it was not erased."""
    for row in Entry.objects.filter(seq__gte=told.start, seq__lt=told.stop).order_by("seq").iterator():
        if row.text:
            yield json.loads(row.text)


async def stream() -> AsyncIterator[str]:
    """`lines` for a streamed answer: an async generator, else Django would collect all of it first."""
    size, first_line = await sync_to_async(head)()
    yield first_line
    for first in range(0, size, BATCH):
        yield await sync_to_async(batch)(first, size)


def batch(first: int, size: int, told: range | None = None) -> str:
    """The lines of the entries from `first` on, at most `BATCH` of them."""
    end = min(first + BATCH, size)
    texts = {row.seq: row for row in Entry.objects.filter(seq__gte=first, seq__lt=end)}
    positions = {merkle.position((0, seq)): seq for seq in range(first, end)}
    bounds = Node.objects.filter(position__gte=min(positions), position__lte=max(positions))
    leaves = {positions[row.position]: bytes(row.hash) for row in bounds if row.position in positions}
    written = []
    for seq in range(first, end):
        line: dict[str, object] = {"seq": seq, "leaf": leaves[seq].hex() if seq in leaves else ""}
        row = texts.get(seq)
        if row and row.text and (told is None or seq in told or row.act in ALWAYS_TOLD):
            line |= {"salt": bytes(row.salt).hex(), "text": row.text}
        written.append(json.dumps(line, ensure_ascii=False) + "\n")
    return "".join(written)
