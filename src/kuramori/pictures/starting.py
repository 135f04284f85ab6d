"""How a picture worker's process is started, with nothing inherited or in its environment, and ended."""

from __future__ import annotations

import importlib.util
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import subprocess


@cache
def command(module: str) -> tuple[str, ...]:
    """Runs `module` (its full name). Without the site module: starting is half of a short job's cost."""
    return sys.executable, "-S", "-m", module


@cache
def _python_path() -> str:
    found = [Path(__file__).resolve().parents[2]]
    for name in ("av", "PIL", "rfc8785", "onvif"):
        spec = importlib.util.find_spec(name)  # looked up, not imported: this process decodes nothing
        if spec is not None and spec.origin:
            found.append(Path(spec.origin).resolve().parents[1])
    return ":".join(dict.fromkeys(str(path) for path in found))


def surroundings() -> dict[str, Any]:
    """Keyword arguments for subprocess and asyncio alike."""
    return {
        "cwd": "/",
        "env": {"PYTHONPATH": _python_path(), "PYTHONDONTWRITEBYTECODE": "1", "LC_ALL": "C.UTF-8"},
        "close_fds": True,
        "start_new_session": True,
    }


def end(worker: subprocess.Popen[bytes]) -> None:
    """The process is gone, and its pipes with it. Nobody reads from them any more."""
    worker.kill()
    worker.wait()
    for pipe in (worker.stdin, worker.stdout):
        if pipe is not None:
            try:
                pipe.close()
            except OSError:
                pass  # something was still in the pipe of a worker that is gone
