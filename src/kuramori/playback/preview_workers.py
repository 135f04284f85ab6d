"""One picture worker a look, for previews: started by the first, ended when nothing was asked for a while."""

from __future__ import annotations

import threading

from kuramori.errors import BadInput
from kuramori.pictures.key_pictures import KeyPictures

IDLE_S = 20.0
MOST = 8

_lock = threading.Lock()
_workers: dict[str, KeyPictures] = {}
_timers: dict[str, threading.Timer] = {}


def small(grant: str, init: bytes, unit: bytes, side_px: int) -> bytes:
    """A JPEG of a key frame (as in `KeyPictures`), made by the worker of this grant. Raises BadInput."""
    worker = _worker_of(grant)
    try:
        return worker.small(init, unit, side_px)
    except BadInput as wrong:
        if wrong.code in ("picture-timeout", "picture-unreadable"):
            forget(grant)  # it may be gone; the next preview starts another
        raise


def forget(grant: str) -> None:
    """End the worker of a grant, with whatever it holds."""
    with _lock:
        worker, timer = _workers.pop(grant, None), _timers.pop(grant, None)
    if timer is not None:
        timer.cancel()
    if worker is not None:
        worker.close()


def _worker_of(grant: str) -> KeyPictures:
    with _lock:
        worker = _workers.get(grant)
        if worker is None:
            if len(_workers) >= MOST:
                raise BadInput("pictures-busy")
            worker = _workers[grant] = KeyPictures()
        if grant in _timers:
            _timers[grant].cancel()
        timer = _timers[grant] = threading.Timer(IDLE_S, forget, (grant,))
        timer.daemon = True
        timer.start()
    return worker
