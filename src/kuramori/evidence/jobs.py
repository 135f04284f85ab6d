"""Packing goes on in a thread of `web`, where the opened keys are; the page asks how far it is."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from django.db import connection

from kuramori.errors import KuramoriError
from kuramori.evidence import packing

if TYPE_CHECKING:
    from kuramori.access.models import Grant
    from kuramori.evidence.models import Package, PackagePart
    from kuramori.people.models import Account

log = logging.getLogger("kuramori.evidence")


def start(manager: Account, package: Package, taken: list[tuple[PackagePart, Grant]]) -> None:
    """Pack in the background."""
    threading.Thread(
        target=_run, args=(manager, package, taken), name=f"packing {package.number}", daemon=True
    ).start()


def _run(manager: Account, package: Package, taken: list[tuple[PackagePart, Grant]]) -> None:
    try:
        packing.pack(manager, package, taken)
    except KuramoriError as error:
        log.warning("%s was not packed: %s", package.number, error.code)
    except Exception:  # the edge of a job: the package is marked as failed
        log.exception("%s was not packed", package.number)
    finally:
        connection.close()


def under_way(package: Package) -> bool:
    """Whether this process is packing it."""
    return package.number in packing.progress
