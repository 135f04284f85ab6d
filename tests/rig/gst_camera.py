"""A camera for tests: a real RTSP server (gst-rtsp-server) that serves prepared clips, picture by picture.

Runs under Debian's own Python, which has `gi`:
    /usr/bin/python3 tests/rig/gst_camera.py --mount cam=clip.h264 [--mount other=clip.h265:clip.aac] …
It prints `READY <port>` when bound and then obeys words on stdin, one a line: kick (drop every client),
off / on (mounts answer 404 / are back), stall (no more media, RTCP goes on), jump (timestamps leap 100 s),
keyless (no key frames), go (end of stall and keyless), password=… (this one from now on, clients dropped).
Each is answered by `OK word`. End of stdin ends it.
"""

from __future__ import annotations

import argparse
import re
import sys
import threading
import time
from pathlib import Path

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import Gio, GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

STATE = {"stall": False, "keyless": False, "jump_ns": 0}
ACCOUNT: list[str] = []  # how, and the user's name
AAC_RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350]


def access_units(path: str) -> list[tuple[bytes, bool]]:
    """(bytes, key) of each picture of an Annex B file made with access unit delimiters."""
    data = Path(path).read_bytes()
    h265 = path.endswith("h265")
    delimiter = b"\x00\x00\x00\x01\x46" if h265 else b"\x00\x00\x00\x01\x09"
    starts = [found.start() for found in re.finditer(re.escape(delimiter), data)] + [len(data)]
    units = []
    for start, end in zip(starts, starts[1:], strict=False):
        unit = data[start:end]
        kinds = {found.group(1)[0] for found in re.finditer(rb"\x00\x00\x01(.)", unit, re.DOTALL)}
        key = any(16 <= kind >> 1 & 63 <= 21 for kind in kinds) if h265 else any(k & 31 == 5 for k in kinds)
        units.append((unit, key))
    return units


def adts_frames(path: str) -> tuple[list[bytes], int]:
    """The frames of an ADTS file and its sample rate."""
    data = Path(path).read_bytes()
    frames, at, rate = [], 0, 48000
    while at + 7 <= len(data):
        rate = AAC_RATES[data[at + 2] >> 2 & 15]
        length = (data[at + 3] & 3) << 11 | data[at + 4] << 3 | data[at + 5] >> 5
        frames.append(data[at : at + length])
        at += length
    return frames, rate


class Pump(threading.Thread):
    """Pushes prepared units into an appsrc at their pace, looping, until the media is unprepared."""

    def __init__(self, source, units: list[tuple[bytes, bool]], pace: tuple[int, int], video: bool) -> None:
        super().__init__(daemon=True)
        self.source, self.units, self.pace, self.video = source, units, pace, video
        self.over = threading.Event()

    def time_ns(self, number: int) -> int:
        """When unit `number` is due; rounded up, so that 90 kHz ticks come out exact."""
        units, seconds = self.pace
        return -(-number * seconds * 10**9 // units)

    def run(self) -> None:
        begun = time.monotonic_ns()
        number = 0
        while not self.over.is_set():
            wait_ns = begun + self.time_ns(number) - time.monotonic_ns()
            if wait_ns > 0:
                time.sleep(wait_ns / 1e9)
            data, key = self.units[number % len(self.units)]
            number += 1
            if STATE["stall"] or (self.video and key and STATE["keyless"]):
                continue
            buffer = Gst.Buffer.new_wrapped(data)
            buffer.pts = buffer.dts = self.time_ns(number - 1) + STATE["jump_ns"]
            buffer.duration = self.time_ns(1)
            while self.source.emit("push-buffer", buffer) != Gst.FlowReturn.OK:
                if number > 1 or self.over.wait(0.02):
                    return


class Factory(GstRtspServer.RTSPMediaFactory):
    """One mount: video, and audio beside it if a second file is named."""

    def __init__(self, video: str, audio: str | None, fps: int) -> None:
        super().__init__()
        self.fps = fps
        self.video = access_units(video)
        codec = "h265" if video.endswith("h265") else "h264"
        caps = f"video/x-{codec},stream-format=byte-stream,alignment=au,framerate={fps}/1"
        # the clip carries parameter sets at each key frame, so the payloader need not repeat them
        line = f"appsrc name=v is-live=true format=time caps={caps} ! {codec}parse"
        line += f" ! rtp{codec}pay name=pay0 pt=96"
        self.audio: list[bytes] = []
        if audio:
            self.audio, self.rate = adts_frames(audio)
            line += (
                " appsrc name=a is-live=true format=time caps=audio/mpeg,mpegversion=4,stream-format=adts"
                " ! aacparse ! rtpmp4gpay name=pay1 pt=97"
            )
        self.set_launch(f"( {line} )")
        self.set_shared(True)
        self.connect("media-configure", self.configure)
        role = "viewer,media.factory.access=(boolean)true,media.factory.construct=(boolean)true"
        self.add_role_from_structure(Gst.Structure.new_from_string(role))

    def configure(self, _factory, media) -> None:
        element = media.get_element()
        pumps = [Pump(element.get_child_by_name("v"), self.video, (self.fps, 1), True)]
        if self.audio:
            frames = [(frame, True) for frame in self.audio]
            pumps.append(Pump(element.get_child_by_name("a"), frames, (self.rate, 1024), False))
        for pump in pumps:
            pump.start()
        media.connect("new-state", self.unsync)
        media.connect("unprepared", lambda _media: [pump.over.set() for pump in pumps])

    @staticmethod
    def unsync(media, _state) -> None:
        """The pumps keep the pace; a sink that waited for timestamps would wait 100 s after a jump."""

        def release(element) -> None:
            if element.get_factory() and element.get_factory().get_name() == "appsink":
                element.set_property("sync", False)

        pipeline = media.get_element().get_parent()
        if pipeline is not None:
            pipeline.iterate_recurse().foreach(release)


def authenticate(server, factories, how: str, user: str, password: str) -> None:
    if how == "none":
        return
    auth = GstRtspServer.RTSPAuth()
    token = GstRtspServer.RTSPToken()
    token.set_string("media.factory.role", "viewer")
    if how == "digest":
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.DIGEST)
        auth.add_digest(user, password, token)
    else:
        auth.set_supported_methods(GstRtsp.RTSPAuthMethod.BASIC)
        auth.add_basic(GstRtspServer.RTSPAuth.make_basic(user, password), token)
    server.set_auth(auth)


