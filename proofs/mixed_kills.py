"""kill -9 at random moments of everything a box does: recording, starting, erasing, holding, ending a hold,
rotating, running over onto another disk, moving the key slot, rebuilding the index. Needs root (a tmpfs).

    python -m proofs.mixed_kills --rounds 500 [--write docs/proofs.md]

After each kill, from the files alone: the key table opens whole; what was stored is unchanged and opens,
unless an order erased it; what the journal calls erased opens with no slot and no table on the box; no hour
vanished without its entry; a hold that was confirmed opens. At the end of each box a clean run settles
every order, and `kuramori check --rebuild` agrees with everything.
"""

from __future__ import annotations

import argparse
import os
import random
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tests.recorder.socket_caller import ask

from kuramori.errors import KuramoriError, StorehouseError
from proofs.crash import LOST_AT_MOST_S, PICTURE_NS, STREAMS, Source
from proofs.mixed_box import NS_PER_S, Filed, Known, MixedBox, hold_fields
from proofs.tables import markdown, write_table

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from kuramori.vault.key_table import KeyTable

WEIGHTS = {"record": 20, "start": 10, "erase": 20, "hold": 14, "end-hold": 8, "rotate": 8, "run over": 8,
           "move the slot": 8, "rebuild": 4}  # fmt: skip
PER_BOX = 20
NEAR_NS = 2 * NS_PER_S
"""Kills after which a new data directory is begun."""
HEAD = ("killed while", "kills", "act done / not yet", "not yet stored: median", "90 %", "worst",
        "table unreadable", "stored and gone or changed", "erased hours that open", "deaths untold",
        "holds lost")  # fmt: skip
TAKE_IN = "import django; django.setup(); from kuramori.footage import intake; intake.take_in()"
SHARES = (0.25, 0.5, 0.75, 0.9, 0.99, 1.0)


@dataclass
class Row:
    """All kills of one kind."""

    kills: int = 0
    done: int = 0
    not_yet: int = 0
    lost_s: list[float] = field(default_factory=list)
    unreadable: int = 0
    gone: int = 0
    alive: int = 0
    untold: int = 0
    holds: int = 0

    def add(self, other: Row) -> None:
        """Those of another box, or of another kind."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)

    def told(self, kind: str) -> list[str]:
        acts = f"{self.done} / {self.not_yet}" if self.done + self.not_yet else "—"
        lost = [f"{quantile(self.lost_s, share):.3f} s" if self.lost_s else "—" for share in (0.5, 0.9, 1.0)]
        counts = (self.unreadable, self.gone, self.alive, self.untold, self.holds)
        return [kind, str(self.kills), acts, *lost, *map(str, counts)]


def quantile(values: list[float], share: float) -> float:
    """The value that `share` of all do not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


class Verdict:
    """What all rounds showed."""

    def __init__(self) -> None:
        self.rows: dict[str, Row] = {kind: Row() for kind in WEIGHTS}
        self.faults: list[str] = []
        self.checks = 0
        """Boxes at whose end `kuramori check --rebuild` was asked."""

    def add(self, other: Verdict) -> None:
        """Another box's."""
        for kind, row in other.rows.items():
            self.rows[kind].add(row)
        self.faults += other.faults
        self.checks += other.checks

    def table(self) -> str:
        rows = [row.told(kind) for kind, row in self.rows.items()]
        whole = Row()
        for row in self.rows.values():
            whole.add(row)
        return markdown(HEAD, [*rows, whole.told("**all**")])

    def spread(self) -> str:
        """How much footage was not yet stored, over all kills of all kinds."""
        every = [lost for row in self.rows.values() for lost in row.lost_s]
        told = [f"{quantile(every, share):.3f} s" for share in SHARES]
        return markdown(
            (*(f"{share:.0%}" for share in SHARES), "cameras × kills"), [[*told, str(len(every))]]
        )


