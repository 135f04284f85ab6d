"""Green, yellow or red: pure judgement of what is known about the machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

Light = Literal["green", "yellow", "red"]
_ORDER: dict[Light, int] = {"green": 0, "yellow": 1, "red": 2}

WAITING = frozenset({"starting", "waiting-gate", "masked"})
"""States in which a camera is not recorded though nothing is broken."""
AS_DECIDED = frozenset({"recording", "schedule"})
"""States in which a camera does what was approved; outside its hours that is: nothing."""
CLOCK_ERROR_MS = 2000
CLOCK_ALONE_S = 3600
# Findings that are more than something to look at: footage that should be dead, a record that was changed.
RED_FINDINGS = frozenset({"erasure-overdue", "ledger-broken", "mask-failed", "view-moved", "view-covered"})

# Findings with words of their own.
NAMED_FINDINGS = RED_FINDINGS | {"space-short", "erased-for-space"}


@dataclass(frozen=True, slots=True)
class CameraFact:
    """What is known of one camera: the recorder's state word and since when (wall nanoseconds)."""

    number: int
    name: str
    state: str
    since_ns: int
    # How far the camera's own clock is off, in milliseconds; None while nothing measures it.
    clock_error_ms: int | None = None
    # Its key frames cannot be decoded.
    unreadable: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the judgement stands on. `stores`: store → state (`recorder.storage.StoreFact`)."""

    recorder_answers: bool
    cameras: Sequence[CameraFact] = ()
    clock: str = "trusted"  # trusted, provisional, sealed
    clock_alone_s: int = 0  # for how long no time server has set the machine's clock
    stores: dict[str, str] = field(default_factory=dict)
    findings: Sequence[str] = ()  # codes of findings that stand
    erasing_fails: bool = False  # the key table could not be written anew
    work_alive: bool = True
    channel_works: bool = True  # an alarm would reach somebody
    channels_broken: Sequence[str] = ()  # kinds whose last try failed
    unacknowledged: int = 0  # alarms that are over and that no person has acknowledged


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is not as it should be: how bad, which, about what."""

    light: Light
    code: str
    subject: str = ""


def troubles(facts: Facts) -> list[Trouble]:
    """What is wrong, worst first; empty when all is well."""
    found = [*_of_processes(facts), *_of_cameras(facts), *_of_machine(facts), *_of_channels(facts)]
    found += [
        Trouble("red" if code in RED_FINDINGS else "yellow", code)
        if code in NAMED_FINDINGS
        else Trouble("yellow", "finding", code)
        for code in sorted(set(facts.findings))
    ]
    return sorted(found, key=lambda trouble: -_ORDER[trouble.light])


def _of_processes(facts: Facts) -> list[Trouble]:
    found = [] if facts.recorder_answers else [Trouble("red", "recorder-silent")]
    return found if facts.work_alive else [*found, Trouble("red", "work-silent")]


def _of_cameras(facts: Facts) -> list[Trouble]:
    found: list[Trouble] = []
    for camera in facts.cameras:
        subject = f"{camera.number} {camera.name}"
        if camera.state not in AS_DECIDED:
            light: Light = "yellow" if camera.state in WAITING else "red"
            found.append(Trouble(light, f"camera-{camera.state}", subject))
        if camera.clock_error_ms is not None and abs(camera.clock_error_ms) > CLOCK_ERROR_MS:
            found.append(Trouble("yellow", "camera-clock", subject))
        if camera.unreadable:
            found.append(Trouble("red", "camera-unreadable", subject))
    if facts.recorder_answers and not facts.cameras:
        found.append(Trouble("yellow", "no-camera"))
    return found


def _of_machine(facts: Facts) -> list[Trouble]:
    found = [
        Trouble("yellow" if state == "reserve" else "red", f"disk-{state}", store)
        for store, state in sorted(facts.stores.items())
        if state != "ok"
    ]
    if facts.clock != "trusted":
        found.append(Trouble("red" if facts.clock == "sealed" else "yellow", f"clock-{facts.clock}"))
    if facts.clock_alone_s > CLOCK_ALONE_S:
        found.append(Trouble("yellow", "clock-alone"))
    if facts.erasing_fails:
        found.append(Trouble("red", "erasing-fails"))
    return found


def _of_channels(facts: Facts) -> list[Trouble]:
    found = [Trouble("yellow", "channel-broken", kind) for kind in facts.channels_broken]
    if not facts.channel_works:
        found.append(Trouble("red", "no-alarm-channel"))
    if facts.unacknowledged:
        found.append(Trouble("yellow", "unacknowledged"))
    return found


def light(found: Sequence[Trouble]) -> Light:
    """The colour of the whole: that of the worst."""
    return max((trouble.light for trouble in found), key=_ORDER.__getitem__, default="green")
