"""What receiving costs: python -m tests.rtsp.measure_receive [cameras] [seconds]

Real streams of 1080p15 at 3 Mbit/s over loopback, received and put together, nothing else done with them.
"""

from __future__ import annotations

import asyncio
import resource
import sys
import tempfile
import time
from pathlib import Path

from kuramori.cameras.rtsp import AccessUnit, RtspClient, VideoTrack
from kuramori.cameras.rtsp.pace import BeatLoop
from kuramori.clock import SystemClock
from kuramori.errors import CameraError
from tests.rig.cameras import GstCamera
from tests.rig.clips import make_clip

SETTLE_S = 5


class CountingSink:
    def __init__(self) -> None:
        self.units = self.bytes = self.damaged = self.packets = 0

    def opened(self, video: VideoTrack) -> None: ...

    def access_unit(self, au: AccessUnit) -> None:
        self.units += 1
        self.bytes += len(au.data)
        self.damaged += au.damaged

    def lost(self, packets: int) -> None:
        self.packets += packets

    def sender_report(self, ntp_ns: int, rtp_90k: int) -> None: ...

    def closed(self, error: CameraError | None) -> None:
        if error:
            print("ended:", error)


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


async def measure(camera: GstCamera, count: int, seconds: float) -> None:
    sinks = [CountingSink() for _ in range(count)]
    clients = [RtspClient(camera.url(f"cam{n}"), None, sink, SystemClock()) for n, sink in enumerate(sinks)]
    running = [asyncio.create_task(client.run()) for client in clients]
    await asyncio.sleep(SETTLE_S)
    units, size = sum(sink.units for sink in sinks), sum(sink.bytes for sink in sinks)
    begun, used = time.monotonic(), cpu_s()
    await asyncio.sleep(seconds)
    took, used = time.monotonic() - begun, cpu_s() - used
    units, size = sum(sink.units for sink in sinks) - units, sum(sink.bytes for sink in sinks) - size
    print(f"{count} cameras, {took:.1f} s: {100 * used / took / count:.3f} % of a core per camera")
    print(f"  {units / took / count:.2f} pictures/s, {size * 8e-6 / took / count:.2f} Mbit/s per camera")
    print(f"  lost packets {sum(s.packets for s in sinks)}, damaged {sum(s.damaged for s in sinks)}")
    print(f"  peak memory of the process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB")
    await asyncio.gather(*(client.stop() for client in clients))
    await asyncio.gather(*running)


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 32
    seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 10.0
    with tempfile.TemporaryDirectory() as folder:
        clip = make_clip(Path(folder), size="1920x1080", rate="3M", seconds=10)
        runner = asyncio.Runner(loop_factory=BeatLoop)
        with GstCamera({"cam": str(clip)}, copies=count) as camera, runner:
            runner.run(measure(camera, count, seconds))


if __name__ == "__main__":
    main()
