"""`python -m kuramori.recorder --data DIR`: the recording process, until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import asyncio
import gc
import logging
import os
import signal
import sys
from pathlib import Path

import structlog

from kuramori.cameras.rtsp.pace import BeatLoop
from kuramori.errors import KuramoriError
from kuramori.recorder import service_notice
from kuramori.recorder.hardening import harden
from kuramori.recorder.process import Recorder


def main(arguments: list[str] | None = None) -> int:
    """Exit code: 0 after a clean stop, 2 when it could not start, 1 when the journal failed on the way."""
    parser = argparse.ArgumentParser(prog="kuramori record")
    parser.add_argument("--data", type=Path, required=True, help="the data directory")
    data = parser.parse_args(arguments).data.resolve()
    harden()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )
    with asyncio.Runner(loop_factory=BeatLoop) as runner:
        return runner.run(_record(data))


async def _record(data: Path) -> int:
    log = structlog.get_logger()
    try:
        recorder = Recorder(data)
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, recorder.ask_to_stop, _master())
        loop.add_signal_handler(signal.SIGINT, recorder.ask_to_stop, "keyboard")
        await recorder.start()
        service_notice.tell("READY=1")
        gc.freeze()  # what lives now lives to the end: collecting garbage need not look at it again
        gc.set_threshold(20_000, 20, 20)
    except KuramoriError as problem:
        log.error("cannot-start", why=str(problem))
        return 2
    try:
        await recorder.run()
    except KuramoriError as problem:
        log.error("cannot-go-on", why=str(problem))
        return 1
    await recorder.stop()
    return 0


def _master() -> str:
    """Who ends this process with SIGTERM in the ordinary course of things."""
    return "service-manager" if "INVOCATION_ID" in os.environ else "supervisor"


if __name__ == "__main__":
    sys.exit(main())
