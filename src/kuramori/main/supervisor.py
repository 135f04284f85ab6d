"""`kuramori up`: starts record, web and work, keeps them alive, stops them together. Knows no Django."""

from __future__ import annotations

import os
import resource
import signal
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

from kuramori.errors import KuramoriError
from kuramori.main import instance, lock, other_pcs, swap
from kuramori.main.children import Child
from kuramori.main.forgetful_memory import FORGETFUL
from kuramori.people import setup_link

if TYPE_CHECKING:
    from pathlib import Path
    from types import FrameType

LOOK_EVERY_S = 0.1
STOP_WITHIN_S = 20.0
READY_WITHIN_S = 60.0


class PortTaken(KuramoriError):
    """Another program listens on the wanted port."""

    default_code = "port-taken"


class MigrationFailed(KuramoriError):
    """The database could not be brought to this version."""

    default_code = "migration-failed"


class Supervisor:
    """One box: start(), run() until a signal, stop()."""

    def __init__(self, data: Path, port: int, *, demo: bool = False) -> None:
        self.data = data.resolve()
        self.port = port
        self._demo = demo
        self._children: list[Child] = []
        self._stopping = False

    def start(self) -> None:
        """Take the data directory, prepare it, start the processes.

        Raises `AlreadyRunning`, `PortTaken`, `MigrationFailed`; nothing is left running then.
        """
        os.umask(0o077)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        held = lock.take(self.data)
        require_free(self.port)
        if other_pcs.host():
            require_free(other_pcs.port())
        identity = instance.prepare(self.data, demo=self._demo)
        env = os.environ | {"KURAMORI_DATA": str(self.data), "KURAMORI_PORT": str(self.port)}
        record = [sys.executable, "-m", "kuramori.recorder", "--data", str(self.data)]
        self._children = [Child("record", record, env, (held,))]
        self._children[0].start()  # recording waits for nobody, not for the database either
        try:
            migrate(env)
        except MigrationFailed:
            self.stop()
            raise
        command = [sys.executable, "-m", "kuramori.main.command"]
        more = [Child(name, [*command, name], env | FORGETFUL, (held,)) for name in ("web", "work")]
        self._demo = identity.demo
        if identity.demo:
            more.append(Child("demo", [sys.executable, "-m", "kuramori.main.demo"], env, (held,)))
        for child in more:
            child.start()
        self._children += more

    def run(self) -> None:
        """Keep everything alive until SIGINT or SIGTERM."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._on_signal)
        announced = False
        started_at_s = time.monotonic()
        while not self._stopping:
            for child in self._children:
                code = child.look()
                if code is not None and not self._stopping:
                    say(f"{child.name} ended ({code}); starting it again")
            if not announced and (listens(self.port) or time.monotonic() - started_at_s > READY_WITHIN_S):
                self._announce()
                announced = True
            time.sleep(LOOK_EVERY_S)

    def stop(self) -> None:
        """Stop all processes: ask, wait, then kill what did not go."""
        for child in self._children:
            child.ask_to_stop()
        until_s = time.monotonic() + STOP_WITHIN_S
        for child in self._children:
            child.wait_or_kill(until_s)

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _announce(self) -> None:
        home = f"http://localhost:{self.port}"
        say(f"Kuramori: {home}")
        if other_pcs.host():
            say(f"Other PCs: https://{other_pcs.host()}:{other_pcs.port()} (explained at {home}/other-pcs/)")
        if not self._demo and (token := setup_link.make(self.data)):
            say(f"Set-up (this link works once): {home}/setup/start/{token}/")
        for area in swap.in_the_clear():
            say(f"Finding: swap is on and not encrypted ({area}): pictures or keys could reach the disk.")
        say("Ctrl-C stops.")


def require_free(port: int) -> None:
    """Raise `PortTaken` when something listens on `port` of this machine."""
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((address, port))
        except OSError as error:
            if error.errno in (98, 13):  # EADDRINUSE, EACCES; a machine without IPv6 is no problem
                raise PortTaken(port=port) from error


def listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=0.2):
            return True
    except OSError:
        return False


def migrate(env: dict[str, str]) -> None:
    """Bring the database to this version, in a process of its own."""
    argv = [sys.executable, "-m", "kuramori.main.command", "manage", "migrate", "--noinput", "-v", "0"]
    if subprocess.run(argv, env=env, check=False).returncode:
        raise MigrationFailed


def say(text: str) -> None:
    print(text, flush=True)
