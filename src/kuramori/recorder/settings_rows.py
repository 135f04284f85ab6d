"""What the settings file holds, as values."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Literal
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from kuramori.cameras.hours import Hours
    from kuramori.pictures.mask_area import Outline

GateName = Literal["no-record", "sealed"]


@dataclass(frozen=True, slots=True)
class Gate:
    """A verdict that closes something from an instant on, until another (None: until cured)."""

    gate: GateName
    rule: str
    from_ns: int
    until_ns: int | None

    def applies(self, now_ns: int) -> bool:
        return self.from_ns <= now_ns and (self.until_ns is None or now_ns < self.until_ns)


@dataclass(frozen=True, slots=True)
class Retention:
    """How long footage lives: calendar days, or one calendar month. Exactly one of the two is set.

    A deviation adds how many months it allows, and until when it is in force.
    """

    days: int | None = None
    months: int | None = None
    longer_months: int | None = None
    longer_until_ns: int | None = None

    @property
    def rule(self) -> dict[str, int]:
        """The form that `vault.retention_date` takes."""
        rule = {"months": 1} if self.days is None else {"days": self.days}
        if self.longer_months is not None and self.longer_until_ns is not None:
            rule |= {"longer_months": self.longer_months, "longer_until_ns": self.longer_until_ns}
        return rule


@dataclass(frozen=True, slots=True)
class StorehouseSettings:
    """The public half that segment keys are sealed to."""

    key: str
    public: bytes


@dataclass(frozen=True, slots=True)
class StoreSettings:
    """A place for segments; `path` is relative to the data directory unless absolute."""

    id: str
    path: PurePosixPath
    reserve_bytes: int
    marked: bool = False
    """A disk of its own, known by the marker on it: without it nothing is written there."""
    draining: bool = False
    """Takes no new segment; what lies there stays until its day."""


@dataclass(frozen=True, slots=True)
class Mask:
    """What must not exist in any stored picture; `sha256` is that of the outlines (`pictures.mask_area`)."""

    version: int
    outlines: tuple[Outline, ...]
    sha256: str


@dataclass(frozen=True, slots=True)
class CameraSettings:
    id: str
    number: int
    name: str
    url: str
    priority: int
    purpose_version: int
    policy_version: int
    retention: Retention
    gates: tuple[Gate, ...]
    certificate: str = ""
    """Of an RTSPS camera, pinned at enrolment: SHA-256, 64 hex digits."""
    masked: bool = False
    """Parts of the picture must not exist in stored bits. Without a `mask` that says which, nothing is
    stored."""
    mask: Mask | None = None
    hours: Hours = ()
    """When it may be recorded; none: always."""
    range_version: int = 0
    """Which approval of its view counts; 0: the view is not watched."""

    def gate_now(self, name: GateName, now_ns: int) -> Gate | None:
        """The first gate of that name that is closed at `now_ns` (wall time), or None."""
        return next((gate for gate in self.gates if gate.gate == name and gate.applies(now_ns)), None)


@dataclass(frozen=True, slots=True)
class RecorderSettings:
    serial: int
    made_at_ns: int
    recorder: str
    timezone: str
    storehouse: StorehouseSettings | None
    stores: tuple[StoreSettings, ...]
    cameras: tuple[CameraSettings, ...]
    loopback_only: bool

    @property
    def zone(self) -> ZoneInfo:
        """Where the cameras are; the library keeps each zone that was asked for."""
        return ZoneInfo(self.timezone)

    def camera(self, camera: str) -> CameraSettings | None:
        return next((row for row in self.cameras if row.id == camera), None)

    def recordable(self, camera: str, now_ns: int) -> bool:
        """May this camera be recorded at `now_ns`? Needs a storehouse key, a mask where there must be one,
        and no closed gate."""
        row = self.camera(camera)
        if row is None or (row.masked and row.mask is None) or self.storehouse is None:
            return False
        return row.gate_now("no-record", now_ns) is None

    def viewable(self, camera: str, now_ns: int) -> bool:
        """May live pictures and keys of this camera be given out at `now_ns`?"""
        row = self.camera(camera)
        return row is not None and all(row.gate_now(name, now_ns) is None for name in ("no-record", "sealed"))
