"""Cameras on a bad network: each fault hits one camera of a running recorder, all of them at once.

    python -m proofs.network_faults [--rounds 3] [--write docs/proofs.md]

Recorder, cameras (gst-rtsp-server) and relay run in a network namespace of their own. Afterwards, from
journal and files alone: a gap row with the right reason; the stall noticed within 10 s of the last picture; a
picture durable within 3 s of the first key frame after the camera is back; not one second without footage or
a row; and cameras to which nothing was done without a row, a lost packet or a missing picture. Needs root.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.recorder_side import RecorderSide
from tests.rig.cameras import GstCamera
from tests.rig.clips import make_clip
from tests.rig.namespace import Namespace

from proofs.tables import markdown, write_table

NS_PER_S = 1_000_000_000
NOTICED_S = 10.0
STORED_S = 3.0
HOLE_NS = NS_PER_S
"""A shorter pause within a connection is the camera's picture rate (`stream_intake.PAUSE_NS`)."""
BACK_S = 120.0
AT_ONCE_NS = NS_PER_S // 10
"""A row that is told of when it is over opens and closes within less."""
SILENT = frozenset({"unreachable"})
LOST = frozenset({"closed-by-camera", "unreachable"})
BROKEN = frozenset({"protocol", "closed-by-camera", "unreachable", "stalled", "no-key-frame"})
UDP_PORT, RESTARTED_PORT = 8600, 8601
SLOW_KBIT_PER_S = 300


@dataclass(frozen=True)
class Fault:
    """What is done to one camera. `first` are the reasons its first row may have (empty: there must be no
    row), `then` those that may follow while it lasts; `steady`: nothing at all may be missing; `perhaps`:
    there may be rows, of the reasons in `then`, or none."""

    name: str
    begin: Callable[[Scene, int], None]
    first: frozenset[str] = frozenset()
    then: frozenset[str] = frozenset()
    camera: str = "tcp"
    steady: bool = False
    perhaps: bool = False


def word(order: str) -> Callable[[Scene, int], None]:
    """What the relay is told."""
    return lambda scene, number: scene.tell(number, order)


def nothing(scene: Scene, number: int) -> None:
    """Nothing is done to this one."""


def cut(scene: Scene, number: int) -> None:
    scene.net.cut(scene.ports[number])


def lose(percent: int) -> Callable[[Scene, int], None]:
    return lambda scene, number: scene.net.lose("tcp", scene.ports[number], percent)


def restart(scene: Scene, number: int) -> None:
    """kill -9; it comes back as another camera: H.265, and larger pictures."""
    scene.servers["restarted"].kill()


FAULTS = (
    Fault("nothing", nothing, steady=True),
    Fault("cable pulled: every packet dropped (nftables)", cut, SILENT, SILENT),
    Fault("half open: the connection stands, nothing comes", word("freeze"), SILENT, SILENT),
    Fault("RTCP goes on, pictures cease", word("blind"), frozenset({"stalled"}), frozenset({"stalled"})),
    Fault("two megabytes of noise, then silence", word("garbage"), frozenset({"protocol"}), BROKEN),
    Fault("ends in the middle of a packet", word("short"), frozenset({"closed-by-camera"}), LOST),
    Fault("answers DESCRIBE with a wrong SDP", word("describe"), frozenset({"closed-by-camera"}),
          LOST | {"no-video"}),
    Fault("server killed, comes back with H.265 and another size", restart, LOST, LOST, camera="restarted"),
)  # fmt: skip
MORE = (
    Fault("a packet that lies about its length", word("lie")),
    Fault("packets up to 20 ms late one after the other", word("delay")),
    Fault("3 % of the packets lost (TCP)", lose(3)),
    Fault("datagrams late, out of order, one in five twice", word("shuffle"), camera="udp", steady=True),
    Fault("nothing (UDP)", nothing, camera="udp", steady=True),
    Fault("half open (UDP)", word("freeze"), SILENT | {"stalled"}, SILENT | {"stalled"}, camera="udp"),
    Fault("nothing, to the end", nothing, steady=True),
)


def throttle(scene: Scene, number: int) -> None:
    scene.net.limit(SLOW_KBIT_PER_S)


SLOW = (
    Fault("too narrow a line for all (tbf)", throttle, then=BROKEN, perhaps=True),
    Fault("the same, the other camera", nothing, then=BROKEN, perhaps=True),
)


@dataclass
class Outcome:
    """What the journal says of one camera."""

    fault: Fault
    rows: list[str] = field(default_factory=list)
    noticed_s: float | None = None
    stored_s: float | None = None
    faults: list[str] = field(default_factory=list)

    def row(self) -> list[str]:
        """For the table."""
        seconds = [
            f"{value:.1f} s" if value is not None else "—" for value in (self.noticed_s, self.stored_s)
        ]
        return [
            self.fault.name,
            ", ".join(self.rows) or "—",
            *seconds,
            "; ".join(self.faults) or "as it must be",
        ]


