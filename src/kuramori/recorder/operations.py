"""What can be asked of the recorder over its socket."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

from kuramori.errors import BadInput, KeyGone, KuramoriError
from kuramori.recorder import store_watch
from kuramori.recorder.device_operations import DeviceOperations
from kuramori.recorder.hours_told import hours_told
from kuramori.recorder.probe import probe
from kuramori.recorder.settings_reading import STORE_ID, check_address
from kuramori.recorder.socket_frames import identity, text

if TYPE_CHECKING:
    from kuramori.recorder.process import Recorder
    from kuramori.recorder.socket_frames import FrameWriter
    from kuramori.recorder.socket_server import Operation

WRAPPED_MAX_CHARS = 1024


class Operations:
    """Bound to one running recorder; `table()` is what the socket server serves."""

    def __init__(self, recorder: Recorder) -> None:
        self._recorder = recorder

    def table(self) -> dict[str, Operation]:
        return {
            "status": self.status,
            "hours": self.hours,
            "wake": self.wake,
            "put-credentials": self.put_credentials,
            "probe": self.probe,
            "sealed-key": self.sealed_key,
            "live": self.live,
            "mark-disk": self.mark_disk,
            **DeviceOperations(self._recorder).table(),
        }

    async def status(self, request: dict[str, Any], answers: FrameWriter, _: asyncio.StreamReader) -> None:
        await answers.say(self._recorder.status())

    async def hours(self, request: dict[str, Any], answers: FrameWriter, _: asyncio.StreamReader) -> None:
        """What the key table holds, without secrets; a bytes frame, made off the loop: there may be many."""
        await answers.give(await asyncio.to_thread(hours_told, self._recorder.parts.keeper.in_force()))

    async def wake(self, request: dict[str, Any], answers: FrameWriter, _: asyncio.StreamReader) -> None:
        await self._recorder.look_around()
        await answers.say({"ok": True})

    async def put_credentials(
        self, request: dict[str, Any], answers: FrameWriter, _: asyncio.StreamReader
    ) -> None:
        camera = identity(request, "camera")
        secret = {"user": text(request, "user"), "password": text(request, "password")}
        await self._recorder.parts.keeper.put_credentials(camera, secret)
        await self._recorder.renew_worker(camera)
        await answers.say({"ok": True})

    async def probe(self, request: dict[str, Any], answers: FrameWriter, _: asyncio.StreamReader) -> None:
        parts = self._recorder.parts
        settings = parts.settings
        loopback_only = self._recorder.demo or (settings is not None and settings.loopback_only)
        url = check_address(text(request, "url"), loopback_only=loopback_only)
        user, password = text(request, "user"), text(request, "password")
        if "device" in request:  # whose account the recorder made itself
            row = parts.keeper.credentials(identity(request, "device")) or {}
            user, password = row.get("user", ""), row.get("password", "")
        found = await probe(url, user, password, parts.clock)
        head = {
            "codec": found.codec,
            "width": found.width,
            "height": found.height,
            "fps": found.fps,
            "certificate": found.certificate,
        }
        await answers.say(head)
        await answers.give(found.annexb)

    async def mark_disk(self, request: dict[str, Any], answers: FrameWriter, _: asyncio.StreamReader) -> None:
        """A disk that was mounted below the stores' folder becomes one of ours."""
        name, parts = text(request, "name", 32), self._recorder.parts
        if not STORE_ID.match(name):
            raise BadInput("request", name="name")
        await asyncio.to_thread(store_watch.adopt, parts.data / "store" / name, parts.recorder, name)
        await answers.say({"ok": True})

    async def sealed_key(
        self, request: dict[str, Any], answers: FrameWriter, _: asyncio.StreamReader
    ) -> None:
        """The key leaves only when its leaving is durable in the journal."""
        grant, camera = identity(request, "grant"), identity(request, "camera")
        segment, hour = identity(request, "segment"), identity(request, "hour")
        try:
            wrapped = bytes.fromhex(text(request, "wrapped", WRAPPED_MAX_CHARS))
        except ValueError:
            raise BadInput("request", name="wrapped") from None
        parts = self._recorder.parts
        self._refuse_closed(camera, footage=True)
        sealed = parts.keeper.sealed_key(camera, hour, segment, wrapped)
        parts.journal.append("key-released", grant=grant, segment=segment, camera=camera)
        await asyncio.to_thread(parts.journal.sync)
        self._refuse_closed(camera, footage=True)  # a gate may have turned while the disk was busy
        await answers.say({"sealed": sealed.hex()})

    async def live(self, request: dict[str, Any], answers: FrameWriter, reader: asyncio.StreamReader) -> None:
        grant, camera = identity(request, "grant"), identity(request, "camera")
        viewing = text(request, "viewing", 64)
        self._refuse_closed(camera, footage=False)
        worker = self._recorder.worker(camera)
        viewer = worker.live.subscribe() if worker is not None else None
        if worker is None or viewer is None:
            raise KuramoriError("unknown-camera" if worker is None else worker.status().state)
        journal = self._recorder.parts.journal
        fields = {"grant": grant, "camera": camera, "viewing": viewing}
        gone = asyncio.create_task(_until_gone(reader))
        gone.add_done_callback(lambda _: viewer.close())
        journal.append("live-start", **fields)
        try:
            await asyncio.to_thread(journal.sync)
            video = viewer.video
            await answers.say({"codec": video.rfc6381, "width": video.width, "height": video.height})
            while (chunk := await viewer.next()) is not None:
                await answers.give(chunk)
            ended = viewer.ended or "stopped"
            await answers.say({"error": "gate"} if ended in ("gate", "sealed") else {"end": ended})
        finally:
            viewer.close()
            gone.cancel()
            with contextlib.suppress(KuramoriError):
                journal.append("live-stop", **fields)

    def _refuse_closed(self, camera: str, *, footage: bool) -> None:
        """Raises when a gate is closed for this camera, or the time has been unsure for too long.

        A camera that was taken down has no gates any more; its footage is still there until its date.
        """
        parts = self._recorder.parts
        settings = parts.settings
        if parts.sealed_everywhere():
            raise KeyGone("clock-untrusted")
        if settings is None:
            raise KuramoriError("gate")
        known = settings.camera(camera) is not None
        if not settings.viewable(camera, parts.clock.wall_ns()) and (known or not footage):
            raise KuramoriError("gate")


async def _until_gone(reader: asyncio.StreamReader) -> None:
    """Until the other side closes, or says anything: it has nothing more to say."""
    with contextlib.suppress(ConnectionError):
        await reader.read(1)
