"""Makes the sketch of one key frame and compares it with those approved. Runs only in a confined process."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageFilter, ImageStat

from kuramori.pictures import jobs
from kuramori.pictures.view_sketch import HIGH, PAIRS, WIDE, Sketch, unlike

if TYPE_CHECKING:
    from collections.abc import Sequence

SIDE_PX = 320
SURE_BY = 6
SHIFTS_X, SHIFTS_Y = range(-20, 21, 2), range(-12, 13, 2)
ZOOMS = (0.7, 0.87, 0.94, 1.0, 1.07, 1.15, 1.4)
RIM_X, RIM_Y = 40, 24
"""Around the picture on the canvas: no turn and zoom reaches beyond."""
CANVAS_WIDE, CANVAS_HIGH = WIDE + 2 * RIM_X, HIGH + 2 * RIM_Y
OUTSIDE = 0
LEAST_COMPARED = 40
LEAST_PAIRS = 40
CLOSER_FROM = 6
"""Below this much unlike (hundredths) nothing has moved: trying all turns is most of a look's cost."""


def look(annexb: bytes, references: Sequence[Sketch]) -> dict[str, Any]:
    """{"sketch", "digest" of the very picture, "unlike": for each reference [whole, alike_part, compared,
    moved]}; `moved` is what would remain unlike if the camera had been turned or zoomed, in hundredths.
    Raises BadInput."""
    picture = jobs.key_frame(annexb, SIDE_PX).convert("L")
    small = _small(picture)
    drawn = _sketch(picture, small)
    told = []
    for reference in references:
        apart = unlike(drawn, reference)
        closer = apart.whole >= CLOSER_FROM and apart.compared >= LEAST_COMPARED
        moved = min(apart.whole, _moved(small, reference)) if closer else apart.whole
        told.append([apart.whole, apart.alike_part, apart.compared, moved])
    return {"sketch": drawn.told(), "digest": hashlib.sha256(picture.tobytes()).hexdigest(), "unlike": told}


def _small(picture: Image.Image) -> Image.Image:
    """Each place is the mean of its surroundings: noise, rain and blocks of the encoder are evened out."""
    return picture.resize((WIDE, HIGH), Image.Resampling.BOX).filter(ImageFilter.BoxBlur(1))


def _sketch(picture: Image.Image, small: Image.Image) -> Sketch:
    bits, sure = _answers(small)
    edges = picture.filter(ImageFilter.BoxBlur(1)).filter(ImageFilter.Kernel((3, 3), _EDGES, 1, 0))
    edges = edges.crop((2, 2, edges.width - 2, edges.height - 2))  # the filter leaves the rim as it was
    spread = ImageStat.Stat(small)
    return Sketch(
        bits, sure, int(spread.mean[0]), int(spread.stddev[0]), int(100 * ImageStat.Stat(edges).mean[0])
    )


_EDGES = (0, -1, 0, -1, 4, -1, 0, -1, 0)


def _answers(small: Image.Image) -> tuple[int, int]:
    """(bits, sure) of the pairs of places."""
    light = small.tobytes()
    bits = sure = 0
    for number, (x, y, other_x, other_y) in enumerate(PAIRS):
        more = light[y * WIDE + x] - light[other_y * WIDE + other_x]
        bits |= (more > 0) << number
        sure |= (abs(more) >= SURE_BY) << number
    return bits, sure


def _moved(small: Image.Image, reference: Sketch) -> int:
    """The least that remains unlike over all turns and zooms, in hundredths."""
    canvas = Image.new("L", (CANVAS_WIDE, CANVAS_HIGH), OUTSIDE)
    canvas.paste(small.point(lambda light: max(light, OUTSIDE + 1)), (RIM_X, RIM_Y))
    light = canvas.tobytes()
    asked = [number for number in range(len(PAIRS)) if reference.sure >> number & 1]
    brighter = [bool(reference.bits >> number & 1) for number in asked]
    least_pairs = max(LEAST_PAIRS, len(asked) * LEAST_COMPARED // 100)
    least = 100
    for places in PLACES:
        trios = [(*places[number], bit) for number, bit in zip(asked, brighter, strict=True)]
        for down in SHIFTS_Y:
            for across in SHIFTS_X:
                wrong, both = _wrong(light, trios, down * CANVAS_WIDE + across)
                if both >= least_pairs:
                    least = min(least, round(100 * wrong / both))
    return least


def _wrong(light: bytes, trios: list[tuple[int, int, bool]], moved_by: int) -> tuple[int, int]:
    """How many answers differ, of how many that are sure; pairs outside the picture are not asked."""
    wrong = both = 0
    for one, other, brighter in trios:
        here, there = light[one + moved_by], light[other + moved_by]
        if here and there:
            more = here - there
            if more >= SURE_BY:
                both += 1
                wrong += not brighter
            elif more <= -SURE_BY:
                both += 1
                wrong += brighter
    return wrong, both


def _places(zoom: float) -> tuple[tuple[int, int], ...]:
    """Each pair's places on the canvas, zoomed about the middle of the picture."""

    def at(x: int, y: int) -> int:
        across, down = WIDE / 2 + (x - WIDE / 2) * zoom, HIGH / 2 + (y - HIGH / 2) * zoom
        return (RIM_Y + round(down)) * CANVAS_WIDE + RIM_X + round(across)

    return tuple((at(*pair[:2]), at(*pair[2:])) for pair in PAIRS)


PLACES = tuple(_places(zoom) for zoom in ZOOMS)
