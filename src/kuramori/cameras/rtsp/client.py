"""One connection to one camera, from the first OPTIONS to TEARDOWN."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kuramori.cameras.rtsp.stream import Credentials, StreamSink
    from kuramori.clock import Clock


class RtspClient:
    """One connection: `run` plays until it ends and then calls `sink.closed` once; it does not retry."""

    def __init__(
        self,
        url: str,
        credentials: Credentials | None,
        sink: StreamSink,
        clock: Clock,
        *,
        key_frame_patience_s: float = 10.0,
    ) -> None:
        self._url = url

    async def run(self) -> None:
        """Play until the camera, an error or `stop` ends it. Never raises CameraError: the sink gets it."""
        raise NotImplementedError

    async def stop(self) -> None:
        """End politely (TEARDOWN, at most a second) and wait until `run` is over."""
        raise NotImplementedError
