"""What the erasure demonstration shows before and after: read from the real table, file and ledger."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from kuramori import clock
from kuramori.access import key_opening
from kuramori.errors import KeyGone
from kuramori.footage import intake
from kuramori.footage.models import Segment
from kuramori.main.demo_erase_words import row, verdict
from kuramori.playback.parts import MEDIA_HZ
from kuramori.retention.certify import certify
from kuramori.retention.models import Certificate
from kuramori.vault.segment_reader import SegmentFile
from kuramori.vault.storehouse import SealContext, open_segment_key

if TYPE_CHECKING:
    from kuramori.recorder.process import Recorder


@dataclass(frozen=True, slots=True)
class OneHour:
    """The hour that is watched, and one segment in it. `path` is relative to the data directory."""

    camera: str
    hour: str
    segment: str
    path: Path
    erase_at_ns: int

    @property
    def dies(self) -> str:
        return clock.iso(self.erase_at_ns)


def one_hour(data: Path) -> OneHour:
    """The newest segment with footage in it, from the index."""
    intake.take_in()
    for segment in Segment.objects.order_by("-start_ns"):
        with SegmentFile.open(data / segment.path) as file:
            if file.key_frames():
                return OneHour(
                    segment.camera, segment.hour, segment.id, Path(segment.path), segment.erase_at_ns
                )
    raise LookupError("nothing was recorded")


def recorded_s(data: Path) -> float:
    """How many seconds of footage the longest segment in the index holds."""
    intake.take_in()
    longest_90k = 0
    for segment in Segment.objects.all():
        with SegmentFile.open(data / segment.path) as file:
            longest_90k = max(longest_90k, sum(record.duration_90k for record in file.records))
    return longest_90k / MEDIA_HZ


def secret_of(recorder: Recorder, hour: OneHour) -> bytes:
    """The hour's secret itself, held here only to look for it afterwards."""
    row_ = recorder.parts.keeper.hour_for(hour.camera, clock.now_ns())
    assert row_ is not None
    assert row_.hour == hour.hour
    return bytes(row_.secret)


def show_alive(recorder: Recorder, data: Path, hour: OneHour, passphrase: str) -> bool:
    """The secret is in the table and the passphrase opens the file."""
    row("鍵の表", "key table", f"{recorder.parts.keeper.status()['hours']} hours, epoch "
        f"{recorder.parts.keeper.status()['epoch']}")  # fmt: skip
    with SegmentFile.open(data / hour.path) as file:
        sealed = recorder.parts.keeper.unwrap(hour.hour, hour.segment, file.header.wrapped_key)
        private = key_opening.with_digits(passphrase)
        key = open_segment_key(private.private, sealed, SealContext.of(file.header))
        first = file.read(0, key)
        opened = sum(1 for _ in file.read_span(0, len(file.records) - 1, key))
        private.wipe()
    return verdict(
        first[4:8] == b"ftyp" and opened > 1,
        "鍵の表と合言葉がそろえば開きます",
        "With the table and the passphrase the file opens",
        f"{opened} records, MP4 ({first[4:8].decode()})",
    )


def show_dead(recorder: Recorder, data: Path, hour: OneHour) -> bool:
    """The secret is no longer in the table, the file is gone, the recorder gives nothing out."""
    try:
        recorder.parts.keeper.unwrap(hour.hour, hour.segment, b"")
        gone = False
    except KeyGone:
        gone = True
    status = recorder.parts.keeper.status()
    row(
        "鍵の表",
        "key table",
        f"{status['hours']} hours, epoch {status['epoch']}, {status['tombstones']} tombstones",
    )
    there = (data / hour.path).exists()
    return all(
        (
            verdict(recorder.parts.keeper.camera_of(hour.hour) is None and gone,
                    "その1時間の鍵は表にありません", "This hour's secret is not in the table"),
            verdict(not there, "ファイルはありません", "The file is gone"),
        )
    )  # fmt: skip


def show_certificate(hour: OneHour) -> bool:
    """The certificate that `work` makes from the recorder's journal."""
    intake.take_in()
    certify()
    certificate = Certificate.objects.filter(hour=hour.hour).first()
    if certificate is None:
        return verdict(False, "消去証明がありません", "There is no certificate")
    print(
        "\n".join(
            "     " + line
            for line in json.dumps(shown(certificate), indent=2, ensure_ascii=False).splitlines()
        )
    )
    return verdict(True, "消去証明が記録にあります", "The certificate is in the ledger")


def shown(certificate: Certificate) -> object:
    """The certificate's own JSON."""
    from kuramori.retention.document import parsed

    return parsed(certificate)
