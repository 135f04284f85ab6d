"""What a timeline and a calendar show beside coverage: alarms, and what is kept for a case."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from kuramori.retention import holds
from kuramori.retention.hold_models import Hold

if TYPE_CHECKING:
    from collections.abc import Iterable

_NS_PER_MS = 1_000_000
HOLD, ALARM = "hold", "alarm"


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing to know about a stretch or (`end_ns` None) an instant of a camera, wall nanoseconds."""

    kind: str
    at_ns: int
    end_ns: int | None
    words: str

    def as_json(self) -> dict[str, object]:
        """Milliseconds, as the page counts."""
        said: dict[str, object] = {"kind": self.kind, "at": self.at_ns // _NS_PER_MS, "words": self.words}
        return said if self.end_ns is None else said | {"until": self.end_ns // _NS_PER_MS}


Source = Callable[[str, int, int], "Iterable[Mark]"]
"""Camera, from, until: the marks of a room that this one may not import."""

_sources: list[Source] = []


def register(source: Source) -> None:
    """Add what another room knows (alarms); from an AppConfig.ready()."""
    _sources.append(source)


def of_camera(camera: str, start_ns: int, end_ns: int) -> list[Mark]:
    """All marks of one camera that touch the stretch, by time."""
    found = [*_held(camera, start_ns, end_ns)]
    for source in _sources:
        found += source(camera, start_ns, end_ns)
    return sorted(found, key=lambda mark: mark.at_ns)


def _held(camera: str, start_ns: int, end_ns: int) -> Iterable[Mark]:
    rows = Hold.objects.filter(camera=camera, start_ns__lt=end_ns, end_ns__gt=start_ns).exclude(order="")
    states = holds.states(rows)
    for hold in rows:
        if states[hold.pk] == "held":
            yield Mark(HOLD, hold.start_ns, hold.end_ns, _("kept for a case"))
