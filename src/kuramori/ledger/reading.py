"""One page of the ledger in words. The number of queries does not depend on how long the history is."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils import timezone

from kuramori import clock
from kuramori.ledger import words
from kuramori.ledger.models import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

PAGE = 50
FORGOTTEN: dict[str, Any] = {"actor": "", "object": {}, "detail": {}, "reason": ""}
"""What is left to say of an entry whose text was erased after its time."""
NANOSECONDS = re.compile(r"_ns$")


@dataclass(frozen=True, slots=True)
class Row:
    """One entry as people read it. `seq` is shown from 1."""

    seq: int
    at_ns: int
    who: str
    act: str
    outcome: str
    ended: str
    reason: str
    facts: list[tuple[str, str]]
    fine_print: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Page:
    rows: list[Row]
    next_before: int | None


def page(wanted: Mapping[str, Any]) -> Page:
    """The newest entries that fit `wanted` (act, outcome, actor, first_ns, end_ns, before), newest first."""
    found = Entry.objects.all()
    for key in ("act", "outcome", "actor"):
        if wanted.get(key):
            found = found.filter(**{key: wanted[key]})
    for key, lookup in (("first_ns", "at_ns__gte"), ("end_ns", "at_ns__lt"), ("before", "seq__lt")):
        if wanted.get(key) is not None:
            found = found.filter(**{lookup: wanted[key]})
    entries = list(found.order_by("-seq")[: PAGE + 1])
    more = len(entries) > PAGE
    entries = entries[:PAGE]
    return Page(_rows(entries), entries[-1].seq if more else None)


def _rows(entries: Iterable[Entry]) -> list[Row]:
    told = [(entry, json.loads(entry.text) if entry.text else FORGOTTEN) for entry in entries]
    names = words.names(words.ids(text for _entry, text in told))
    told_facts = [(*pair, _facts(pair[1]["object"] | pair[1]["detail"], names)) for pair in told]
    return [
        Row(
            seq=entry.seq + 1,
            at_ns=entry.at_ns,
            who=_who(entry.actor, names),
            act=words.of_act(entry.act),
            outcome=entry.outcome,
            ended=words.of_outcome(entry.outcome),
            reason=words.of_reason(text["reason"]),
            facts=[(label, value) for label, value, plain in facts if plain],
            fine_print=[(label, value) for label, value, plain in facts if not plain],
        )
        for entry, text, facts in told_facts
    ]


def _who(actor: str, names: Mapping[tuple[str, str], str]) -> str:
    kind, _, pk = actor.partition(":")
    if kind == "account":
        return names.get(("account", pk), actor)
    return words.of_actor(actor)


def _facts(said: dict[str, Any], names: Mapping[tuple[str, str], str]) -> list[tuple[str, str, bool]]:
    """Label, value, and whether people can read it: names, times and words, not numbers of the machine."""
    return [
        (words.of_detail(key), *_shown(key, value, names))
        for key, value in said.items()
        if value not in ("", None, [], {})
    ]


def _shown(key: str, value: Any, names: Mapping[tuple[str, str], str]) -> tuple[str, bool]:
    if isinstance(value, str) and value.startswith("account:"):
        key, value = "account", value.removeprefix("account:")
    if isinstance(value, str) and (key, value) in names:
        return names[key, value], True
    if NANOSECONDS.search(key) and str(value).isdecimal():
        return timezone.localtime(clock.utc(int(value))).strftime("%Y-%m-%d %H:%M:%S"), True
    if isinstance(value, str):
        worded = words.of_value(key, value)
        return worded, worded != value or not value.isascii()
    return json.dumps(value, ensure_ascii=False), False
