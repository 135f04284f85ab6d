"""A small body with people, a camera and everything decided, as rows; and the recorder running beside it."""

from __future__ import annotations

import asyncio
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kuramori import clock
from kuramori.access import storehouse_keys
from kuramori.access.models import KeyHolder, KeyWrap, StorehouseKeyPair
from kuramori.cameras.models import Camera
from kuramori.footage import settings_file
from kuramori.footage.models import SealingKey
from kuramori.people.models import Account, Appointment
from kuramori.places.models import Body, Site
from kuramori.policy.models import Purpose, RetentionRule, Verdict
from kuramori.recorder.process import Recorder
from kuramori.recorder.store import hour_folder
from kuramori.recorder.time_witnesses import FixedWitnesses, Witness
from kuramori.vault.hour_wrap import wrap_sealed_key
from kuramori.vault.segment_header import SegmentHeader
from kuramori.vault.segment_writer import SegmentWriter
from kuramori.vault.storehouse import SealContext, seal_segment_key
from tests.people.dutiful import since

if TYPE_CHECKING:
    from collections.abc import Coroutine

SURE = (Witness("kernel", 0), Witness("rtc", 0))
TOLD = [
    "segment",
    "camera",
    "start_ns",
    "run",
    "hour",
    "hour_start_s",
    "erase_at_ns",
    "purpose_version",
    "policy_version",
    "storehouse_key",
    "codec",
    "width",
    "height",
    "provisional",
]
CLEAR = b"a clear picture that nobody may keep"


@dataclass
class World:
    """Rows of one body."""

    manager: Account
    operator: Account
    camera: Camera
    passphrase: str
    recovery: str


def person(name: str, *roles: str) -> Account:
    """An account with appointments in force."""
    account = Account.objects.create_user(name, full_name=name.title())
    now_ns = clock.now_ns()
    for role in roles:
        Appointment.objects.create(
            account=account,
            role=role,
            starts_ns=now_ns - 1,
            accepted_at_ns=now_ns - 1,
            ends_ns=now_ns + 396 * 24 * 3600 * clock.NS_PER_S,
        )
    since(account, now_ns - 1)
    return account


def camera(number: int, site: Site, by: Account, *, days: int = 14) -> Camera:
    """A camera with purpose, retention and a verdict that closes nothing."""
    made = Camera.objects.create(
        number=number, name="入口", site=site, url="rtsp://127.0.0.1:9/nothing", created_ns=clock.now_ns()
    )
    said = {"camera": made, "version": 1, "decided_by": by, "decided_at_ns": clock.now_ns()}
    Purpose.objects.create(text="防犯", code="crime", **said)
    RetentionRule.objects.create(days=days, **said)
    judge(made)
    return made


def judge(camera: Camera, gate: str = "", **more: Any) -> None:
    """What clause T3 says of the camera now."""
    Verdict.objects.update_or_create(
        subject_kind="camera",
        subject_id=camera.id,
        clause="T3",
        defaults={
            "kind": "guideline",
            "gate": gate,
            "holds": not gate,
            "code": "sign-missing" if gate else "",
            "judged_at_ns": clock.now_ns(),
            "from_ns": 0,
            "turns_at_ns": None,
            "turns_to_gate": "",
            **more,
        },
    )


def build(*, one_person: bool = False, days: int = 14) -> World:
    """The rows, the storehouse key and the settings file."""
    now_ns = clock.now_ns()
    Body.objects.create(
        name="商店街", address="鳥取", telephone="0857", one_person=one_person, created_ns=now_ns
    )
    site = Site.objects.create(name="入口", address="鳥取", created_ns=now_ns)
    manager, operator = person("manager", "manager"), person("operator", "operator")
    made = camera(1, site, manager, days=days)
    passphrase, recovery = storehouse_pair(manager)
    settings_file.write_now()
    return World(manager, operator, made, passphrase, recovery)


_made_before: dict[str, Any] = {}


