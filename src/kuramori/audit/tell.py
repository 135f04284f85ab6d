#!/usr/bin/env python3
"""Tells what happened, from the record in an audit bundle. Stands alone: any Python from 3.9.

    python3 tell.py BUNDLE.zip               everything of the period, oldest first
    python3 tell.py BUNDLE.zip 2026-0001     one case, from the letter to the receipt
    python3 tell.py BUNDLE.zip --cases       which cases there are

BUNDLE may also be the folder of an opened bundle. Every line is one entry of the record, with its number;
`words.json` puts its codes into words. Whether the bundle is whole, `verify.py` says.
"""

from __future__ import annotations

import json
import sys
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from io import TextIOWrapper
from pathlib import Path
from typing import Any

Row = dict[str, Any]
LINKS = ("case", "package", "approval", "grant", "hold", "emergency")
"""What ties an entry to a case: its number, or something that belongs to the case alone."""


class Bundle:
    """The files of a bundle, from its ZIP or the folder of an opened one."""

    def __init__(self, source: zipfile.ZipFile | Path) -> None:
        self._source = source
        self.said: Row = json.loads(self._open("manifest.json").read())
        self.words: Row = json.loads(self._open("words.json").read())
        self._here = timezone(timedelta(minutes=self.said["utc_offset_minutes"]))

    def rows(self, table: str) -> Iterator[Row]:
        """The rows of a table."""
        lines = iter(self._open(f"tables/{table}.jsonl"))
        next(lines)
        yield from map(json.loads, lines)

    def entries(self) -> Iterator[Row]:
        """The entries of the record that lie in the period, oldest first."""
        lines = iter(self._open("record/ledger.jsonl"))
        next(lines)
        for line in lines:
            if "text" in (told := json.loads(line)):
                entry: Row = json.loads(told["text"])
                if self.said["begin"] <= entry["at"] < self.said["end"]:
                    yield entry

    def local(self, instant: str) -> str:
        """An instant as the clock on the wall showed it."""
        at = datetime.fromisoformat(instant.replace("Z", "+00:00"))
        return f"{at.astimezone(self._here):%Y-%m-%d %H:%M:%S}"

    def name(self, key: str, value: Any) -> str:
        """What people call a thing, or its number."""
        if key.endswith("_ns") and str(value).isdecimal():
            return f"{datetime.fromtimestamp(int(value) // 10**9, self._here):%Y-%m-%d %H:%M:%S}"
        if not isinstance(value, str):
            return json.dumps(value, ensure_ascii=False)
        if value.startswith("account:"):
            key, value = "account", value[len("account:") :]
        named = self.words["names"].get(key, {}).get(value)
        return str(named or self.words["values"].get(key, {}).get(value, value))

    def _open(self, name: str) -> Any:
        if isinstance(self._source, Path):
            return (self._source / name).open(encoding="utf-8")
        return TextIOWrapper(self._source.open(name), encoding="utf-8")


def line(bundle: Bundle, entry: Row) -> str:
    """One entry as people read it."""
    words, actor = bundle.words, str(entry["actor"])
    who = words["actors"].get(actor) or bundle.name("actor", actor)
    act = words["acts"].get(entry["act"], entry["act"])
    ended = (
        "" if entry["outcome"] == "done" else f"({words['outcomes'].get(entry['outcome'], entry['outcome'])})"
    )
    facts = [
        f"{words['details'].get(key, key)}: {bundle.name(key, value)}"
        for key, value in {**entry["object"], **entry["detail"]}.items()
        if value not in ("", None, [], {})
    ]
    if entry["reason"]:
        facts.append(f"理由: {words['reasons'].get(entry['reason'], entry['reason'])}")
    told = f"{bundle.local(entry['at'])}  #{entry['seq'] + 1}  {who}  {act}{ended}  {'、'.join(facts)}"
    return _one_line(told.rstrip())


def _one_line(text: str) -> str:
    """What somebody typed never ends the line, so that it cannot tell of an entry that is none."""
    return "".join(one if one.isprintable() or one == "\u3000" else repr(one)[1:-1] for one in text)


def of_case(bundle: Bundle, number: str) -> list[Row]:
    """The entries of a case, and of what was approved, permitted, held and packed for it alone."""
    known, entries = {("case", number)}, list(bundle.entries())
    while True:
        mine = [one for one in entries if known & _links(one)]
        found = {
            link for one in mine for link in _links(one) if link[0] != "case" and _other(one, number) is None
        }
        if found <= known:
            return mine
        known |= found


def _links(entry: Row) -> set[tuple[str, str]]:
    said = {**entry["detail"], **entry["object"]}
    return {(key, str(said[key])) for key in LINKS if said.get(key)}


def _other(entry: Row, number: str) -> str | None:
    """The other case that an entry names, if it does."""
    named = entry["object"].get("case")
    return str(named) if named and named != number else None


def cases(bundle: Bundle) -> list[str]:
    """One line for each case of the register."""
    basis = bundle.said["bases"]
    return [
        _one_line(
            "  ".join(
                (one["number"], bundle.local(one["received"]), basis.get(one["basis"], ""), one["summary"])
            )
        )
        for one in bundle.rows("cases")
    ]


def main(arguments: list[str]) -> int:
    """The command line. Ends with 2 where the bundle cannot be read, or there is nothing of that case."""
    if not 1 <= len(arguments) <= 2:
        print(__doc__)
        return 2
    path = Path(arguments[0])
    try:
        bundle = Bundle(path if path.is_dir() else zipfile.ZipFile(path))
        if arguments[1:] == ["--cases"]:
            print("\n".join(cases(bundle)))
            return 0
        told = of_case(bundle, arguments[1]) if len(arguments) == 2 else bundle.entries()
        count = 0
        for count, entry in enumerate(told, start=1):  # noqa: B007 - how many there were
            print(line(bundle, entry))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        print(f"読めません: {error!r}")
        return 2
    print(f"{count}件。手を加えられていないことは verify.py で確かめます。")
    return 0 if count else 2


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
