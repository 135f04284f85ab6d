"""Packing goes on in a thread of `web`, where the opened keys are; the page asks how far it is."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from django.db import connection

from kuramori.errors import KuramoriError
from kuramori.evidence import packing, redacted_films

if TYPE_CHECKING:
    from kuramori.access.models import Grant
    from kuramori.evidence.models import Package, PackagePart, Redaction
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


def start_films(manager: Account, row: Redaction) -> None:
    """Make the films of `row` in the background. Raises `Refusal`, `BadInput` before it begins."""
    grant, number = redacted_films.begin(manager, row), row.part.package_id
    redacted_films.failed.pop(number, None)
    packing.progress[number] = packing.Progress(all_bytes=3 * packing.size_bytes(grant))
    threading.Thread(
        target=make_films, args=(manager, row, grant), name=f"covering {number}", daemon=True
    ).start()


def make_films(manager: Account, row: Redaction, grant: Grant) -> None:
    """The job itself."""
    number = row.part.package_id
    try:
        redacted_films.make(manager, row, grant, packing.progress[number].tick)
    except KuramoriError as error:
        redacted_films.failed[number] = error.code
        log.warning("%s: no redacted film: %s", number, error.code)
    except Exception:  # the edge of a job
        redacted_films.failed[number] = "redaction-failed"
        log.exception("%s: no redacted film", number)
    finally:
        packing.progress.pop(number, None)
        connection.close()


def under_way(package: Package) -> bool:
    """Whether this process is packing it."""
    return package.number in packing.progress
