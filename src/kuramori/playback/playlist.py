"""The HLS media playlist (RFC 8216) of a look: one entry a piece, each with its wall time."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuramori import clock
from kuramori.playback.parts import MEDIA_HZ, Part

if TYPE_CHECKING:
    from collections.abc import Sequence

_JITTER_90K = MEDIA_HZ // 10  # media time of the same run may be off by this much and still follow on


@dataclass(frozen=True, slots=True)
class Stretch:
    """The pieces of one segment file and the run (one connection to the camera) that wrote it."""

    segment: str
    run: str
    parts: list[Part]


def playlist(stretches: Sequence[Stretch]) -> str:
    """The text of `index.m3u8`; addresses are relative to it."""
    parts = [part for stretch in stretches for part in stretch.parts]
    longest = max((part.duration_90k for part in parts), default=MEDIA_HZ)
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{max(1, math.ceil(longest / MEDIA_HZ))}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
    ]
    before: tuple[str, Part] | None = None
    for stretch in stretches:
        for index, part in enumerate(stretch.parts):
            if before is not None and (part.seam or not _follows_on(before, stretch.run, part)):
                lines.append("#EXT-X-DISCONTINUITY")
            if index == 0:
                lines.append(f'#EXT-X-MAP:URI="{stretch.segment}/init.mp4"')
            lines += [
                f"#EXT-X-PROGRAM-DATE-TIME:{clock.iso(part.start_ns)}",
                f"#EXTINF:{part.duration_90k / MEDIA_HZ:.5f},",
                f"{stretch.segment}/{part.first_seq}-{part.last_seq}.m4s",
            ]
            before = (stretch.run, part)
    lines.append("#EXT-X-ENDLIST")
    return "\n".join(lines) + "\n"


def _follows_on(before: tuple[str, Part], run: str, part: Part) -> bool:
    earlier_run, earlier = before
    expected = earlier.media_90k + earlier.duration_90k
    return earlier_run == run and abs(part.media_90k - expected) <= _JITTER_90K
