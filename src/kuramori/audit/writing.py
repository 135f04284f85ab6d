"""Puts files into a bundle: each is hashed on its way in. Tables are lines of JSON, and a page to read."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils import timezone

from kuramori import clock
from kuramori.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kuramori.audit.period import Period
    from kuramori.audit.table import Row, Table

MOST_BYTES = 600_000_000
"""A bundle waits in memory for whoever takes it: more than this nobody should ask for at once."""
SHOWN_ROWS = 1000


class Writing:
    """A bundle while it is made. `sums` are the SHA-256 of what is in it, by name."""

    def __init__(self) -> None:
        self._out = io.BytesIO()
        self.archive = zipfile.ZipFile(self._out, "w", zipfile.ZIP_DEFLATED)
        self.sums: dict[str, str] = {}
        self._dated = clock.utc(clock.now_ns()).timetuple()[:6]

    def add(self, name: str, parts: bytes | str | Iterable[str]) -> None:
        """One file. Raises BadInput `bundle-too-large`."""
        digest = hashlib.sha256()
        entry = zipfile.ZipInfo(name, self._dated)
        entry.compress_type = zipfile.ZIP_DEFLATED
        with self.archive.open(entry, "w", force_zip64=True) as out:
            for part in [parts] if isinstance(parts, bytes | str) else parts:
                data = part.encode() if isinstance(part, str) else part
                digest.update(data)
                out.write(data)
                if self._out.tell() > MOST_BYTES:
                    raise BadInput("bundle-too-large")
        self.sums[name] = digest.hexdigest()

    def done(self) -> bytes:
        """The ZIP."""
        self.archive.close()
        return self._out.getvalue()


def table(writing: Writing, one: Table, period: Period) -> int:
    """Both files of a table; returns how many rows it has."""
    shown: list[Row] = []
    count = 0

    def lines() -> Iterable[str]:
        nonlocal count
        head = {"table": one.name, "title": one.title, "clause": one.clause}
        yield _line(head | {"columns": {key_of(key): label for key, label in one.columns.items()}})
        for row in one.rows(period):
            count += 1
            shown.append(row)
            del shown[:-SHOWN_ROWS]
            yield _line({key_of(key): value_of(key, row.get(key)) for key in one.columns})

    writing.add(f"tables/{one.name}.jsonl", lines())
    keys = [key for key in one.columns if key not in one.hidden and "(内部)" not in one.columns[key]]
    context = {
        "table": one,
        "labels": [one.columns[key] for key in keys],
        "rows": [[words_of(one, key, row.get(key)) for key in keys] for row in shown],
        "left_out": count - len(shown),
        "home": "../index.html",
    }
    writing.add(f"tables/{one.name}.html", render_to_string("audit/bundle_table.html", context))
    return count


def key_of(key: str) -> str:
    """How a column is called in the data: instants lose their unit, for they are written out."""
    return key.removesuffix("_ns")


def value_of(key: str, value: Any) -> Any:
    """A value as the data has it: instants in UTC to the millisecond, days as ISO 8601."""
    if value is None or isinstance(value, bool | str | list | dict):
        return value
    if key.endswith("_ns"):
        return clock.iso(int(value))
    if isinstance(value, datetime):
        return clock.iso(clock.ns_of(value))
    if isinstance(value, date):
        return value.isoformat()
    return float(value) if isinstance(value, Decimal) else value


def words_of(one: Table, key: str, value: Any) -> str:
    """The same for a reader: local time, words for codes."""
    if value is None or value == "" and key not in one.values:
        return "—"
    if key.endswith("_ns"):
        return f"{timezone.localtime(clock.utc(int(value))):%Y-%m-%d %H:%M:%S}"
    if isinstance(value, datetime):
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}"
    if isinstance(value, bool):
        return "はい" if value else "いいえ"
    if words := one.values.get(key):
        return words(value) if callable(words) else str(words.get(value, value) or "—")
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False) if value else "—"
    return str(value)


def _line(said: dict[str, Any]) -> str:
    return json.dumps(said, ensure_ascii=False) + "\n"
