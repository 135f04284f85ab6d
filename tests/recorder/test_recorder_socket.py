"""The running recorder, in this process, asked over its socket: real cameras, real key table, clock by
hand."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kuramori.clock import NS_PER_S, SystemClock
from kuramori.errors import AlreadyRunning
from kuramori.recorder.footage_files import header_of
from kuramori.recorder.journal_reader import read_after
from kuramori.recorder.orders import sign_order
from kuramori.recorder.process import Recorder
from kuramori.recorder.time_witnesses import FixedWitnesses
from kuramori.vault.segment_reader import SegmentFile
from kuramori.vault.storehouse import SealContext, StorehouseKey, new_storehouse_key, open_segment_key
from tests.recorder.keeper_rig import RECORDER, SURE, camera_id, settings
from tests.recorder.socket_caller import ask, line_to
from tests.rig.cameras import GstCamera
from tests.rig.fixtures import CAMERA_PASSWORD, CAMERA_USER

GRANT = "9" * 32
SECRET = "Kohaku-carp-5512"


class Box:
    """A data directory and the recorder that runs in it."""

    def __init__(self, data: Path, storehouse: StorehouseKey) -> None:
        self.data = data
        self.storehouse = storehouse
        self.socket = data / "record/record.sock"
        self.recorder: Recorder

    def use(self, url: str, **more: Any) -> None:
        document = settings(storehouse=self.storehouse, url=url, **more)
        (self.data / "record/settings.json").write_text(json.dumps(document))

    async def ask(self, op: str, **fields: Any) -> Any:
        return await ask(self.socket, op, **fields)

    async def until(self, state: str) -> dict[str, Any]:
        """Wait for the camera to come into a state."""
        async with asyncio.timeout(20):
            while True:
                camera = (await self.ask("status"))["cameras"].get(camera_id(1), {})
                if camera.get("state") == state:
                    return dict(camera)
                await asyncio.sleep(0.05)

    async def footage(self) -> Path:
        """A segment file with a picture in it."""
        async with asyncio.timeout(20):
            while True:
                for path in self.data.glob("store/0/*/*/*.kura"):
                    with SegmentFile(path) as file:
                        if len(file.records) > 2:
                            return path
                await asyncio.sleep(0.05)

    def entries(self, kind: str) -> list[dict[str, Any]]:
        return [entry for entry, _ in read_after(self.data / "record/journal") if entry["kind"] == kind]

    def everything_on_disk(self) -> bytes:
        return b"".join(path.read_bytes() for path in sorted(self.data.rglob("*")) if path.is_file())


@asynccontextmanager
async def running(tmp_path: Path, url: str, **more: Any) -> AsyncIterator[Box]:
    record = tmp_path / "record"
    record.mkdir(exist_ok=True)
    identity = {"recorder_id": RECORDER, "created_ns": 0, "demo": False}
    (tmp_path / "instance.json").write_text(json.dumps(identity))
    box = Box(tmp_path, new_storehouse_key())
    box.use(url, **more)
    box.recorder = Recorder(tmp_path, SystemClock(), FixedWitnesses(*SURE))
    await box.recorder.start()
    task = asyncio.create_task(box.recorder.run())
    try:
        yield box
    finally:
        box.recorder.ask_to_stop()
        await task
        async with asyncio.timeout(2):
            await box.recorder.stop()


def _shut(**gate: Any) -> list[dict[str, Any]]:
    return [{"rule": "T4a", "from_ns": 0, "until_ns": None, **gate}]


async def test_a_released_key_is_in_the_journal_before_it_leaves_and_opens_the_footage(
    tmp_path: Path, gst_camera: GstCamera
) -> None:
    async with running(tmp_path, gst_camera.url("cam")) as box:
        path = await box.footage()
        header = header_of(path)
        assert header is not None
        fields = {"camera": header.camera, "segment": header.segment, "hour": header.hour}
        answer = await box.ask("sealed-key", grant=GRANT, wrapped=header.wrapped_key.hex(), **fields)
        (told,) = box.entries("key-released")
        assert (told["grant"], told["segment"], told["camera"]) == (GRANT, header.segment, header.camera)
        sealed = bytes.fromhex(answer["sealed"])
        context = SealContext(
            1, RECORDER, header.camera, header.segment, header.start_ns, header.storehouse_key
        )
        key = open_segment_key(box.storehouse.private, sealed, context)
        with SegmentFile(path) as file:
            assert b"moof" in file.read(1, key)
        others = {**fields, "camera": camera_id(2)}
        refused = await box.ask("sealed-key", grant=GRANT, wrapped=header.wrapped_key.hex(), **others)
        assert refused == {"error": "key-gone"}
        assert len(box.entries("key-released")) == 1
        box.use(gst_camera.url("cam"), gates=_shut(gate="sealed"))
        await box.ask("wake")
        shut = await box.ask("sealed-key", grant=GRANT, wrapped=header.wrapped_key.hex(), **fields)
        assert shut == {"error": "gate"}
        assert len(box.entries("key-released")) == 1
        assert (await box.until("recording"))["segment"]


async def test_live_begins_with_the_journal_and_ends_with_the_gate(
    tmp_path: Path, gst_camera: GstCamera
) -> None:
    async with running(tmp_path, gst_camera.url("cam")) as box:
        await box.until("recording")
        async with line_to(box.socket) as line:
            ask_live = {"op": "live", "grant": GRANT, "camera": camera_id(1), "viewing": "日常確認"}
            line.send(json.dumps(ask_live).encode())
            head = await line.frame()
            assert (head["width"], head["height"]) == (640, 360)
            assert len(box.entries("live-start")) == 1
            init = await line.frame()
            assert b"moov" in init and b"mdat" not in init
            for _ in range(20):
                assert (await line.frame())[4:8] == b"moof"
            assert (await box.ask("status"))["cameras"][camera_id(1)]["viewers"] == 1
            box.use(gst_camera.url("cam"), gates=_shut(gate="sealed"))
            await box.ask("wake")
            async with asyncio.timeout(5):
                while isinstance(frame := await line.frame(), bytes):
                    pass
            assert frame == {"error": "gate"}
        assert await box.ask("live", grant=GRANT, camera=camera_id(1), viewing="x") == {"error": "gate"}
        await asyncio.sleep(0.1)
        box.recorder.parts.journal.sync()
        assert len(box.entries("live-stop")) == 1


async def test_leaving_ends_a_look(tmp_path: Path, gst_camera: GstCamera) -> None:
    async with running(tmp_path, gst_camera.url("cam")) as box:
        await box.until("recording")
        async with line_to(box.socket) as line:
            ask_live = {"op": "live", "grant": GRANT, "camera": camera_id(1), "viewing": "x"}
            line.send(json.dumps(ask_live).encode())
            for _ in range(5):
                await line.frame()
        async with asyncio.timeout(5):
            while (await box.ask("status"))["cameras"][camera_id(1)]["viewers"]:  # noqa: ASYNC110 - no event here
                await asyncio.sleep(0.05)
        box.recorder.parts.journal.sync()
        assert len(box.entries("live-stop")) == 1


async def test_a_try_shows_one_picture_and_leaves_nothing_behind(
    tmp_path: Path, gst_camera: GstCamera
) -> None:
    async with running(tmp_path, "rtsp://127.0.0.1:9/none") as box, line_to(box.socket) as line:
        request = {"op": "probe", "url": gst_camera.url("cam"), "user": "", "password": ""}
        line.send(json.dumps(request).encode())
        head, picture = await line.frame(), await line.frame()
        assert (head["width"], head["height"], round(head["fps"])) == (640, 360, 15)
        assert head["codec"].startswith("avc1.")
        assert picture.startswith(b"\0\0\0\1\x67") and len(picture) > 1000
        kept = box.everything_on_disk()
        assert not list(tmp_path.rglob("*.kura"))
        assert picture[200:232] not in kept


async def test_credentials_are_kept_in_the_key_table_only_and_used(
    tmp_path: Path, locked_gst_camera: GstCamera
) -> None:
    async with running(tmp_path, locked_gst_camera.url("cam")) as box:
        await box.until("refused")
        given = {"camera": camera_id(1), "user": CAMERA_USER, "password": CAMERA_PASSWORD}
        assert await box.ask("put-credentials", **given) == {"ok": True}
        await box.until("recording")
        assert CAMERA_PASSWORD.encode() not in box.everything_on_disk()
        assert CAMERA_PASSWORD not in json.dumps(await box.ask("status"))


@pytest.mark.parametrize(
    ("content", "kind", "answer"),
    [
        (b"", 0, {"error": "request"}),
        (b"[]", 0, {"error": "request"}),
        (b'{"op":1}', 0, {"error": "request"}),
        (b'{"op":"open-everything"}', 0, {"error": "unknown-op"}),
        (b'{"op":"status"}', 1, {"error": "request"}),
        (b'{"op":"live","grant":"../..","camera":"x","viewing":""}', 0, {"error": "request"}),
        (
            b'{"op":"probe","url":"file:///etc/passwd","user":"","password":""}',
            0,
            {"error": "settings-address"},
        ),
        (b'{"op":"put-credentials","camera":"x"}', 0, {"error": "request"}),
        (b"x" * 70_000, 0, {"error": "request"}),
    ],
)
async def test_rubbish_is_answered_with_an_error_and_harms_nobody(
    tmp_path: Path, content: bytes, kind: int, answer: dict[str, str]
) -> None:
    async with running(tmp_path, "rtsp://127.0.0.1:9/none") as box:
        async with line_to(box.socket) as line:
            line.send(content, kind)
            assert await line.frame() == answer
        assert (await box.ask("status"))["serial"] == 1


async def test_erasing_the_running_hour_takes_what_there_is_and_recording_goes_on(
    tmp_path: Path, gst_camera: GstCamera
) -> None:
    key = Ed25519PrivateKey.generate()
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    (tmp_path / "record").mkdir()
    (tmp_path / "record/orders.pub").write_bytes(public)
    async with running(tmp_path, gst_camera.url("cam")) as box:
        first = await box.footage()
        before = header_of(first)
        assert before is not None
        now_s = before.start_ns // NS_PER_S
        fields = {"camera": camera_id(1), "from_s": now_s, "until_s": now_s + 1}
        name, order = sign_order(key, "erase", before.start_ns, **fields)
        (tmp_path / f"record/orders/{name}.json").write_bytes(order)
        await box.ask("wake")
        assert not first.exists()
        released = await box.ask(
            "sealed-key",
            grant=GRANT,
            camera=camera_id(1),
            segment=before.segment,
            hour=before.hour,
            wrapped=before.wrapped_key.hex(),
        )
        assert released == {"error": "key-gone"}
        after = header_of(await box.footage())
        assert after is not None and after.hour != before.hour
        assert after.start_ns - before.start_ns < 12 * NS_PER_S
        kinds = ("order-done", "rotation", "files-erased")
        assert [len(box.entries(kind)) for kind in kinds] == [1, 2, 1]
        assert box.entries("files-erased")[0]["segments"] == [before.segment]


async def test_the_socket_is_for_the_owner_only(tmp_path: Path) -> None:
    async with running(tmp_path, "rtsp://127.0.0.1:9/none") as box:
        assert box.socket.stat().st_mode & 0o777 == 0o600


async def test_a_second_recorder_on_the_same_directory_is_refused(tmp_path: Path) -> None:
    async with running(tmp_path, "rtsp://127.0.0.1:9/none") as box:
        with pytest.raises(AlreadyRunning):
            Recorder(box.data)
