"""A recorder's key keeper on a throw-away directory under a clock moved by hand; no mocks, no cameras."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kuramori.clock import HOUR_S, NS_PER_S, ManualClock, hour_start_s
from kuramori.errors import CannotErase
from kuramori.recorder import settings_file
from kuramori.recorder.erasure_guard import ErasureGuard
from kuramori.recorder.footage_files import header_of
from kuramori.recorder.journal import Journal
from kuramori.recorder.journal_reader import read_after, verify
from kuramori.recorder.key_keeper import KeyKeeper
from kuramori.recorder.order_desk import OrderDesk
from kuramori.recorder.orders import sign_order
from kuramori.recorder.store import hour_folder
from kuramori.recorder.time_witnesses import FixedWitnesses, Witness
from kuramori.vault.hour_wrap import wrap_sealed_key
from kuramori.vault.key_files import KeyFiles
from kuramori.vault.key_store import KeyStore
from kuramori.vault.segment_header import Flag, SegmentHeader
from kuramori.vault.segment_writer import SegmentWriter
from kuramori.vault.storehouse import SealContext, StorehouseKey, new_storehouse_key, seal_segment_key

RECORDER = "0" * 32
SURE = (Witness("kernel", 0), Witness("rtc", 0))


def camera_id(number: int) -> str:
    return f"{number:032x}"


def settings(cameras: int = 1, storehouse: StorehouseKey | None = None, **more: Any) -> dict[str, Any]:
    """A settings document; `more` replaces fields of every camera."""
    return {
        "format": 1,
        "serial": 1,
        "made_at_ns": 0,
        "recorder": RECORDER,
        "timezone": "Asia/Tokyo",
        "storehouse": {"key": storehouse.id, "public": storehouse.public.hex()} if storehouse else None,
        "stores": [{"id": "0", "path": "store/0", "reserve_bytes": 0}],
        "cameras": [
            {
                "id": camera_id(number),
                "number": number,
                "name": "入口",
                "url": "rtsp://127.0.0.1:8554/cam",
                "priority": 1,
                "purpose_version": 1,
                "policy_version": 1,
                "retention": {"days": 14},
                "gates": [],
                **more,
            }
            for number in range(1, cameras + 1)
        ],
        "loopback_only": False,
    }


@dataclass
class Written:
    """A segment file as a worker would have left it, and what opens it."""

    segment: str
    path: Path
    hour: str
    wrapped: bytes
    sealed: bytes


@dataclass
class KeeperRig:
    """`boot()` is a start of the recorder; boot again for a restart. What is on disk stays."""

    data: Path
    clock: ManualClock
    witnesses: FixedWitnesses = field(default_factory=lambda: FixedWitnesses(*SURE))
    files: KeyFiles | None = None
    storehouse: StorehouseKey = field(default_factory=new_storehouse_key)
    orders_key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)

    def __post_init__(self) -> None:
        self.record = self.data / "record"
        self.record.mkdir(parents=True, exist_ok=True)
        public = self.orders_key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        (self.record / "orders.pub").write_bytes(public)
        self.use(settings(storehouse=self.storehouse))

    def use(self, document: dict[str, Any]) -> None:
        (self.record / "settings.json").write_text(json.dumps(document))
        if hasattr(self, "keeper"):
            self.keeper.settings = self.loaded()

    def loaded(self) -> settings_file.RecorderSettings | None:
        return settings_file.load(self.record / "settings.json", self.record / "last-good.json")[0]

    async def boot(self) -> KeyKeeper:
        self.journal = Journal(self.record / "journal", self.clock)
        self.guard = ErasureGuard(self.record / "clock.json", self.clock, self.witnesses, self.journal)
        taken = self.record / "orders.taken"
        self.desk = OrderDesk(self.record / "orders", self.record / "orders.pub", taken, self.journal)
        self.keeper = KeyKeeper(self.store(), self.journal, self.guard, self.desk, [self.data / "store/0"])
        self.keeper.settings = self.loaded()
        self.keeper.open()
        await self.tick()
        return self.keeper

    def store(self) -> KeyStore:
        """The key store of one start."""
        return KeyStore(self.record, files=self.files)

    async def tick(self) -> str | None:
        """What the recorder does each second; returns why it rotated, if it did."""
        why = self.keeper.due(self.guard.tick())
        if why is not None:
            try:
                await self.keeper.rotate(why)
            except CannotErase:
                why = f"failed:{why}"
        return why

    async def run_s(self, seconds: float, step_s: float = HOUR_S) -> None:
        """Let time pass in steps, ticking after each."""
        while seconds > 0:
            self.clock.advance_s(min(step_s, seconds))
            seconds -= step_s
            await self.tick()

    def order(self, kind: str, key: Ed25519PrivateKey | None = None, **fields: Any) -> str:
        """File a signed order; returns its id."""
        name, data = sign_order(key or self.orders_key, kind, self.clock.wall_ns(), **fields)
        (self.record / "orders" / f"{name}.json").write_bytes(data)
        return name

    def record_segment(
        self,
        camera: int = 1,
        key: bytes = bytes(range(32)),
        payloads: Sequence[bytes] = (b"init", b"picture"),
    ) -> Written:
        """A closed segment under the present hour of the camera; the first payload is the init segment."""
        wall_ns = self.clock.wall_ns()
        row = self.keeper.hour_for(camera_id(camera), wall_ns)
        assert row is not None, "no durable hour"
        segment = secrets.token_hex(16)
        context = SealContext(1, RECORDER, camera_id(camera), segment, wall_ns, self.storehouse.id)
        sealed = seal_segment_key(self.storehouse.public, key, context)
        wrapped = wrap_sealed_key(row.secret, segment, sealed)
        header = SegmentHeader(
            recorder=RECORDER,
            camera=camera_id(camera),
            segment=segment,
            run="1" * 32,
            hour=row.hour,
            hour_start_s=row.hour_start_s,
            start_ns=wall_ns,
            erase_at_ns=row.erase_at_ns,
            provisional=row.provisional,
            purpose_version=1,
            policy_version=1,
            storehouse_key=self.storehouse.id,
            codec="avc1.64001f",
            width=640,
            height=360,
            wrapped_key=wrapped,
        )
        folder = self.data / "store/0" / camera_id(camera) / hour_folder(row.hour_start_s)
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{wall_ns}-{segment}.kura"
        writer = SegmentWriter(path, header, bytearray(key))
        for number, payload in enumerate(payloads):
            ticks, flags = (6000, Flag.KEY) if number else (0, Flag.INIT)
            writer.append(payload, wall_ns=wall_ns, media_90k=0, duration_90k=ticks, flags=flags)
        writer.close()
        written = header_of(path)
        assert written is not None
        return Written(segment, path, row.hour, wrapped, sealed)

    def opens(self, written: Written) -> bool:
        """Does the recorder still give this segment's sealed key?"""
        from kuramori.errors import KeyGone

        try:
            return self.keeper.unwrap(written.hour, written.segment, written.wrapped) == written.sealed
        except KeyGone:
            return False

    def entries(self, kind: str | None = None) -> list[dict[str, Any]]:
        """The journal as it is on disk, chain verified."""
        self.journal.sync()
        verify(self.record / "journal")
        found = [entry for entry, _ in read_after(self.record / "journal")]
        return [entry for entry in found if kind is None or entry["kind"] == kind]

    def erased(self) -> list[dict[str, Any]]:
        """Every erased hour as the journal tells it, oldest first."""
        return [row for entry in self.entries("rotation") for row in entry["erased"]]

    def this_hour_ns(self) -> int:
        return hour_start_s(self.clock.wall_ns()) * NS_PER_S
