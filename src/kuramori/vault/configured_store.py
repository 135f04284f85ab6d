"""The key store as slot.json has it, and moving it to other media.

A move is one rotation: slot.json first names the new place and the one being left, then the table is written
under a key in the new place and read back, then the old place is destroyed and slot.json forgets it. Cut
short at any step, it is finished by the next rotation, also by the recorder's.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kuramori.errors import BadInput
from kuramori.vault import slot_config
from kuramori.vault.key_files import RealFiles
from kuramori.vault.key_store import KeyStore, default_slot
from kuramori.vault.key_table import KeyTable
from kuramori.vault.leaving import Leaving
from kuramori.vault.mirrored_slot import MirroredSlot
from kuramori.vault.part_turn import PartTurn
from kuramori.vault.pkcs11_part import Pkcs11Part
from kuramori.vault.raw_slot import RawSlot, refuse_if_used
from kuramori.vault.slot import SoftwareSlot
from kuramori.vault.slot_config import SetUp, SlotConfig, SlotPlace, TpmPlace
from kuramori.vault.tpm_part import TpmPart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kuramori.vault.key_files import KeyFiles
    from kuramori.vault.key_store import RotationResult
    from kuramori.vault.slot import KeySlot
    from kuramori.vault.token_part import TokenPart


def key_store(record_dir: Path, copies: Sequence[Path] = (), files: KeyFiles | None = None) -> KeyStore:
    """The store that slot.json describes. Raises `BadInput("slot-config")`."""
    files = files or RealFiles()
    config = slot_config.load(record_dir, files)
    leaving = None
    if config.leaving is not None:
        old = config.leaving
        slot = build_slot(record_dir, old.slots, files) if old.slots else None

        def left() -> None:
            slot_config.save(record_dir, SlotConfig(config.set_up), files)

        leaving = Leaving(slot, PartTurn(build_part(old)), left)
    return KeyStore(
        record_dir,
        copies,
        files=files,
        slot=build_slot(record_dir, config.set_up.slots, files),
        part=build_part(config.set_up),
        leaving=leaving,
    )


def move(
    record_dir: Path,
    copies: Sequence[Path],
    wanted: SetUp,
    now_ns: int,
    *,
    files: KeyFiles | None = None,
    lost: bool = False,
) -> RotationResult:
    """Take the keys to `wanted`, whose new places are overwritten. Only under the recorder's lock.

    `lost`: what is left behind is broken or destroyed, so nobody goes on trying to overwrite it.

    Raises `BadInput` (nothing was changed), `StorehouseError` when the table in force does not open,
    `CannotErase` when the rotation could not be made: the recorder goes on trying.
    """
    files = files or RealFiles()
    config = slot_config.load(record_dir, files)
    store = key_store(record_dir, copies, files)
    table = store.open()
    if store.aside.pairs():
        raise BadInput("slot-set-aside-waits")
    if config.leaving is not None:  # finish that one first: three places at once help nobody
        store.rotate(table or KeyTable(), now_ns)
        config = slot_config.load(record_dir, files)
        if config.leaving is not None:
            raise BadInput("slot-move-unfinished")
    prepare(record_dir, wanted.without(config.set_up), files)
    slot_config.save(record_dir, SlotConfig(wanted, config.set_up.without(wanted)), files)
    store = key_store(record_dir, copies, files)
    table = store.open()
    result = store.rotate(table or KeyTable(), now_ns)
    if lost:
        slot_config.save(record_dir, SlotConfig(wanted), files)
    return result


def check(wanted: SetUp, files: KeyFiles) -> None:
    """Raises `BadInput` when a device is in use or holds something else."""
    for place in wanted.slots:
        if place.kind == "raw":
            refuse_if_used(Path(place.path), files)


def prepare(record_dir: Path, new: SetUp, files: KeyFiles) -> None:
    """Make new places ready: labels on devices, markers in directories, indices in the TPM."""
    for place in new.slots:
        slot = _slot(record_dir, place, files)
        if isinstance(slot, RawSlot):
            slot.prepare()
        elif place.path:
            slot.make_marker()
    part = build_part(new)
    if isinstance(part, TpmPart):
        part.define()
    elif part is not None:
        part.facts()  # is it there?


def build_slot(record_dir: Path, places: Sequence[SlotPlace], files: KeyFiles) -> KeySlot:
    """One medium, or several that mirror each other."""
    slots = [_slot(record_dir, place, files) for place in places]
    return slots[0] if len(slots) == 1 else MirroredSlot(slots)


def build_part(set_up: SetUp) -> TokenPart | None:
    """What holds T."""
    place = set_up.part
    if place is None:
        return None
    if isinstance(place, TpmPlace):
        return TpmPart(place.tcti, place.indices, place.password)
    return Pkcs11Part(place.module, place.token, Path(place.pin_file), place.name)


def _slot(record_dir: Path, place: SlotPlace, files: KeyFiles) -> SoftwareSlot | RawSlot:
    if place.kind == "raw":
        return RawSlot(Path(place.path), files)
    if not place.path:
        return default_slot(record_dir, files)
    return SoftwareSlot(Path(place.path), files, marked=True)