class Proof:
    """Rounds on one box."""

    def __init__(self, data: Path, dice: random.Random, verdict: Verdict, source: Source) -> None:
        urls = [f"rtsp://127.0.0.1:{source.port}/cam/{number}" for number in range(STREAMS)]
        self.box = MixedBox(data, urls)
        self.dice, self.verdict = dice, verdict
        self.environment = {**os.environ, "PYTHONPATH": "src", "KURAMORI_DATA": str(data)}
        self.environment["DJANGO_SETTINGS_MODULE"] = "kuramori.main.settings"
        self._takes_s = {"move the slot": 1.0, "rebuild": 2.5}
        self._slot = 0
        self._said: set[str] = set()
        self._erased_now: set[str] = set()

    def round(self, number: int, kind: str, *, counted: bool = True) -> None:
        """Begin it, kill it, look."""
        self._row = self.verdict.rows[kind] if counted else Row()
        self._where, self._erased_now = f"kill {number}, {kind}", set()
        self._row.kills += 1
        if kind in self._takes_s:
            self._kill_command(kind)
            self._look(None)
            return
        side, acts = self.box.side, self._acts()
        self.box.use_small_disk_first(first=kind == "run over")
        self.box.start()
        order = ""
        if kind != "start":
            self.box.wait_until_recording()
            time.sleep(self.dice.uniform(0.0, 0.8))
            order = acts[kind]() if kind in acts else ""
            self._dwell(order)
        else:
            time.sleep(self.dice.uniform(0.0, 1.5))
        killed_ns = time.time_ns()
        side.kill()
        self._look(killed_ns)
        if order:
            done = order in self.box.settled
            self._row.done, self._row.not_yet = self._row.done + done, self._row.not_yet + (not done)

    def finish(self) -> None:
        """A clean run: every order is settled; the program itself agrees with all that is there."""
        self._where = "at the end"
        self.box.use_small_disk_first(first=False)
        self.box.start()
        self.box.wait_until_recording()
        self.box.side.stop()
        self._row = Row()
        self._look(None)
        if waiting := self.box.filed.keys() - self.box.settled.keys():
            self._fault(f"{len(waiting)} orders were never settled")
        refused = [o for o, how in self.box.settled.items() if how == "order-refused" and o in self.box.filed]
        for order in refused:
            if self.box.filed[order].meant and self.box.filed[order].kind == "erase":
                self._fault(f"an {self.box.filed[order].kind} was refused")
        subprocess.run([sys.executable, "-c", TAKE_IN], env=self.environment, check=True)
        done = self._command("check", "--rebuild").wait(120)
        self.verdict.checks += 1
        if done:
            text = (self.box.data / "command.log").read_text()[-1500:]
            self._fault(f"`kuramori check --rebuild` ends with {done}: {text}")

    # What is under way when it is killed

    def _acts(self) -> dict[str, Callable[[], str]]:
        return {"erase": self._erase, "hold": self._hold, "end-hold": self._end_hold, "rotate": self._rotate}

    def _dwell(self, order: str) -> None:
        """Wait as long as the act might take; half of the time exactly until it has begun to be told."""
        if order and self.dice.random() < 0.5:
            size, until = self._journal_bytes(), time.monotonic() + 1.5
            while self._journal_bytes() == size and time.monotonic() < until:
                time.sleep(0.002)
            time.sleep(self.dice.uniform(0.0, 0.06))
        else:
            time.sleep(self.dice.uniform(0.0, 1.4))

    def _journal_bytes(self) -> int:
        return sum(path.stat().st_size for path in (self.box.data / "record/journal").iterdir())

    def _living(self, camera: str) -> list[Known]:
        """Its segments that opened after the last kill and are still there."""
        of_it = (one for one in self.box.known.values() if one.camera == camera and one.path.exists())
        return [one for one in of_it if self.box.opens(one, self._table_now) is not None]

    def _stretch(self) -> tuple[str, int, int]:
        """A camera and a stretch: around a living segment, or up to now."""
        camera = self.dice.choice(self.box.side.cameras)
        living = self._living(camera)
        now_s = int(time.time())
        if not living or self.dice.random() < 0.3:
            return camera, now_s - 30, now_s
        one = self.dice.choice(living)
        from_s = one.start_ns // NS_PER_S
        return camera, from_s, max(from_s + 1, min(now_s, one.end_ns // NS_PER_S + 1))

    def _filed(self, kind: str, camera: str, from_s: int, until_s: int) -> Filed:
        """What it surely means: segments that live, and that no order that still waits may erase first."""
        filed = Filed(kind, camera, from_s * NS_PER_S, until_s * NS_PER_S, set())
        waiting = self._may_be_erased(self.box.filed.keys() - self.box.settled.keys())
        living = [one for one in self._living(camera) if filed.may_mean(one)]
        if kind == "hold":
            living = [one for one in living if self._lives_by_itself(one)]
        filed.meant = {one.context.segment for one in living} - waiting
        return filed

    def _lives_by_itself(self, one: Known) -> bool:
        """By its hour, or by what stayed of that. What lives by another hold alone no hold keeps longer."""
        rests = (row.segment for row in self._table_now.holds.values() if row.sealed and row.rest)
        return one.hour in self._table_now.hours or one.context.segment in rests

    def _erase(self) -> str:
        camera, from_s, until_s = self._stretch()
        self._erased_now.add(camera)
        filed = self._filed("erase", camera, from_s, until_s)
        return self.box.order("erase", filed, camera=camera, from_s=from_s, until_s=until_s, reason="court")

    def _hold(self) -> str:
        camera, from_s, until_s = self._stretch()
        filed = self._filed("hold", camera, from_s, until_s)
        return self.box.order("hold", filed, **hold_fields(camera, from_s, until_s))

    def _end_hold(self) -> str:
        holds = sorted({row.hold for row in self._table_now.holds.values() if row.sealed and not row.rest})
        if not holds:
            return self._hold()
        hold = self.dice.choice(holds)
        return self.box.order("end-hold", Filed("end-hold", "", 0, 0, set(), hold), hold=hold)

    def _rotate(self) -> str:
        """A password of a camera that is not there: a rotation that changes no hour."""
        import asyncio
        import threading

        fields = {"camera": "f" * 32, "user": "u", "password": f"{self.dice.random()}"}

        def ask_it() -> None:
            try:
                asyncio.run(ask(self.box.data / "record/record.sock", "put-credentials", **fields))
            except (OSError, TimeoutError):
                return  # it was killed meanwhile

        threading.Thread(target=ask_it, daemon=True).start()
        return ""

    def _kill_command(self, kind: str) -> None:
        if kind == "rebuild":
            words = ["check", "--rebuild"]
        else:
            self._slot += 1
            words = ["slot", "move"]
            if self._slot % 3:
                folder = self.box.data / "slots" / str(self._slot % 3)
                folder.mkdir(parents=True, exist_ok=True)
                words += ["--file", str(folder)]
        begun = time.monotonic()
        process = self._command(*words)
        try:
            process.wait(self.dice.uniform(0.3, 1.1) * self._takes_s[kind])
            self._takes_s[kind] = time.monotonic() - begun
            self._row.done += 1
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            self._row.not_yet += 1

    def _command(self, *words: str) -> subprocess.Popen[bytes]:
        line = [sys.executable, "-m", "kuramori.main.command", "--data", str(self.box.data), *words]
        with (self.box.data / "command.log").open("wb") as log:
            return subprocess.Popen(line, env=self.environment, stdout=log, stderr=log)

    # What is left

    def _look(self, killed_ns: int | None) -> None:
        box = self.box
        box.read_journal()
        try:
            table = self._table_now = box.table()
        except (StorehouseError, KuramoriError) as problem:
            self._row.unreadable += 1
            self._fault(f"the key table does not open: {problem!r}")
            return
        self._stored(table)
        self._fresh(table, killed_ns)
        self._deaths(table)
        self._holds(table)

    def _stored(self, table: KeyTable) -> None:
        """What was there is there, unless an order may have meant it; and then no key opens it."""
        filed, settled = self.box.filed, self.box.settled
        may = self._may_be_erased(list(filed)) | self._only_held_until_ended()
        done = [name for name, how in settled.items() if how == "order-done" and name in filed]
        must = {one for name in done if filed[name].kind == "erase" for one in filed[name].meant}
        held = {row.segment for row in table.holds.values() if row.sealed and not row.rest}
        for name, one in list(self.box.known.items()):
            if self.box.opens(one, table) is not None if one.path.exists() else False:
                if name in must and name not in held:
                    self._row.alive += 1
                    self._fault(f"{name} was erased and opens")
                elif one.path.read_bytes() != one.content:
                    self._row.gone += 1
                    self._fault(f"{one.path.name} was stored and has changed")
            elif name not in may:
                self._row.gone += 1
                self._fault(
                    f"{one.path.name} was stored, nobody erased it, and it is gone: {self._told(name)}"
                )

    def _may_be_erased(self, orders: Iterable[str]) -> set[str]:
        erasures = [order for name in orders if (order := self.box.filed[name]).kind == "erase"]
        return {
            name for name, one in self.box.known.items() if any(order.may_mean(one) for order in erasures)
        }  # fmt: skip

    def _only_held_until_ended(self) -> set[str]:
        """Segments of holds that were ended: where their hour had been erased they die with the hold."""
        ended = {order.hold for order in self.box.filed.values() if order.kind == "end-hold"}
        return {one for name, order in self.box.filed.items() if name in ended for one in order.meant}

    def _fresh(self, table: KeyTable, killed_ns: int | None) -> None:
        newest: dict[str, Known] = {}
        for path in self.box.files():
            if path.name.removesuffix(".kura").rpartition("-")[2] in self.box.known:
                continue
            try:
                one = self.box.take_in(path, table)
            except (KuramoriError, KeyError, ValueError) as problem:
                self._fault(f"{path.name}: {problem!r}")
                continue
            if one.empty:
                del self.box.known[one.context.segment]
                continue
            if one.pictures:
                newest[one.camera] = one
            if one.hour not in table.hours and self.box.opens(one, table) is None:
                del self.box.known[one.context.segment]  # its hour was erased meanwhile; it is to be unlinked
        for camera, one in newest.items():
            if killed_ns is not None and camera not in self._erased_now:
                self._lost(camera, one, killed_ns)

    def _lost(self, camera: str, one: Known, killed_ns: int) -> None:
        last = one.pictures[-1]
        first = next(picture for picture in one.pictures if picture.wall_ns == last.wall_ns)
        last_ns = last.wall_ns + (last.media_90k - first.media_90k) * 100_000 // 9
        lost_s = (killed_ns - last_ns - PICTURE_NS) / NS_PER_S
        self._row.lost_s.append(lost_s)
        if lost_s > LOST_AT_MOST_S:
            self._fault(f"{lost_s:.3f} s of camera {camera[:6]} were not yet stored")

    def _deaths(self, table: KeyTable) -> None:
        """What is told dead opens with nothing that is on the box; what is gone was told, or will be."""
        box = self.box
        if back := box.hours_for_a_thief() & box.hours_told:
            self._row.alive += len(back)
            self._fault(f"{len(back)} erased hours open with what is on the disk")
        gone = box.hours_seen - table.hours.keys() - box.hours_told - table.tombstones.keys()
        if gone:
            self._row.untold += len(gone)
            self._fault(f"{len(gone)} hours are gone and nobody told of it")
        box.hours_seen |= table.hours.keys()

    def _holds(self, table: KeyTable) -> None:
        there = {row.hold + row.segment for row in table.holds.values() if row.sealed}
        ended = {order.hold for order in self.box.filed.values() if order.kind == "end-hold"}
        for name, order in self.box.filed.items():
            if order.kind != "hold" or name in ended or self.box.settled.get(name) != "order-done":
                continue
            if lost := [one for one in order.meant if name + one not in there]:
                self._row.holds += len(lost)
                told = "; ".join(self._told(one) for one in lost)
                self._fault(f"{len(lost)} segments of the confirmed hold {name} are not held: {told}")

    def _told(self, segment: str) -> str:
        """What is known of a segment, for whoever has to find the fault: its time, the orders that come near,
        and the journal's entries about it."""
        one = self.box.known[segment]
        near = [
            f"{order.kind} {name} [{order.from_ns - one.start_ns}, {order.until_ns - one.end_ns}) "
            f"{self.box.settled.get(name)}"
            for name, order in self.box.filed.items()
            if order.camera == one.camera
            and order.from_ns < one.end_ns + NEAR_NS
            and order.until_ns > one.start_ns - NEAR_NS
        ]
        said = [entry for entry in self.box.entries if segment in str(entry) or one.hour in str(entry)]
        return f"lives {one.start_ns} to {one.end_ns}, hour {one.hour}, orders {near}, journal {said}"

    def _fault(self, text: str) -> None:
        if text not in self._said:  # the same fault is seen again after each later kill
            self._said.add(text)
            self.verdict.faults.append(f"{self._where}: {text}")
            print(self.verdict.faults[-1], flush=True)

    _table_now: KeyTable


def kinds(rounds: int, dice: random.Random) -> list[str]:
    """So many kinds of kills, mixed, in the proportions of `WEIGHTS`; every kind once if it fits."""
    whole = [kind for kind, weight in WEIGHTS.items() for _ in range(max(1, rounds * weight // 100))]
    while len(whole) < rounds:
        whole.append("record")
    dice.shuffle(whole)
    return whole[:rounds]


def one_box(folder: Path, first: int, some: list[str], seed: int) -> Verdict:
    """The kills `some`, numbered from `first`, on a new box in `folder`."""
    verdict, source = Verdict(), Source(STREAMS)
    try:
        proof = Proof(folder / f"box-{first}", random.Random(seed + first), verdict, source)
        try:
            migrate = [
                sys.executable,
                "-m",
                "kuramori.main.command",
                "manage",
                "migrate",
                "--noinput",
                "-v",
                "0",
            ]
            subprocess.run(migrate, env=proof.environment, check=True)
            proof.round(first, "record", counted=False)  # so that there is something
            for number, kind in enumerate(some, first):
                proof.round(number, kind)
            proof.finish()
        finally:
            proof.box.close()
    finally:
        source.stop()
    return verdict


def prove(folder: Path, rounds: int, seed: int, workers: int = 1) -> Verdict:
    """`rounds` kills over boxes made in `folder`, `workers` boxes at a time."""
    every, whole = kinds(rounds, random.Random(seed)), Verdict()
    with ProcessPoolExecutor(workers) as pool:
        firsts = range(0, rounds, PER_BOX)
        boxes = [pool.submit(one_box, folder, at, every[at : at + PER_BOX], seed) for at in firsts]
        for box in boxes:
            whole.add(box.result())
    return whole


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m proofs.mixed_kills")
    parser.add_argument("--rounds", type=int, default=500)
    parser.add_argument("--seed", type=int, default=time.time_ns() % 100_000)
    parser.add_argument("--workers", type=int, default=2, help="boxes at a time")
    parser.add_argument("--write", type=Path, help="put the tables into this document")
    chosen = parser.parse_args()
    print(f"seed {chosen.seed}", flush=True)
    if os.geteuid() != 0:
        sys.exit("cannot be proven here: the small disk needs root")
    with tempfile.TemporaryDirectory(prefix="kuramori-kills-") as scratch:
        verdict = prove(Path(scratch), chosen.rounds, chosen.seed, chosen.workers)
    for name, table in (("mixed-kills", verdict.table()), ("mixed-kills-spread", verdict.spread())):
        print(f"\n{table}")
        if chosen.write:
            write_table(chosen.write, name, table)
    print(f"{verdict.checks} boxes checked and rebuilt at their end")
    print("\n".join(verdict.faults) or "everything as expected")
    return 1 if verdict.faults else 0


if __name__ == "__main__":
    sys.exit(main())
