"""Does a camera still see what was approved? Judged from sketches alone, look by look.

One odd look says little: a lorry stops, a lamp goes on. Three in a row are a fault, three good ones its end.
Only what is `moved` stays until somebody approves the view anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kuramori.pictures.view_sketch import Sketch
    from kuramori.pictures.views import Compared, View

Fault = Literal["moved", "covered", "blank", "dark", "defocused", "frozen"]

IN_A_ROW = 3
FLAT_SPREAD, DARK_MEAN = 4, 24
MOVED_FROM, MOVED_GAIN = 6, 5
"""Moved: this much unlike, and so much less if it had been turned or zoomed (hundredths)."""
OTHER_VIEW = 26
ALIKE_PART = 9
"""One quarter of the picture is still like this: something stands before the lens."""
LEAST_COMPARED = 45
BLURRED = 0.55
LIGHTS = (45, 100)
"""Mean brightness between night and dusk, dusk and day: each has a reference of its own."""
SAME_VIEW = 18
REFERENCES_MOST = len(LIGHTS) + 1


class ViewJudge:
    """One camera under one approval."""

    def __init__(self, fault: Fault | None = None) -> None:
        """`fault` is what stood before a restart."""
        self.fault = fault
        self._digest = ""
        self._odd: list[Fault] = []
        self._good = 0

    def take(self, view: View, references: Sequence[Sketch]) -> bool:
        """The next look, compared with the references in their order; True when `fault` has changed."""
        seen = self.seen(view, references)
        self._digest = view.digest
        if seen is None:
            self._odd, self._good = [], self._good + 1
        else:
            self._odd, self._good = [*self._odd, seen][-IN_A_ROW:], 0
        if len(self._odd) == IN_A_ROW and self.fault != "moved":
            return self._stands("moved" if "moved" in self._odd else seen)
        if self._good >= IN_A_ROW and self.fault not in (None, "moved"):
            return self._stands(None)
        return False

    @property
    def seen_odd(self) -> bool:
        """The last look was not good."""
        return bool(self._odd)

    def seen(self, view: View, references: Sequence[Sketch]) -> Fault | None:
        """What this one look shows."""
        sketch = view.sketch
        if sketch.mean < DARK_MEAN and sketch.spread < 2 * FLAT_SPREAD:
            return "dark"
        if sketch.spread < FLAT_SPREAD:
            return "blank"
        if view.digest == self._digest:
            return "frozen"
        best = min(range(len(references)), key=lambda one: view.compared[one].unlike.whole, default=None)
        if best is None:
            return None
        return _against(sketch, view.compared[best], references[best])

    def _stands(self, fault: Fault | None) -> bool:
        changed = fault != self.fault
        self.fault = fault
        return changed


def _against(sketch: Sketch, compared: Compared, reference: Sketch) -> Fault | None:
    unlike = compared.unlike
    if unlike.compared < LEAST_COMPARED:
        return "covered"
    if unlike.whole >= MOVED_FROM and unlike.whole - compared.moved >= MOVED_GAIN:
        return "moved"
    if unlike.whole >= OTHER_VIEW:
        return "covered" if unlike.alike_part <= ALIKE_PART else "moved"
    if sketch.sharp * reference.spread < BLURRED * reference.sharp * sketch.spread:
        return "defocused"
    return None


def light_of(sketch: Sketch) -> int:
    """0 night, 1 dusk, 2 day."""
    return sum(sketch.mean >= at for at in LIGHTS)


def fit_to_add(view: View, references: Sequence[Sketch]) -> bool:
    """Whether this look may be a reference too: the same view, in a light that has none yet. Three at most,
    so that no camera is turned away little by little."""
    if not references:
        return view.sketch.spread >= FLAT_SPREAD and view.sketch.mean >= DARK_MEAN
    known = {light_of(one) for one in references}
    alike = any(
        one.unlike.whole <= SAME_VIEW and one.unlike.whole - one.moved < MOVED_GAIN for one in view.compared
    )
    return alike and len(references) < REFERENCES_MOST and light_of(view.sketch) not in known
