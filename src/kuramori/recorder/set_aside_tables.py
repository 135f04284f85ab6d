"""Key tables that once did not open: tried again at each start, taken over when they do, destroyed on their
day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog

from kuramori.errors import CannotErase, StorehouseError

if TYPE_CHECKING:
    from kuramori.recorder.erasure_guard import TimeView
    from kuramori.recorder.journal import Journal
    from kuramori.recorder.key_keeper import KeyKeeper
    from kuramori.vault.set_aside import AsidePair, SetAside

log = structlog.get_logger()


def adopt_set_aside(aside: SetAside, keeper: KeyKeeper, view: TimeView) -> list[AsidePair]:
    """Hand the rows of every table that opens again to the keeper. Returns the pairs that are done with:
    those, and those whose last date has come; to be destroyed after the next rotation has stood."""
    done = []
    for pair in aside.pairs():
        try:
            table = aside.open(pair)
        except StorehouseError:
            table = None
        if table is not None:
            keeper.adopt(table)
        if table is not None or (view.trusted and pair.until_ns <= view.now_ns):
            done.append(pair)
    return done


def destroy_set_aside(aside: SetAside, pairs: list[AsidePair], journal: Journal) -> None:
    """Overwrite the slots of these pairs; what cannot be overwritten is tried again at the next start."""
    for pair in pairs:
        try:
            aside.destroy(pair)
        except (CannotErase, OSError) as problem:
            log.error("set-aside-not-destroyed", name=pair.name, why=str(problem))
            continue
        journal.append_durable("table-set-aside-gone", name=pair.name)
