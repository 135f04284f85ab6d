"""The RTSP server of the demonstration camera. Runs under Debian's own Python (GStreamer's bindings).

It stands alone (no import from this package). Settings come as one line of JSON on standard input: port,
path, user, password, width, height, frames_per_s, bitrate_kbit. Then frames: 8 bytes number and one I420
picture.
It answers on standard output with lines: `READY port`, `WATCHED`, `IDLE`.
"""

from __future__ import annotations

import json
import sys
import threading
from typing import Any

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

PIPELINE = (
    "( appsrc name=frames is-live=true format=time block=false max-bytes=8000000"
    " caps=video/x-raw,format=I420,width={width},height={height},framerate={frames_per_s}/1,colorimetry=bt601"
    " ! videoscale ! video/x-raw,width={sent_width},height={sent_height}"
    " ! x264enc tune=zerolatency speed-preset=superfast threads=1 bframes=0 key-int-max={gop}"
    " bitrate={bitrate_kbit} vbv-buf-capacity=1000 option-string=scenecut=0:force-cfr=1"
    " ! video/x-h264,profile=main ! rtph264pay name=pay0 pt=96 config-interval=-1 )"
)
DIGEST_ONLY = 2  # GstRtsp.RTSPAuthMethod.DIGEST


class Frames:
    """Hands the newest frames to the encoder, if somebody is watching."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.duration = Gst.SECOND // settings["frames_per_s"]
        self.size = settings["width"] * settings["height"] * 3 // 2
        self.appsrc: Any = None
        self.first: tuple[int, int] | None = None
        self.lock = threading.Lock()

    def attach(self, factory: Any, media: Any) -> None:
        with self.lock:
            self.appsrc = media.get_element().get_by_name_recurse_up("frames")
            self.first = None
        media.connect("unprepared", self.detach)
        say("WATCHED")

    def detach(self, media: Any) -> None:
        with self.lock:
            self.appsrc = None
        say("IDLE")

    def push(self, number: int, picture: bytes) -> None:
        with self.lock:
            if self.appsrc is None:
                return
            if self.first is None:
                clock = self.appsrc.get_clock()
                if clock is None:
                    return
                self.first = (number, clock.get_time() - self.appsrc.get_base_time())
            buffer = Gst.Buffer.new_wrapped(picture)
            buffer.pts = self.first[1] + (number - self.first[0]) * self.duration
            buffer.duration = self.duration
            if self.appsrc.emit("push-buffer", buffer) != Gst.FlowReturn.OK:
                self.first = None  # not flowing yet: the first picture that gets through sets the time

    def pump(self, loop: Any) -> None:
        source = sys.stdin.buffer
        while True:
            head = source.read(8)
            picture = source.read(self.size)
            if len(head) < 8 or len(picture) < self.size:
                GLib.idle_add(loop.quit)
                return
            self.push(int.from_bytes(head, "big"), picture)


def say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def serve(settings: dict[str, Any]) -> int:
    Gst.init(None)
    server = GstRtspServer.RTSPServer.new()
    server.set_address("127.0.0.1")
    server.set_service(str(settings["port"]))
    auth = GstRtspServer.RTSPAuth.new()
    auth.set_supported_methods(GstRtsp.RTSPAuthMethod(DIGEST_ONLY))
    token = GstRtspServer.RTSPToken()
    token.set_string(GstRtspServer.RTSP_TOKEN_MEDIA_FACTORY_ROLE, "viewer")
    auth.add_digest(settings["user"], settings["password"], token)
    server.set_auth(auth)
    factory = GstRtspServer.RTSPMediaFactory.new()
    factory.set_launch(PIPELINE.format(gop=2 * settings["frames_per_s"], **settings))
    factory.set_shared(True)
    factory.set_latency(0)
    factory.add_role_from_structure(role("viewer"))
    frames = Frames(settings)
    factory.connect("media-configure", frames.attach)
    server.get_mount_points().add_factory(settings["path"], factory)
    if server.attach(None) == 0:
        say("TAKEN")
        return 1
    loop = GLib.MainLoop()
    threading.Thread(target=frames.pump, args=(loop,), daemon=True).start()
    say(f"READY {server.get_bound_port()}")
    loop.run()
    return 0


def role(name: str) -> Any:
    structure = Gst.Structure.new_empty(name)
    structure.set_value(GstRtspServer.RTSP_PERM_MEDIA_FACTORY_ACCESS, True)
    structure.set_value(GstRtspServer.RTSP_PERM_MEDIA_FACTORY_CONSTRUCT, True)
    return structure


if __name__ == "__main__":
    sys.exit(serve(json.loads(sys.stdin.buffer.readline())))
