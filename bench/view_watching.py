"""Watching cameras' views: how many faults are found, how many false alarms come, what a look costs.

`python -m bench.view_watching [--footage FOLDER]`. Drawn streets, and pictures of the films in the folder if
there are any, under drawn conditions. Each is encoded anew as a key frame, looked at by the real worker and
judged as the recorder does: three odd looks in a row are an alarm.
"""

from __future__ import annotations

import argparse
import os
import resource
from pathlib import Path
from typing import TYPE_CHECKING

import av
from tests.pictures import scenes

from bench.results import Result, told
from kuramori.pictures.views import Views
from kuramori.recorder.view_judging import IN_A_ROW, ViewJudge
from kuramori.recorder.view_watch import EVERY_S

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PIL import Image

    from kuramori.pictures.view_sketch import Sketch

DAY_S = 86_400
NOWHERE = Path("/nonexistent")
SAME: dict[str, Callable[[Image.Image], bytes]] = {
    "as it is": scenes.key_frame,
    "dusk": lambda picture: scenes.key_frame(scenes.lit(picture, 0.5)),
    "night": lambda picture: scenes.key_frame(scenes.noisy(scenes.lit(picture, 0.35))),
    "glare": lambda picture: scenes.key_frame(scenes.lit(picture, 1.4)),
    "rain": lambda picture: scenes.key_frame(scenes.rain(picture)),
    "strong compression": lambda picture: scenes.key_frame(picture, crf=45),
}
FAULTS: dict[str, Callable[[Image.Image], Image.Image]] = {
    "turned by 5 %": lambda picture: scenes.shifted(picture, 0.05),
    "turned by 10 %": lambda picture: scenes.shifted(picture, 0.1),
    "turned by 25 %": lambda picture: scenes.shifted(picture, 0.25, 0.05),
    "zoomed 1.15": lambda picture: scenes.zoomed(picture, 1.15),
    "zoomed 1.5": lambda picture: scenes.zoomed(picture, 1.5),
    "covered": scenes.half_covered,
    "sprayed": lambda picture: scenes.plain(90),
    "defocused": lambda picture: scenes.blurred(picture, 12),
    "dark": lambda picture: scenes.noisy(scenes.plain(3)),
    "blank": lambda picture: scenes.plain(128),
}


def run(quick: bool, folder: Path = NOWHERE) -> list[Result]:
    """Every fault and every condition on every place."""
    views = Views()
    try:
        places = [[scenes.street(people, seed=people) for people in range(12)]]
        places += [_pictures(film) for film in sorted(folder.glob("*.*"))]
        return _measured(views, [place[: 6 if quick else None] for place in places])
    finally:
        views.close()


def main() -> None:
    """Print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--footage", type=Path, default=NOWHERE)
    told(run(False, parser.parse_args().footage))


def _pictures(film: Path, most: int = 48) -> list[Image.Image]:
    with av.open(str(film)) as source:
        frames = [frame.to_image() for number, frame in enumerate(source.decode(video=0)) if number % 12 == 0]
    return [one.convert("RGB").resize((scenes.WIDE, scenes.HIGH)) for one in frames[:most]]


def _measured(views: Views, places: Sequence[Sequence[Image.Image]]) -> list[Result]:
    found, tried, alarms, looks = dict.fromkeys(FAULTS, 0), 0, 0, 0
    for place in places:
        reference = views.look(scenes.key_frame(place[0]), []).sketch
        for condition in SAME.values():
            alarms += _alarms(views, reference, [condition(picture) for picture in place])
            looks += len(place)
        for start in range(0, len(place) - IN_A_ROW + 1, IN_A_ROW):
            tried += 1
            for name, fault in FAULTS.items():
                pictures = [scenes.key_frame(fault(one)) for one in place[start : start + IN_A_ROW]]
                found[name] += _alarms(views, reference, pictures) > 0
    days = looks * EVERY_S / DAY_S
    rows = [Result(f"view watching: {name}, found", count / tried, "share") for name, count in found.items()]
    return [
        *rows,
        Result(f"view watching: false alarms in {days:.2f} camera-days", alarms, "alarms"),
        _cost(views, places[-1], "as it was", lambda picture: picture),
        _cost(views, places[-1], "turned", FAULTS["turned by 10 %"]),
    ]


def _alarms(views: Views, reference: Sketch, pictures: Sequence[bytes]) -> int:
    judge = ViewJudge()
    return sum(
        judge.take(views.look(picture, [reference]), [reference]) and judge.fault is not None
        for picture in pictures
    )


def _cost(
    views: Views, place: Sequence[Image.Image], name: str, seen: Callable[[Image.Image], Image.Image]
) -> Result:
    """Processor time of worker and asker for a look, as a share of a core."""
    reference = views.look(scenes.key_frame(place[0]), []).sketch
    pictures = [scenes.key_frame(seen(picture)) for picture in place[:12]]
    before = _spent_s(views)
    for picture in pictures:
        views.look(picture, [reference])
    each_s = (_spent_s(views) - before) / len(pictures)
    return Result(f"view watching: processor per camera, view {name}", 100 * each_s / EVERY_S, "%", 1.0)


def _spent_s(views: Views) -> float:
    """Of this process, of the worker and of the children it has waited for."""
    own = resource.getrusage(resource.RUSAGE_SELF)
    worker = views.worker_pid
    fields = Path(f"/proc/{worker}/stat").read_text().rsplit(")", 1)[1].split() if worker else []
    ticks = sum(int(field) for field in fields[11:15])
    return own.ru_utime + own.ru_stime + ticks / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
