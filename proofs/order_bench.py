"""The recording process beside the pages' database, ready to be attacked."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.footage import world
from tests.recorder.socket_caller import ask

from kuramori import clock
from kuramori.footage import intake, orders
from kuramori.ledger.models import Entry
from kuramori.recorder.journal_reader import read_all
from kuramori.vault.configured_store import key_store
from proofs.order_abuse import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE_S = 20.0
SOURCE = Path(__file__).resolve().parents[1] / "src"
ANSWERS = ("order-refused", "order-done")


class Bench:
    """One data directory with a body, a camera that answers nobody, and `python -m kuramori.recorder`."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.spool = data / "record/orders"
        self.world = world.build()
        self._said_before = 0
        self._process: subprocess.Popen[bytes] | None = None
        self.start()
        orders.issue("confirm-clock", wall_ns=clock.now_ns(), by="account:1")  # dates every hour, once
        self.look()

    def start(self) -> None:
        """Start the process; returns when its socket answers."""
        command = [sys.executable, "-m", "kuramori.recorder", "--data", str(self.data)]
        environment = {**os.environ, "PYTHONPATH": str(SOURCE)}
        self._process = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        self.wait_for(lambda: self._answers())

    def kill(self) -> None:
        """SIGKILL."""
        assert self._process is not None
        self._process.send_signal(signal.SIGKILL)
        self._process.wait()
        (self.data / "record/record.sock").unlink(missing_ok=True)

    def close(self) -> None:
        if self._process is not None and self._process.poll() is None:
            self.kill()

    def journal(self, *kinds: str) -> list[dict[str, Any]]:
        """Entries of these kinds, oldest first."""
        return [entry for entry, _ in read_all(self.data / "record/journal") if entry["kind"] in kinds]

    def dates(self) -> dict[str, int]:
        """When each hour in the table dies, by its id: read from a copy of the record directory."""
        with tempfile.TemporaryDirectory() as scratch:
            copy = Path(scratch) / "record"
            shutil.copytree(self.data / "record", copy, ignore=shutil.ignore_patterns("*.sock"))
            table = key_store(copy).open()
        return {row.hour: row.erase_at_ns for row in table.hours.values()} if table else {}

    def attempt(self, name: str, act: Callable[[Bench], None]) -> Outcome:
        """Make the attack, let the recorder look, and take in what it says."""
        before = self.dates()
        self.begin()
        ledger_before = Entry.objects.count()
        rotations = len(self.journal("rotation"))
        act(self)
        self.look()
        said = self.journal(*ANSWERS)[self._said_before :]
        intake.take_in()
        written = [json.loads(entry.text) for entry in Entry.objects.order_by("seq")[ledger_before:]]
        after = self.dates()
        last = said[-1] if said else {}
        why = last.get("why", last.get("kind", ""))
        acts = [(entry["act"], entry["reason"]) for entry in written if entry["act"] in ANSWERS]
        ledgered = any(why in act for act in acts)
        erased = sum(len(entry["erased"]) for entry in self.journal("rotation")[rotations:])
        later = sum(after[hour] > at_ns for hour, at_ns in before.items() if hour in after)
        return Outcome(name, why, bool(said), ledgered, erased, later)

    def begin(self) -> None:
        """What the recorder has said so far is no answer to the attack."""
        self._said_before = len(self.journal(*ANSWERS))

    def status(self) -> dict[str, Any]:
        """What the recorder says of itself."""
        return dict(asyncio.run(ask(self.data / "record/record.sock", "status")))

    def look(self) -> None:
        """Wake the recorder until it has emptied the spool."""
        asyncio.run(ask(self.data / "record/record.sock", "wake"))
        self.wait_for(lambda: not list(self.spool.glob("*.json")))
        asyncio.run(ask(self.data / "record/record.sock", "wake"))

    def rotate(self) -> None:
        """Have the key table written anew, as a changed camera password does."""
        words = {"camera": self.world.camera.id, "user": "u", "password": "p"}
        answer = asyncio.run(ask(self.data / "record/record.sock", "put-credentials", **words))
        assert answer == {"ok": True}, answer

    def now_s(self) -> int:
        return clock.now_ns() // clock.NS_PER_S

    def wait_for(self, holds: Callable[[], bool]) -> None:
        """Raises TimeoutError."""
        until = time.monotonic() + PATIENCE_S
        while not holds():
            if time.monotonic() > until:
                raise TimeoutError("the recorder does not answer")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            return bool(self.status())
        except (OSError, ValueError):
            return False
