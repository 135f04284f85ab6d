"""A network of its own for tests of bad networks: one namespace with nothing but a loopback in it.

Everything that takes part runs inside (`inside` before its command), so nothing of the machine's own network
is touched. Its name carries our process id: what a killed run left behind is removed by the next one.
"""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from types import TracebackType

PREFIX = "kuramori-net-"
NS_OF_HOST = "ip", "netns"
MTU_BYTES = 1500


class Namespace:
    """Use as a context manager. Raises RuntimeError on a machine that gives us no namespace."""

    def __init__(self) -> None:
        self.name = f"{PREFIX}{os.getpid()}-{os.urandom(2).hex()}"
        self._limited = False

    def __enter__(self) -> Namespace:
        sweep()
        made = subprocess.run([*NS_OF_HOST, "add", self.name], capture_output=True, text=True, check=False)
        if made.returncode:
            raise RuntimeError(f"no network namespace: {made.stderr.strip()}")
        try:
            self._run("ip", "link", "set", "lo", "up", "mtu", str(MTU_BYTES))
            self._nft("add table inet faults")
            self._nft("add chain inet faults out { type filter hook output priority 0; }")
        except RuntimeError:
            remove(self.name)
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, value: object, trace: TracebackType | None) -> None:
        remove(self.name)

    @property
    def inside(self) -> list[str]:
        """Put before a command: it runs in here, and ends when we do."""
        return [*NS_OF_HOST, "exec", self.name, "setpriv", "--pdeathsig", "KILL", "--"]

    def cut(self, port: int) -> None:
        """Nothing reaches or leaves that TCP port any more, and nobody is told."""
        for way in ("sport", "dport"):
            self._nft(f"add rule inet faults out tcp {way} {port} drop")

    def lose(self, protocol: str, port: int, percent: int) -> None:
        """So many of the packets sent from that port are lost, by chance."""
        self._nft(f"add rule inet faults out {protocol} sport {port} numgen random mod 100 < {percent} drop")

    def heal(self) -> None:
        """No more cuts, losses and limits."""
        self._nft("flush chain inet faults out")
        if self._limited:
            self._run("tc", "qdisc", "del", "dev", "lo", "root")
            self._limited = False

    def limit(self, kilobit_per_s: int) -> None:
        """All traffic together at most so fast (token bucket)."""
        rate = ("rate", f"{kilobit_per_s}kbit", "burst", "16kb", "latency", "400ms")
        self._run("tc", "qdisc", "add", "dev", "lo", "root", "tbf", *rate)
        self._limited = True

    def _nft(self, words: str) -> None:
        self._run("nft", words)

    def _run(self, *words: str) -> None:
        done = subprocess.run(
            [*NS_OF_HOST, "exec", self.name, *words], capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise RuntimeError(f"{' '.join(words)}: {done.stderr.strip()}")


def sweep() -> None:
    """Remove what runs that were killed left behind."""
    listed = subprocess.run([*NS_OF_HOST, "list"], capture_output=True, text=True, check=False).stdout
    for line in listed.splitlines():
        name = line.split()[0]
        owner = name.removeprefix(PREFIX).partition("-")[0]
        if name.startswith(PREFIX) and not Path(f"/proc/{owner}").exists():
            remove(name)


def remove(name: str) -> None:
    """End what runs inside a namespace of ours, and the namespace."""
    found = subprocess.run([*NS_OF_HOST, "pids", name], capture_output=True, text=True, check=False).stdout
    for pid in found.split():
        with suppress(ProcessLookupError):
            os.kill(int(pid), signal.SIGKILL)
    subprocess.run([*NS_OF_HOST, "del", name], capture_output=True, check=False)
