"""The worker that looks at many key frames of one look."""

from __future__ import annotations

import io

import av
import pytest
from PIL import Image, ImageDraw

from kuramori.errors import BadInput
from kuramori.pictures.key_pictures import KeyPictures
from kuramori.pictures.key_pictures_shape import PART_SIDE


def film(grey: int, square: bool = False, codec: str = "libx264") -> tuple[bytes, bytes]:
    """Init segment and key frame of one picture: flat grey, perhaps with a white square lower right."""
    picture = Image.new("RGB", (320, 180), (grey, grey, grey))
    if square:
        ImageDraw.Draw(picture).rectangle((220, 110, 300, 170), fill="white")
    out = io.BytesIO()
    with av.open(
        out, "w", format="mp4", options={"movflags": "frag_keyframe+empty_moov+default_base_moof"}
    ) as made:
        # one picture: nothing to put into another order, and no threads of the encoder
        plain = {"x265-params": "bframes=0:pools=none:frame-threads=1"} if codec == "libx265" else {}
        stream = made.add_stream(codec, rate=5, options=plain)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for packet in [*stream.encode(av.VideoFrame.from_image(picture)), *stream.encode(None)]:
            made.mux(packet)
    whole = out.getvalue()
    begin = whole.index(b"moof") - 4
    size_at = whole.index(b"mdat", begin) - 4
    size = int.from_bytes(whole[size_at : size_at + 4], "big")
    return whole[:begin], whole[size_at + 8 : size_at + size]


@pytest.fixture
def worker() -> KeyPictures:
    with KeyPictures() as worker:
        yield worker


@pytest.mark.parametrize("codec", ["libx264", "libx265"])
def test_a_small_picture_of_each_key_frame_and_only_of_it(worker: KeyPictures, codec: str) -> None:
    for grey in (40, 200):
        jpeg = worker.small(*film(grey, codec=codec), 160)
        picture = Image.open(io.BytesIO(jpeg))
        assert picture.size == (160, 90)
        assert abs(picture.convert("L").getpixel((80, 45)) - grey) < 12


def test_a_part_differs_where_something_has_come_and_nowhere_else(worker: KeyPictures) -> None:
    before, after = film(90), film(90, square=True)
    for box, same in (([6000, 5500, 10000, 10000], False), ([0, 0, 5000, 5000], True)):
        one, other = worker.part(*before, box), worker.part(*after, box)
        assert len(one) == PART_SIDE**2
        assert (max(abs(a - b) for a, b in zip(one, other, strict=True)) < 10) is same


@pytest.mark.parametrize("box", [[0, 0, 1], "x", [0, 0, None, 1], [9, 9, 10**30, 10**30]])
def test_a_box_that_is_none_is_refused_or_cut(worker: KeyPictures, box: object) -> None:
    try:
        assert len(worker.part(*film(90), box)) == PART_SIDE**2  # type: ignore[arg-type]
    except BadInput as wrong:
        assert wrong.code in ("worker-answer", "picture-unreadable")


def test_nonsense_is_an_answer_and_the_next_key_frame_is_seen(worker: KeyPictures) -> None:
    init, unit = film(90)
    for nonsense in (b"", b"\0" * 5000, unit[:30], unit[:-20] + b"\xff" * 20):
        try:
            worker.small(init, nonsense, 160)
        except BadInput as wrong:
            assert wrong.code == "picture-unreadable"
    for other in (b"", b"\0" * 5000, init[:300]):
        with pytest.raises(BadInput, match="picture-unreadable"):
            worker.small(other, unit, 160)
    assert worker.small(init, unit, 160)


def test_a_worker_that_is_gone_says_so_and_does_not_hang(worker: KeyPictures) -> None:
    worker._worker.kill()
    with pytest.raises(BadInput, match="picture-unreadable"):
        worker.small(*film(90), 160)
