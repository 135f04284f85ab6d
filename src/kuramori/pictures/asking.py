"""Asks a picture worker: starts it, hands it one job over pipes, and ends it whatever happens."""

from __future__ import annotations

import subprocess
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from kuramori.errors import BadInput
from kuramori.pictures import frames, starting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kuramori.pictures.mask_area import Outline

KEY_FRAME_SIDE_PX = 1280
STILL_SIDE_PX = 8192
PHOTO_SIDE_PX = 1600
APPROVED_SIDE_PX = 320
PHOTO_BYTES = 15 * 1024 * 1024
KEY_FRAME_BYTES = 8 * 1024 * 1024
TIMEOUT_S = 15.0

STILL_BYTES = 24 * 1024 * 1024

_JPEG_START = b"\xff\xd8\xff"


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG made by a worker. Held in memory; whoever stores one says why."""

    jpeg: bytes
    width: int
    height: int


def key_frame_picture(
    annexb: bytes, outlines: Sequence[Outline] = (), *, timeout_s: float = TIMEOUT_S
) -> Picture:
    """The picture in one key frame (Annex-B: SPS, PPS, IDR), painted over where `outlines` say. Raises
    BadInput (see `ask`)."""
    if len(annexb) > KEY_FRAME_BYTES:
        raise BadInput("picture-too-large")
    return ask("key-frame", annexb, KEY_FRAME_SIDE_PX, timeout_s, outlines)


def still_picture(annexb: bytes, mark: bytes, *, timeout_s: float = TIMEOUT_S) -> Picture:
    """The last picture of a stream that begins with a key frame (Annex B), at its full size, with the four
    bytes of `mark` in it invisibly. Raises BadInput (see `ask`)."""
    if len(annexb) > STILL_BYTES:
        raise BadInput("picture-too-large")
    return ask("still", annexb, STILL_SIDE_PX, timeout_s, mark=mark)


def mark_in(picture: bytes, *, timeout_s: float = TIMEOUT_S) -> tuple[bytes, float]:
    """The four bytes that an uploaded picture carries invisibly, and how clearly (0 to 1; chance is below
    0.3). Raises BadInput (see `ask`)."""
    header, _none = exchange("kuramori.pictures.worker", _job("mark", 8192, ()), picture, timeout_s)
    if "error" in header:
        raise BadInput(str(header["error"])[:48])
    try:
        return bytes.fromhex(str(header["mark"]))[:4], float(str(header["clear"]))
    except (KeyError, ValueError) as error:
        raise BadInput("worker-answer") from error


def photo_picture(upload: bytes, *, timeout_s: float = TIMEOUT_S) -> Picture:
    """An uploaded photograph made anew, at most 1600 px, without metadata. Raises BadInput (see `ask`)."""
    if len(upload) > PHOTO_BYTES:
        raise BadInput("picture-too-large")
    return ask("photo", upload, PHOTO_SIDE_PX, timeout_s)


def approved_picture(
    test_picture: bytes, outlines: Sequence[Outline] = (), *, timeout_s: float = TIMEOUT_S
) -> Picture:
    """A test picture (JPEG) as it is kept with an approval: at most 320 px, so that nobody who passes by can
    be recognised, painted over where `outlines` say. Raises BadInput (see `ask`)."""
    return ask("photo", test_picture, APPROVED_SIDE_PX, timeout_s, outlines)


def ask(
    kind: str,
    payload: bytes,
    most_side_px: int,
    timeout_s: float,
    outlines: Sequence[Outline] = (),
    mark: bytes = b"",
) -> Picture:
    """One job in one fresh process.

    Raises BadInput: `picture-unreadable` (also when the worker died over it), `picture-too-large`,
    `picture-timeout`, `worker-not-confined` (this machine cannot lock a worker in, so nothing is decoded).
    """
    header, jpeg = exchange(
        "kuramori.pictures.worker", _job(kind, most_side_px, outlines, mark), payload, timeout_s
    )
    return _checked(header, jpeg, most_side_px)


def exchange(
    module: str, job: dict[str, object], payload: bytes, timeout_s: float
) -> tuple[dict[str, object], bytes]:
    """Start `module` as a worker, hand it one job, and take its answer as it is. Raises BadInput as `ask`."""
    worker = subprocess.Popen(
        starting.command(module),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        **starting.surroundings(),
    )
    late = threading.Event()

    def give_up() -> None:
        late.set()
        worker.kill()

    timer = threading.Timer(timeout_s, give_up)
    timer.start()
    feeder = threading.Thread(target=_feed, args=(worker, frames.pack(job, payload)))
    feeder.start()
    try:
        assert worker.stdout is not None
        return frames.read(worker.stdout)
    except BadInput as error:
        raise BadInput("picture-timeout" if late.is_set() else "picture-unreadable") from error
    finally:
        timer.cancel()
        worker.kill()
        feeder.join()
        worker.wait()
        if worker.stdout is not None:
            worker.stdout.close()


def _job(kind: str, most_side_px: int, outlines: Sequence[Outline], mark: bytes = b"") -> dict[str, object]:
    job: dict[str, object] = {"kind": kind, "most_side_px": most_side_px, "mark": mark.hex()}
    return job | {"outlines": [[list(point) for point in one] for one in outlines]} if outlines else job


def _feed(worker: subprocess.Popen[bytes], message: bytes) -> None:
    assert worker.stdin is not None
    try:
        worker.stdin.write(message)
        worker.stdin.close()
    except OSError:
        return  # the worker died or was ended; the reader of its answer says so


def _checked(header: dict[str, object], jpeg: bytes, most_side_px: int) -> Picture:
    """The answer of a process that may be a stranger's by now: believed only so far."""
    if "error" in header:
        raise BadInput(str(header["error"])[:48])
    width, height = header.get("width"), header.get("height")
    if not (isinstance(width, int) and isinstance(height, int) and jpeg.startswith(_JPEG_START)):
        raise BadInput("picture-unreadable")
    if not (0 < width <= most_side_px and 0 < height <= most_side_px):
        raise BadInput("picture-unreadable")
    return Picture(jpeg, width, height)
