"""The watch that locks an unused storehouse and forgets the keys of ended grants, once a second.

One daemon thread of the `web` process, started by the first unlocking and ended by the lock.
"""

from __future__ import annotations

import logging
import threading

from django.db import DatabaseError, close_old_connections

from kuramori.access import storehouse_session

EVERY_S = 1.0

log = logging.getLogger(__name__)
_guard = threading.Lock()
_watch: threading.Thread | None = None


def ensure_running() -> None:
    """Start the watch unless it runs."""
    global _watch
    with _guard:
        if _watch is None or not _watch.is_alive():
            _watch = threading.Thread(target=_run, name="storehouse-watch", daemon=True)
            _watch.start()


def _run() -> None:
    pause = threading.Event()
    while True:
        try:
            if not storehouse_session.is_unlocked():
                return
        except DatabaseError:
            # The keys are wiped before the ledger is written; only the entry is missing.
            log.exception("the lock could not be written down")
        finally:
            close_old_connections()
        pause.wait(EVERY_S)
