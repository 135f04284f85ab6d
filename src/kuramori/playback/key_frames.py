"""From where an interval really shows: the key frame before its start. From clear headers alone."""

from __future__ import annotations

from kuramori.errors import Damaged
from kuramori.footage import datadir
from kuramori.footage.models import Segment
from kuramori.playback.parts import records_within
from kuramori.vault.segment_reader import SegmentFile


def shown_from_ns(camera: str, start_ns: int, end_ns: int, now_ns: int) -> int | None:
    """Wall time of the first picture that a look at this interval decodes; None without footage."""
    for row in Segment.objects.touching(camera, start_ns, end_ns).alive(now_ns):
        try:
            file = SegmentFile.open(datadir.data() / row.path)
        except (FileNotFoundError, Damaged):
            continue
        with file:
            allowed = records_within(file.records, start_ns, end_ns)
        if allowed:
            return allowed[0].wall_ns
    return None