def storehouse_pair(holder: Account) -> tuple[str, str]:
    """The storehouse's key pair. Wrapping takes long on purpose, so the rows of the first one serve again."""
    if not _made_before:
        _made_before["words"] = storehouse_keys.create_first_pair(holder)
        _made_before["sealing"] = SealingKey.objects.values().get()
        kept = KeyHolder.objects.values("kind", "public", "locked", "created_ns")
        _made_before["holders"] = [
            (one, KeyWrap.objects.get(holder__kind=one["kind"]).sealed) for one in kept
        ]
    else:
        now_ns = clock.now_ns()
        sealing = SealingKey.objects.create(**{**_made_before["sealing"], "since_ns": now_ns})
        pair = StorehouseKeyPair.objects.create(sealing_key=sealing, created_ns=now_ns)
        for one, sealed in _made_before["holders"]:
            made = KeyHolder.objects.create(account=holder if one["kind"] == "passphrase" else None, **one)
            KeyWrap.objects.create(pair=pair, holder=made, sealed=sealed, created_ns=now_ns)
    words: tuple[str, str] = _made_before["words"]
    return words


class RunningRecorder:
    """The real recorder in a thread of its own, on its real socket; its camera answers nobody."""

    def __init__(self, data: Path, clock: clock.Clock) -> None:
        self.data, self.clock = data, clock
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()
        self.recorder = self.do(self._made())
        self.do(self.recorder.start())

    async def _made(self) -> Recorder:
        return Recorder(self.data, self.clock, FixedWitnesses(*SURE))

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run a coroutine on the recorder's loop and wait for it."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(30)

    def tick(self) -> None:
        """What the recorder does each second."""
        self.do(self.recorder.look_around())

    def stop(self) -> None:
        """Stop the recorder and its thread. Stopping twice is one stop."""
        if self._loop.is_closed():
            return
        self.do(self.recorder.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def segment(self, camera: Camera, length_s: int = 60, *, close: bool = True) -> tuple[str, Path]:
        """A segment file as the recorder leaves it, journalled; returns its id and path."""
        wall_ns = self.clock.wall_ns()
        row = self.recorder.parts.keeper.hour_for(camera.id, wall_ns)
        assert row is not None, "no durable hour"
        segment, key = secrets.token_hex(16), bytearray(secrets.token_bytes(32))
        header = _header(self.recorder.parts.recorder, camera, row, segment, wall_ns, key)
        folder = self.data / "store/0" / camera.id / hour_folder(row.hour_start_s)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{wall_ns}-{segment}.kura"
        writer = SegmentWriter(path, header, key)
        writer.append(b"init", wall_ns=wall_ns, media_90k=0, duration_90k=0, flags=2)
        for second in range(length_s):
            at_ns = wall_ns + second * clock.NS_PER_S
            writer.append(CLEAR, wall_ns=at_ns, media_90k=second * 90_000, duration_90k=90_000, flags=1)
        self._journal(path, header, writer, close=close)
        return segment, path

    def _journal(self, path: Path, header: SegmentHeader, writer: SegmentWriter, *, close: bool) -> None:
        journal = self.recorder.parts.journal
        told = {name: getattr(header, name) for name in TOLD}
        journal.append("segment-open", path=path.relative_to(self.data).as_posix(), **told)
        if close:
            ended = writer.close()
            journal.append(
                "segment-closed",
                segment=header.segment,
                camera=header.camera,
                end_ns=ended.end_ns,
                records=ended.records,
                bytes=ended.size_bytes,
                sha256=ended.sha256,
                key_frames=60,
                lost_packets=0,
            )
        else:
            writer.abandon()
        journal.sync()


def _header(
    recorder: str, camera: Camera, row: Any, segment: str, wall_ns: int, key: bytearray
) -> SegmentHeader:
    sealing = SealingKey.objects.latest("since_ns")
    context = SealContext(1, recorder, camera.id, segment, wall_ns, sealing.key_id)
    sealed = seal_segment_key(bytes.fromhex(sealing.public), key, context)
    return SegmentHeader(
        recorder=recorder,
        camera=camera.id,
        segment=segment,
        run="1" * 32,
        hour=row.hour,
        hour_start_s=row.hour_start_s,
        start_ns=wall_ns,
        erase_at_ns=row.erase_at_ns,
        provisional=row.provisional,
        purpose_version=1,
        policy_version=1,
        storehouse_key=sealing.key_id,
        codec="avc1.64001f",
        width=640,
        height=360,
        wrapped_key=wrap_sealed_key(row.secret, segment, sealed),
    )
