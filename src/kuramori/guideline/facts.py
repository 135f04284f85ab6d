"""What the clauses judge: plain values, read once from the rows of the rooms below.

All instants are nanoseconds since 1970 UTC.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Period:
    """From when to when an appointment is in force; `until_ns` None: no end is set."""

    from_ns: int
    until_ns: int | None = None


@dataclass(frozen=True, slots=True)
class BodyFacts:
    """The installing body and its people."""

    name: str = ""
    telephone: str = ""
    storehouse_key: bool = False
    managers: tuple[Period, ...] = ()
    operators: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class SignFacts:
    """One sign that hangs: when that was declared, and when it was photographed."""

    declared_ns: int
    photo_ns: int | None = None


@dataclass(frozen=True, slots=True)
class SiteFacts:
    """One site and the signs declared there and not taken down."""

    signs: tuple[SignFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class CameraFacts:
    """One camera and what was decided for it."""

    name: str = ""
    place: str = ""
    purpose: str = ""
    range_approved: bool = False
    masked: bool = False
    days: int | None = None
    months: int | None = None
    password_checked_ns: int | None = None
