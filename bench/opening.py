"""Opening a segment, by part, in a small storehouse and in a full one; and remaking the index.

    python -m bench.opening part DIR CAMERA …      (called by itself, with a data directory)

The parts: its row in the index, the recorder's socket (whose journal entry is synced before it answers) with
the unwrapping, HPKE, and the places of its records in the file.
"""

from __future__ import annotations

import json
import math
import os
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench.recorder_side import RecorderSide
from bench.results import Result
from kuramori.vault.hour_wrap import unwrap_sealed_key, wrap_sealed_key
from kuramori.vault.key_store import KeyStore
from kuramori.vault.key_table import HourRow, KeyTable
from kuramori.vault.segment_header import FORMAT_VERSION, Flag, SegmentHeader
from kuramori.vault.segment_writer import SegmentWriter
from kuramori.vault.storehouse import (
    SealContext,
    StorehouseKey,
    new_storehouse_key,
    open_segment_key,
    seal_segment_key,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kuramori.footage.models import Segment

HOUR_NS = 3600 * 10**9
FRAGMENT_BYTES, FRAGMENTS = 30_000, 750
PER_HOUR = 12
ASKED = 40
DAY_S = 86_400
PARTS = ("index", "socket", "unwrap", "HPKE", "positions")


def run(folder: Path, quick: bool) -> list[Result]:
    """Both sizes, then the index."""
    big = (20, 31 * 24) if quick else (100, 31 * 24)
    small, full = (parts(folder / name, *size) for name, size in (("one", (1, 1)), ("full", big)))
    many = f"{big[0]} cameras × 31 days"
    rows = [Result(f"opening, {part}: {many}", full[part] * 1000, "ms") for part in PARTS]
    whole = [sum(one[part] for part in PARTS if part != "unwrap") for one in (small, full)]
    rows.append(Result(f"opening, whole: {many}", whole[1] * 1000, "ms"))
    rows.append(Result("opening × that with one hour of one camera", whole[1] / whole[0], "×", 1.3))
    return rows + rebuilding(folder, 20_000 if quick else 100_000)


def header(camera: str, start_ns: int, hour: str, wrapped: bytes, key: str, recorder: str) -> SegmentHeader:
    """Of a segment that begins then."""
    start_s = start_ns // HOUR_NS * 3600
    return SegmentHeader(
        recorder=recorder, camera=camera, segment=secrets.token_hex(16), run="1" * 32, hour=hour,
        hour_start_s=start_s, start_ns=start_ns, erase_at_ns=start_s * 10**9 + 31 * DAY_S * 10**9,
        provisional=False, purpose_version=1, policy_version=1, storehouse_key=key, codec="avc1.64001f",
        width=1920, height=1080, wrapped_key=wrapped,
    )  # fmt: skip


def five_minutes(
    folder: Path, side: RecorderSide | None = None, hour: HourRow | None = None
) -> tuple[Path, bytes, bytes]:
    """A closed segment of five minutes under `hour`; its file, its key, its sealed key."""
    owner = side.key if side else new_storehouse_key()
    camera, recorder = (side.cameras[0], side.recorder) if side else ("c" * 32, "d" * 32)
    start_ns = (hour.hour_start_s if hour else 1_795_424_400) * 10**9
    key = os.urandom(32)
    path, sealed = _write(folder, owner, camera, recorder, start_ns, hour, key, FRAGMENTS)
    return path, key, sealed


def _write(
    folder: Path, owner: StorehouseKey, camera: str, recorder: str, start_ns: int, hour: HourRow | None,
    key: bytes, fragments: int,
) -> tuple[Path, bytes]:  # fmt: skip
    said = header(camera, start_ns, hour.hour if hour else "e" * 32, bytes(108), owner.id, recorder)
    context = SealContext(FORMAT_VERSION, recorder, camera, said.segment, start_ns, owner.id)
    sealed = seal_segment_key(owner.public, key, context)
    if hour is not None:
        object.__setattr__(said, "wrapped_key", wrap_sealed_key(hour.secret, said.segment, sealed))
    path = folder / f"{start_ns}-{said.segment}.kura"
    path.parent.mkdir(parents=True, exist_ok=True)
    writer = SegmentWriter(path, said, bytearray(key))
    payload = os.urandom(FRAGMENT_BYTES if fragments > 1 else 100)
    for number in range(fragments + 1):
        flags = (Flag.KEY if number % 5 == 1 else Flag(0)) if number else Flag.INIT
        media = max(number - 1, 0) * 36_000
        writer.append(
            payload, wall_ns=start_ns + media * 100_000 // 9, media_90k=media,
            duration_90k=36_000 if number else 0, flags=flags,
        )  # fmt: skip
    writer.close()
    return path, sealed


def parts(data: Path, cameras: int, hours: int) -> dict[str, float]:
    """Median seconds of each part, with a real recorder over a table and an index of that size."""
    side = RecorderSide(data, ["rtsp://127.0.0.1:9/none"])
    side.settings["cameras"][0]["retention"] = {"months": 1}
    side.write_settings()
    now_s = int(time.time()) // 3600 * 3600
    made, mine = KeyTable(), None
    for number in range(cameras * hours):
        camera = side.cameras[0] if number % cameras == 0 else f"{number % cameras:032x}"
        start_s, name = now_s - (number // cameras + 1) * 3600, secrets.token_hex(16)
        until_ns = (now_s + 30 * DAY_S) * 10**9
        row = HourRow(camera, start_s, name, bytearray(os.urandom(32)), until_ns, False, "boot", 0)
        made.hours[name] = row
        mine = mine or row
    assert mine is not None
    store = KeyStore(data / "record", [data / "store/0/table-copy"])
    store.open()
    store.rotate(made)
    folder = data / "store/0" / side.cameras[0] / "x"
    path, _, sealed = five_minutes(folder, side, mine)
    side.start()
    try:
        return _asked(side, path, mine, sealed, cameras * hours * PER_HOUR)
    finally:
        side.stop()


def _asked(side: RecorderSide, path: Path, hour: HourRow, sealed: bytes, rows: int) -> dict[str, float]:
    words = [sys.executable, "-m", "bench.opening", "ask", str(side.data), str(path), str(rows)]
    said = json.loads(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    context = SealContext(**said["context"])
    wrapped = bytes.fromhex(said["wrapped"])
    timed = {"unwrap": lambda: unwrap_sealed_key(hour.secret, context.segment, wrapped)}
    timed["HPKE"] = lambda: bytes(open_segment_key(side.key.private, sealed, context))
    return said["took"] | {name: median(_times(job, ASKED)) for name, job in timed.items()}


def median(values: Iterable[float]) -> float:
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


def _times(job: object, count: int) -> list[float]:
    took = []
    for _ in range(count):
        began = time.perf_counter()
        job()  # type: ignore[operator]
        took.append(time.perf_counter() - began)
    return took


def rebuilding(folder: Path, count: int) -> list[Result]:
    """`check --rebuild` over so many files and over a tenth; against n log n, and a third for unevenness."""
    took = {}
    for number in (count // 10, count):
        words = [sys.executable, "-m", "bench.opening", "rebuild", str(folder / f"b{number}"), str(number)]
        took[number] = float(subprocess.run(words, check=True, capture_output=True, text=True).stdout)
    fair = 10 * math.log(count) / math.log(count // 10)
    return [
        Result(f"rebuilding the index over {count:,} files", took[count], "s"),
        Result("rebuilding × n log n from a tenth", took[count] / took[count // 10] / fair, "×", 1.33),
    ]


def _django(data: Path) -> None:
    os.environ.update(KURAMORI_DATA=str(data), DJANGO_SETTINGS_MODULE="kuramori.main.settings")
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)


def ask(data: Path, path: Path, count: int) -> None:
    """Fill the index with `count` rows, then open `path` again and again; prints JSON."""
    _django(data)
    from django.db import connection

    from kuramori.footage import recorder_socket
    from kuramori.footage.models import Segment
    from kuramori.vault.segment_reader import SegmentFile

    with SegmentFile.open(path) as file:
        head, end_ns = file.header, file.end_ns
    for first in range(0, count, 5000):
        Segment.objects.bulk_create(
            _row(head, number, path) for number in range(first, min(first + 5000, count))
        )
    connection.cursor().execute("ANALYZE")

    def index() -> object:
        inside = Segment.objects.touching(head.camera, head.start_ns, end_ns)
        return list(inside.alive(time.time_ns()))[0]

    def socket() -> object:
        return recorder_socket.sealed_key(
            grant="9" * 32, camera=head.camera, segment=head.segment, hour=head.hour, wrapped=head.wrapped_key
        )

    until = time.monotonic() + 60
    while not (data / "record/record.sock").exists() and time.monotonic() < until:
        time.sleep(0.1)
    took = {"index": median(_times(index, ASKED)), "socket": median(_times(socket, ASKED))}
    took["positions"] = median(_times(lambda: SegmentFile.open(path).close(), ASKED))
    context = {
        "format_version": FORMAT_VERSION, "recorder": head.recorder, "camera": head.camera,
        "segment": head.segment, "start_ns": head.start_ns, "storehouse_key": head.storehouse_key,
    }  # fmt: skip
    print(json.dumps({"took": took, "context": context, "wrapped": head.wrapped_key.hex()}))


def _row(head: SegmentHeader, number: int, path: Path) -> Segment:
    """The first row is the segment itself; the rest is what else a full index holds."""
    from kuramori.footage.models import Segment

    start_ns = head.start_ns - number // 100 * 300 * 10**9
    return Segment(
        id=head.segment if number == 0 else f"{number:032x}",
        camera=head.camera if number % 100 == 0 else f"{number % 100:032x}",
        path=str(path), start_ns=start_ns, end_ns=start_ns + 300 * 10**9,
        hour=head.hour if number == 0 else f"{number // 12:032x}", hour_start_s=start_ns // HOUR_NS * 3600,
        erase_at_ns=head.erase_at_ns, run="1" * 32, purpose_version=1, policy_version=1,
        storehouse_key=head.storehouse_key, codec="avc1", width=1920, height=1080, sha256="f" * 64,
        records=752, size_bytes=1, state="closed",
    )  # fmt: skip


def rebuild(data: Path, count: int) -> None:
    """Make so many small files, then remake the index; prints the seconds of that."""
    from kuramori.main import instance

    made, owner = instance.prepare(data), new_storehouse_key()
    for number in range(count):
        camera, start_ns = f"{number % 100 + 1:032x}", (1_795_424_400 + number // 100 * 300) * 10**9
        folder = data / "store/0" / camera / f"{number // 1200}"
        _write(folder, owner, camera, made.recorder_id, start_ns, None, bytes(32), 1)
    _django(data)
    from kuramori.footage.rebuild import rebuild as remake

    began = time.perf_counter()
    done = remake()
    took = time.perf_counter() - began
    if done.segments != count or done.unreadable:
        raise SystemExit(f"{done.segments} of {count} segments, {len(done.unreadable)} unreadable")
    print(took)


if __name__ == "__main__":
    if sys.argv[1] == "ask":
        ask(Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
    else:
        rebuild(Path(sys.argv[2]), int(sys.argv[3]))
