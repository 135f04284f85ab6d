"""All alarms that there are, and what the guide says of each."""

from __future__ import annotations

from django.utils import translation

from kuramori.health import verdict, words
from kuramori.recorder import states

CAMERA_STATES = states.OF_THE_CAMERA | {
    *(states.STARTING, states.WAITING_GATE, states.MASKED, states.MASK_FAILED, states.MASK_WORKER),
    *(states.MASK_CHANGED, states.DISK_RESERVE, states.DISK_FULL, states.DISK_READ_ONLY, states.DISK_SLOW),
    *(states.DISK_GONE, states.DISK_FAILED, states.NO_HOUR_KEY),
}


def codes() -> list[str]:
    """Whatever `verdict.troubles` can tell of."""
    return sorted({*(f"camera-{state}" for state in CAMERA_STATES), *words.TROUBLES})


def rows(language: str = "ja") -> list[str]:
    """A line of the guide's table for each: code, what is, what helps."""
    told = []
    with translation.override(language):
        for code in codes():
            said = words.of(verdict.Trouble("red", code))
            told.append(f"| `{code}` | {said.name} | {said.cure} |")
    return told
