"""The rig itself: a frame number can be read back from the pictures a camera serves."""

from __future__ import annotations

from pathlib import Path

import av

from tests.rig.clips import read_frame_number


def test_frame_numbers_can_be_read_from_the_picture(clip: Path) -> None:
    with av.open(str(clip)) as container:
        seen = []
        for frame in container.decode(video=0):
            luma = frame.planes[0]
            seen.append(read_frame_number(bytes(luma), luma.line_size))
    assert seen == list(range(120))
