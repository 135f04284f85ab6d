"""Redacted films: made of clips by a picture worker, held in memory for preview and packing, never on a disk.

Making one is exact: the same footage, boxes and seconds give the same bytes. So what is packed is made
again under the grant to pack, and must be the film that was checked.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from kuramori import clock
from kuramori.access import granting
from kuramori.errors import BadInput
from kuramori.evidence import clips, hashing, manifest, progressive, redaction_source, redactions
from kuramori.evidence.fragments import Fragment, Sample, annexb, parameter_sets, sample_description
from kuramori.pictures import redaction_film
from kuramori.pictures.redaction_boxes import checked
from kuramori.pictures.stream_frames import KEY
from kuramori.places import bodies
from kuramori.recorder.fmp4 import init_segment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kuramori.access.models import Grant
    from kuramori.evidence.clips import Clip
    from kuramori.evidence.models import Redaction
    from kuramori.people.models import Account
    from kuramori.pictures.redaction_film import Pictures
    from kuramori.pictures.stream_frames import Message

MOST_BYTES = 256 * 1024 * 1024
"""Of one part's films together: they wait in memory."""
MOST_HELD = 4
LAST_TICKS = 6_000
HOURS_HELD = 2


@dataclass(slots=True)
class Film:
    """One clip's redacted film."""

    name: str
    clip: Clip
    data: bytes
    init: bytes
    made: Pictures
    taken: int
    # Of each picture: wall time, place and length in `data`, whether it stands alone.
    places: list[tuple[int, int, int, bool]] = field(default_factory=list)

    @property
    def sha256(self) -> str:
        return str(hashing.of(self.data)["sha256"])

    def said(self, row: Redaction) -> dict[str, Any]:
        """As it stands in the manifest: what it is, and out of what it was made."""
        here, made = bodies.timezone(), self.made
        return {
            "file": self.name,
            **hashing.of(self.data),
            "from": manifest.moment(self.places[0][0], here),
            "to": manifest.moment(self.places[-1][0], here),
            "pictures": len(self.places),
            "covered_pictures": made.covered,
            "undecodable_pictures": self.taken - made.decoded,
            "width": made.width,
            "height": made.height,
            "redaction": {
                "method": row.method,
                "boxes": len(row.boxes),
                "boxes_sha256": row.boxes_sha256,
                "set_by": row.made_by.full_name,
                "checked_by": row.checked_by.full_name if row.checked_by else "",
                "checked_at": clock.iso(row.checked_ns or 0),
                "checked_by_maker": row.self_checked,
            },
            "encoder": made.encoder,
            "made_from": manifest.source_said(self.clip),
        }

    def up_to(self, at_ns: int) -> tuple[bytes, int]:
        """The coded pictures (Annex B) from the key frame before `at_ns` to the one shown then; and its
        time."""
        before = [number for number, place in enumerate(self.places) if place[0] <= at_ns] or [0]
        first = max(number for number in range(before[-1] + 1) if self.places[number][3])
        taken = self.places[first : before[-1] + 1]
        parts = [annexb(self.data[at : at + size]) for _wall_ns, at, size, _key in taken]
        return parameter_sets(self.init) + b"".join(parts), taken[-1][0]


@dataclass(slots=True)
class Held:
    """The films of one redaction as they wait, and who has fetched which of them to its end."""

    package: str
    films: list[Film]
    made_ns: int
    seen: dict[int, set[int]] = field(default_factory=dict)


_guard = threading.Lock()
_held: dict[int, Held] = {}
failed: dict[str, str] = {}


