"""Where the key slot lies, told in the journal at the first start and whenever it is another place.

`kuramori slot init|move` works only while nothing records, and so does anybody who edits slot.json: the next
start compares, and what it finds goes into the ledger, whoever changed it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori.vault import slot_config
from kuramori.vault.key_files import RealFiles
from kuramori.vault.slot_config import TokenPlace, TpmPlace

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.recorder.journal import Journal
    from kuramori.vault.slot_config import SetUp


def described(set_up: SetUp) -> dict[str, object]:
    """Media and what holds T, in words without any password or PIN."""
    part = ""
    if isinstance(set_up.part, TpmPlace):
        part = f"tpm {set_up.part.tcti} {set_up.part.indices[0]:#x} {set_up.part.indices[1]:#x}"
    elif isinstance(set_up.part, TokenPlace):
        part = f"token {set_up.part.token} {set_up.part.name}"
    return {"slots": [f"{place.kind} {place.path}".strip() for place in set_up.slots], "key_part": part}


def tell(journal: Journal, record_dir: Path) -> None:
    """Journal it if it is not where it was. Raises BadInput `slot-config`."""
    now, before = described(slot_config.load(record_dir, RealFiles()).set_up), journal.things.slot
    if now != before:
        journal.append("slot-placed", **now, before=before)
