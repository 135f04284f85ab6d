"""How the erasure demonstration looks on a terminal. No colour is needed to read it."""

from __future__ import annotations

import sys
from unicodedata import east_asian_width

from kuramori import clock

_NAME_COLUMNS = 34
_LINE = "─" * 78


def head() -> None:
    print(_LINE)
    print("蔵守 Kuramori  消去の実演 / how an hour dies")
    print("投げ捨ての場所で、本物の録画機を使い、時計だけを手で進めます。")
    print("A throw-away directory and the real recorder; only its clock is moved by hand.")
    print(_LINE)


def step(number: str, japanese: str, english: str) -> None:
    print(f"\n{number}  {japanese}\n   {english}")


def row(japanese: str, english: str, value: str) -> None:
    name = f"{japanese} / {english}"
    print(f"   {name}{' ' * max(1, _NAME_COLUMNS - columns(name))}{value}", flush=True)


def verdict(good: bool, japanese: str, english: str, value: str = "") -> bool:
    """One line with ○ where it is as promised and × where not; returns `good`."""
    print(f"   {'○' if good else '×'} {japanese}{' — ' + value if value else ''}\n     {english}", flush=True)
    return good


def passing(wall_ns: int | None) -> None:
    """The clock in hand, on one line that is written over; None ends the line."""
    if not sys.stdout.isatty():
        return
    print("\n" if wall_ns is None else f"\r   {clock.iso(wall_ns)[:16]}Z", end="", flush=True)


def columns(text: str) -> int:
    """How many terminal columns `text` takes."""
    return sum(2 if east_asian_width(letter) in "WFA" else 1 for letter in text)