class Scene:
    """Cameras, relay and recorder inside one namespace. Use as a context manager."""

    def __init__(self, net: Namespace, folder: Path, clips: Path, faults: tuple[Fault, ...]) -> None:
        self.net, self.faults = net, faults
        self._small, self._other = make_clip(clips), make_clip(clips, "h265", size="320x240", seconds=2)
        self.servers = {
            "tcp": self._server(self._small),
            "restarted": self._server(self._small, RESTARTED_PORT),
        }
        if any(fault.camera == "udp" for fault in faults):
            self.servers["udp"] = self._server(self._small, UDP_PORT, udp_only=True)
        self._folder = folder

    def _server(self, clip: Path, port: int = 0, **more: Any) -> GstCamera:
        return GstCamera({"cam": str(clip)}, inside=self.net.inside, port=port, **more)

    def __enter__(self) -> Scene:
        for server in self.servers.values():
            server.__enter__()
        targets = [self.servers[fault.camera].port for fault in self.faults]
        command = [*self.net.inside, sys.executable, "-m", "tests.rig.relay"]
        self._relay = subprocess.Popen(
            [*command, *(f"--to={port}" for port in targets)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        assert self._relay.stdout is not None
        self.ports = [int(port) for port in self._relay.stdout.readline().split()[1:]]
        urls = [f"rtsp://127.0.0.1:{port}/cam" for port in self.ports]
        self.side = RecorderSide(self._folder / "data", urls, inside=self.net.inside)
        self.side.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.side.process is not None and self.side.process.poll() is None:
            self.side.kill()
        self._relay.kill()
        self._relay.wait()
        for server in self.servers.values():
            server.kill()

    def tell(self, number: int, order: str) -> None:
        """A word to the relay about one camera."""
        assert self._relay.stdin is not None and self._relay.stdout is not None
        self._relay.stdin.write(f"{number} {order}\n")
        self._relay.stdin.flush()
        self._relay.stdout.readline()

    def break_all(self) -> None:
        for number, fault in enumerate(self.faults):
            fault.begin(self, number)

    def mend_all(self) -> None:
        """All is as before, but for the camera that comes back as another one."""
        self.net.heal()
        for number in range(len(self.faults)):
            self.tell(number, "pass")
        if any(fault.camera == "restarted" for fault in self.faults):
            again = self._server(self._other, RESTARTED_PORT)
            self.servers["restarted"] = again.__enter__()

    def wait_for_all(self, since_ns: int) -> None:
        """Until every camera is recorded and has the row that is due. Raises TimeoutError."""
        until = time.monotonic() + BACK_S
        while time.monotonic() < until:
            entries = self.side.entries()
            states = {e["camera"]: e["state"] for e in entries if e["kind"] == "camera-state"}
            told = {e["camera"] for e in entries if e["kind"] == "gap-open" and e["at_ns"] > since_ns}
            due = {c for c, fault in zip(self.side.cameras, self.faults, strict=True) if fault.first}
            if set(states.values()) == {"recording"} and due <= told:
                return
            time.sleep(0.5)
        names = {camera: fault.name for camera, fault in zip(self.side.cameras, self.faults, strict=True)}
        raise TimeoutError({names[camera]: state for camera, state in states.items() if state != "recording"})


def prove(
    folder: Path, clips: Path, faults: tuple[Fault, ...], lasts_s: float, *, times: bool
) -> list[Outcome]:
    """One round. `times`: also judge how fast (not on a machine that has other things to do)."""
    with Namespace() as net, Scene(net, folder, clips, faults) as scene:
        scene.side.wait_until_recording(BACK_S)
        time.sleep(3)
        began_ns = time.time_ns()
        scene.break_all()
        time.sleep(lasts_s)
        scene.mend_all()
        scene.wait_for_all(began_ns)
        time.sleep(3)
        scene.side.stop()
        return judge_all(scene.side, faults, began_ns, times=times)


def judge_all(side: RecorderSide, faults: tuple[Fault, ...], began_ns: int, *, times: bool) -> list[Outcome]:
    """One outcome a camera, from what is stored and what the journal says."""
    entries, hours = side.entries(), side.secrets_of_hours()
    outcomes = []
    for camera, fault in zip(side.cameras, faults, strict=True):
        mine = [entry for entry in entries if entry.get("camera") == camera]
        outcome = _judge(fault, mine, began_ns)
        outcome.faults += holes(mine, entries)
        if fault.steady:
            outcome.faults += _missing(side, camera, hours)
        if times and outcome.noticed_s is not None and outcome.noticed_s > NOTICED_S:
            outcome.faults.append("noticed too late")
        if times and outcome.stored_s is not None and outcome.stored_s > STORED_S:
            outcome.faults.append("stored too late")
        outcomes.append(outcome)
    return outcomes


def _judge(fault: Fault, mine: list[dict[str, Any]], began_ns: int) -> Outcome:
    outcome = Outcome(fault)
    rows = [e for e in mine if e["kind"] == "gap-open" and e["reason"] != "starting"]
    outcome.rows = [row["reason"] for row in rows]
    if bool(rows) != bool(fault.first) and not fault.perhaps:
        outcome.faults.append("a row that nothing calls for" if rows else "no row")
        return outcome
    if not rows:
        return outcome
    if rows[0]["reason"] not in (fault.first or fault.then) or set(outcome.rows[1:]) - fault.then:
        outcome.faults.append("another reason")
    closed = {e["gap"]: e["at_ns"] for e in mine if e["kind"] == "gap-closed"}
    stood = [row for row in rows if closed.get(row["gap"], 0) - row["at_ns"] > AT_ONCE_NS]
    if not stood:
        return outcome  # pictures went on coming, ever later: each row tells of a hole that was over
    outcome.noticed_s = (stood[0]["at_ns"] - max(stood[0]["since_ns"], began_ns)) / NS_PER_S
    outcome.stored_s = _slowest_return(mine, began_ns)
    if outcome.stored_s is None:
        outcome.faults.append("not recorded again")
    return outcome


def _slowest_return(mine: list[dict[str, Any]], began_ns: int) -> float | None:
    """From the arrival of the first key frame to its being durable (the state `recording` is told then)."""
    found = []
    opened_ns = 0
    for entry in mine:
        if entry["kind"] == "segment-open":
            opened_ns = entry["start_ns"]
        elif entry["kind"] == "camera-state" and entry["state"] == "recording" and entry["at_ns"] > began_ns:
            found.append((entry["at_ns"] - opened_ns) / NS_PER_S)
    return max(found, default=None)


def holes(mine: list[dict[str, Any]], entries: Iterable[dict[str, Any]]) -> list[str]:
    """From the first to the last second each lies in footage or in a row."""
    ends = {e["segment"]: e["end_ns"] for e in entries if e["kind"] == "segment-closed"}
    over = {e["gap"]: e["until_ns"] for e in mine if e["kind"] == "gap-closed"}
    spans = [(e["start_ns"], ends[e["segment"]]) for e in mine if e["kind"] == "segment-open"]
    spans += [(e["since_ns"], over[e["gap"]]) for e in mine if e["kind"] == "gap-open" and e["gap"] in over]
    spans.sort()
    covered_ns = spans[0][1]
    found = []
    for since_ns, until_ns in spans[1:]:
        if since_ns - covered_ns > HOLE_NS:
            found.append(f"{(since_ns - covered_ns) / NS_PER_S:.1f} s without a row")
        covered_ns = max(covered_ns, until_ns)
    return found


def _missing(side: RecorderSide, camera: str, hours: dict[str, bytes]) -> list[str]:
    """Pictures missing between the first and the last one, and packets lost."""
    lost = sum(e["lost_packets"] for e in side.entries("segment-closed") if e.get("camera") == camera)
    times = [p.media_90k for path in side.segments(camera) for p in side.pictures(path, hours)]
    steps = {after - before for before, after in zip(times, times[1:], strict=False)}
    found = [f"{lost} packets lost"] if lost else []
    return found + (["pictures missing"] if steps != {6000} else [])


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m proofs.network_faults")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--write", type=Path)
    chosen = parser.parse_args()
    worst: dict[str, Outcome] = {}
    for number in range(chosen.rounds):
        with tempfile.TemporaryDirectory(prefix="kuramori-faults-") as scratch:
            clips = Path(scratch) / "clips"
            found = prove(Path(scratch) / "many", clips, (*FAULTS, *MORE), 12.0 + 7 * number, times=True)
            found += prove(Path(scratch) / "slow", clips, SLOW, 15.0, times=True)
        print(markdown(HEAD, [one.row() for one in found]), flush=True)
        for one in found:
            worst[one.fault.name] = worse(worst.get(one.fault.name), one)
    table = markdown(HEAD, [one.row() for one in worst.values()])
    if chosen.write:
        write_table(chosen.write, "network-faults", table)
    return 1 if any(one.faults for one in worst.values()) else 0


HEAD = ("what happens", "rows", "noticed after", "stored after the key frame", "verdict")


def worse(one: Outcome | None, other: Outcome) -> Outcome:
    """Both rounds in one row: the later times, all faults, every reason once."""
    if one is None:
        return Outcome(
            other.fault, list(dict.fromkeys(other.rows)), other.noticed_s, other.stored_s, other.faults
        )
    noticed_s, stored_s = (
        max((value for value in pair if value is not None), default=None)
        for pair in ((one.noticed_s, other.noticed_s), (one.stored_s, other.stored_s))
    )
    rows = list(dict.fromkeys(one.rows + other.rows))
    return Outcome(one.fault, rows, noticed_s, stored_s, one.faults + other.faults)


if __name__ == "__main__":
    sys.exit(main())