def of_clips(
    found: Iterable[Clip], account: Account, row: Redaction, tick: Callable[[int], None]
) -> list[Film]:
    """The films of clips surveyed under a grant to pack. Raises BadInput `redaction-failed`,
    `redaction-too-long`, `no-footage`; what reading raises."""
    boxes, made, size_bytes = checked(row.boxes), [], 0
    for clip in found:
        sets, counted = parameter_sets(clip.init), _Counted(redaction_source.units(clip, account), tick)
        codec = "hevc" if clip.header.codec.startswith(("hev1", "hvc1")) else "h264"
        wanted = redaction_film.Wanted(codec, sets, boxes, row.method, row.start_ns, row.end_ns)
        pictures = redaction_film.made(wanted, counted, MOST_BYTES - size_bytes)
        if not pictures.units:
            continue  # the clip ends before the first chosen picture
        name = f"2-redacted/{clip.name}.mp4"
        film = _film(name, clip, pictures, counted.count)
        size_bytes += len(film.data)
        made.append(film)
    if not made:
        raise BadInput("no-footage")
    return made


def begin(manager: Account, row: Redaction) -> Grant:
    """Leave to read what the films are made of. Raises `Refusal`, `BadInput`."""
    part = row.part
    return granting.grant_packing(manager, part.approval, row.start_ns, row.end_ns, package=part.package_id)


def make(manager: Account, row: Redaction, grant: Grant, tick: Callable[[int], None]) -> None:
    """Make the films of `row` for preview and check. The grant ends with it, whatever happens."""
    try:
        found, _missing = clips.survey(grant, manager, "preview", tick)
        films = of_clips(found, manager, row, tick)
    finally:
        granting.end(grant)
    redactions.films_made(row, [film.sha256 for film in films])
    with _guard:
        for old in [pk for pk, held in _held.items() if _is_old(held)] + list(_held)[: -MOST_HELD + 1]:
            _held.pop(old, None)
        _held[row.pk] = Held(row.part.package_id, films, clock.now_ns())


def held(row: Redaction) -> list[Film]:
    """The films of `row` that wait in this process, if they are the ones that were written down."""
    with _guard:
        found = _held.get(row.pk)
        if found is None or _is_old(found) or [film.sha256 for film in found.films] != row.films:
            return []
        return found.films


def fetched(row: Redaction, account_id: int, index: int) -> None:
    """The last byte of the film with this index went to that person."""
    with _guard:
        if row.pk in _held:
            _held[row.pk].seen.setdefault(account_id, set()).add(index)


def seen(row: Redaction, account_id: int) -> list[str]:
    """The hashes of all films of `row`, if that person has fetched each to its end; else nothing."""
    films = held(row)
    with _guard:
        fetched_ones = _held[row.pk].seen.get(account_id, set()) if films else set()
    return [film.sha256 for film in films] if fetched_ones == set(range(len(films))) else []


def forget(package: str) -> None:
    """Nothing of this package's films stays."""
    with _guard:
        for pk in [pk for pk, one in _held.items() if one.package == package]:
            del _held[pk]
    failed.pop(package, None)


def _is_old(one: Held) -> bool:
    return clock.now_ns() - one.made_ns > HOURS_HELD * 3600 * clock.NS_PER_S


class _Counted:
    """Hands units on, tells their bytes, counts them."""

    def __init__(self, units: Iterable[Message], tick: Callable[[int], None]) -> None:
        self._units, self._tick, self.count = units, tick, 0

    def __iter__(self) -> Any:
        for unit in self._units:
            self.count += 1
            self._tick(len(unit.data))
            yield unit


def _film(name: str, clip: Clip, pictures: Pictures, taken: int) -> Film:
    init = init_segment(pictures.sps, pictures.pps, pictures.width, pictures.height)
    table, units = progressive.Table(), pictures.units
    lasts = [later.pts_90k - earlier.pts_90k for earlier, later in zip(units, units[1:], strict=False)]
    lasts.append(lasts[-1] if lasts else LAST_TICKS)
    samples = [
        Sample(len(unit.data), last, bool(unit.flags & KEY)) for unit, last in zip(units, lasts, strict=True)
    ]
    joined = b"".join(unit.data for unit in units)
    table.add(Fragment(0, samples, memoryview(joined)))
    head = progressive.head(table, sample_description(init), pictures.width, pictures.height)
    film, at = Film(name, clip, head + joined, init, pictures, taken), len(head)
    for unit in units:
        film.places.append((unit.wall_ns, at, len(unit.data), bool(unit.flags & KEY)))
        at += len(unit.data)
    pictures.units = []
    return film
