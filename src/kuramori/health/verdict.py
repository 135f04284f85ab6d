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


@dataclass(frozen=True, slots=True)
class CameraFact:
    """What is known of one camera: the recorder's state word and since when (wall nanoseconds)."""

    number: int
    name: str
    state: str
    since_ns: int


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything the judgement stands on. `stores` maps a store to ok, reserve or failed."""

    recorder_answers: bool
    cameras: Sequence[CameraFact] = ()
    clock: str = "trusted"  # trusted, provisional, sealed
    stores: dict[str, str] = field(default_factory=dict)
    findings: Sequence[str] = ()  # codes of findings that stand


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is not as it should be: how bad, which, about what."""

    light: Light
    code: str
    subject: str = ""


def troubles(facts: Facts) -> list[Trouble]:
    """What is wrong, worst first; empty when all is well."""
    found: list[Trouble] = []
    if not facts.recorder_answers:
        found.append(Trouble("red", "recorder-silent"))
    for camera in facts.cameras:
        if camera.state != "recording":
            light: Light = "yellow" if camera.state in WAITING else "red"
            found.append(Trouble(light, f"camera-{camera.state}", f"{camera.number} {camera.name}"))
    if facts.recorder_answers and not facts.cameras:
        found.append(Trouble("yellow", "no-camera"))
    found += [
        Trouble("red" if state == "failed" else "yellow", f"disk-{state}", store)
        for store, state in sorted(facts.stores.items())
        if state != "ok"
    ]
    if facts.clock != "trusted":
        found.append(Trouble("red" if facts.clock == "sealed" else "yellow", f"clock-{facts.clock}"))
    found += [Trouble("yellow", "finding", code) for code in sorted(set(facts.findings))]
    return sorted(found, key=lambda trouble: -_ORDER[trouble.light])


def light(found: Sequence[Trouble]) -> Light:
    """The colour of the whole: that of the worst."""
    return max((trouble.light for trouble in found), key=_ORDER.__getitem__, default="green")