def encrypt(server, pem: str) -> None:
    """Serve RTSPS with this certificate and key."""
    auth = server.get_auth() or GstRtspServer.RTSPAuth()
    auth.set_tls_certificate(Gio.TlsCertificate.new_from_file(pem))
    server.set_auth(auth)


def obey(word: str, server, factories) -> None:
    """Carry out one control word, in the main loop's thread."""
    mounts = server.get_mount_points()
    if word == "stall":
        STATE["stall"] = True
    elif word == "keyless":
        STATE["keyless"] = True
    elif word == "go":
        STATE["stall"] = STATE["keyless"] = False
    elif word == "jump":
        STATE["jump_ns"] += 100 * 10**9
    elif word == "on":
        for name, factory in factories.items():
            mounts.add_factory(f"/{name}", factory)
    if word == "off":
        for name in factories:
            mounts.remove_factory(f"/{name}")
    if word.startswith("password="):
        authenticate(server, factories, *ACCOUNT, word.partition("=")[2])
        word = "password"
    if word in ("off", "kick", "password"):
        server.client_filter(lambda *_: GstRtspServer.RTSPFilterResult.REMOVE)
    print(f"OK {word}", flush=True)


def listen(server, factories, loop) -> None:
    for line in sys.stdin:
        GLib.idle_add(obey, line.strip(), server, factories)
    loop.quit()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", default="0")
    parser.add_argument("--bind", default="127.0.0.1")
    parser.add_argument("--mount", action="append", required=True, help="name=video[:audio]")
    parser.add_argument("--copies", type=int, default=0, help="serve each mount N times: name0, name1 …")
    parser.add_argument("--fps", type=int, default=15)
    parser.add_argument("--auth", choices=["none", "basic", "digest"], default="none")
    parser.add_argument("--udp-only", action="store_true")
    parser.add_argument("--tls", default="", help="a PEM file with certificate and key: RTSPS")
    parser.add_argument("--user", default="viewer")
    parser.add_argument("--password", default="")
    options = parser.parse_args()
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address(options.bind)
    server.set_service(options.port)
    factories = {}
    for mount in options.mount:
        name, _, files = mount.partition("=")
        video, _, audio = files.partition(":")
        for label in [f"{name}{n}" for n in range(options.copies)] or [name]:
            factories[label] = Factory(video, audio or None, options.fps)
            if options.udp_only:
                factories[label].set_protocols(GstRtsp.RTSPLowerTrans.UDP)
            server.get_mount_points().add_factory(f"/{label}", factories[label])
    ACCOUNT.extend((options.auth, options.user))
    authenticate(server, factories, options.auth, options.user, options.password)
    if options.tls:
        encrypt(server, options.tls)
    if server.attach(None) == 0:
        sys.exit("the port is taken")
    print(f"READY {server.get_bound_port()}", flush=True)
    loop = GLib.MainLoop()
    threading.Thread(target=listen, args=(server, factories, loop), daemon=True).start()
    loop.run()


if __name__ == "__main__":
    main()
