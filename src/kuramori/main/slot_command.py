"""`kuramori slot status|init|move`: where the key that every erased hour dies with lives.

`init` and `move` work only while nothing records: they take the recorder's own lock.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kuramori.clock import SystemClock
from kuramori.errors import AlreadyRunning, BadInput, KuramoriError
from kuramori.main import slot_words
from kuramori.recorder import settings_file
from kuramori.recorder.data_lock import DataLock
from kuramori.vault import slot_config
from kuramori.vault.configured_store import check, key_store, move
from kuramori.vault.key_files import RealFiles
from kuramori.vault.slot_config import SetUp, SlotPlace, TokenPlace, TpmPlace
from kuramori.vault.tpm_part import free_indices, new_password

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator


def status(chosen: argparse.Namespace) -> int:
    """Print level and reasons; asked of the recorder while it runs."""
    record = chosen.data / "record"
    try:
        _show_places(record)
        try:
            with _stopped(chosen.data):
                store = key_store(record, _copies(chosen.data))
                table = store.open()
                assurance = store.assurance()
                if table is not None:
                    table.wipe()
                _show(assurance.level, assurance.irrecoverable, list(assurance.reasons))
        except AlreadyRunning:
            seen = _ask_recorder()
            _show(seen["level"], seen["irrecoverable"], seen["reasons"])
            if seen["failing"]:
                print(f"× {slot_words.of(slot_words.REASONS, seen['failing'])}")
    except (KuramoriError, OSError) as problem:
        return _fail(problem)
    return 0


def change(chosen: argparse.Namespace) -> int:
    """Take the keys to the place that was asked for."""
    record = chosen.data / "record"
    try:
        with _stopped(chosen.data):
            wanted = _wanted(chosen, slot_config.load(record, RealFiles()).set_up)
            if chosen.first and (key_store(record).open() or (record / slot_config.NAME).exists()):
                raise BadInput("slot-exists")
            now = slot_config.load(record, RealFiles()).set_up
            if not chosen.overwrite:
                check(wanted.without(now), RealFiles())
            wall_ns = SystemClock().wall_ns()
            result = move(record, _copies(chosen.data), wanted, wall_ns, lost=chosen.lost)
    except (KuramoriError, OSError) as problem:
        return _fail(problem)
    _show_places(record)
    assurance = result.assurance
    if assurance is not None:
        _show(assurance.level, assurance.irrecoverable, list(assurance.reasons))
    for finding in result.findings:
        print(f"× {slot_words.of(slot_words.REASONS, finding)}")
    return 0 if result.verified else 1


def _wanted(chosen: argparse.Namespace, now: SetUp) -> SetUp:
    """What the options ask for; without any slot option, the two files under DATA/record/slot."""
    slots = [SlotPlace("file", str(Path(path).resolve())) for path in chosen.file]
    slots += [SlotPlace("raw", path) for path in chosen.raw]
    if chosen.keep_part:
        part = now.part
    elif chosen.tpm:
        part = TpmPlace(chosen.tpm, free_indices(chosen.tpm), new_password())
    elif chosen.token:
        if not chosen.module or not chosen.pin_file:
            raise BadInput("token-without-pin")
        name = f"kuramori-{new_password()[:8]}"
        part = TokenPlace(chosen.module, chosen.token, str(chosen.pin_file.resolve()), name)
    else:
        part = None
    return SetUp(tuple(slots) or (SlotPlace(),), part)


@contextmanager
def _stopped(data: Path) -> Iterator[None]:
    """The recorder's lock. Raises `AlreadyRunning` while it records, `BadInput` when there is no data."""
    if not (data / "instance.json").exists():
        raise BadInput("no-instance")
    (data / "record").mkdir(mode=0o700, exist_ok=True)
    lock = DataLock(data / "record" / "lock")
    lock.take()
    try:
        yield
    finally:
        lock.release()


def _ask_recorder() -> dict[str, Any]:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuramori.main.settings")
    from kuramori.footage import recorder_socket

    table: dict[str, Any] = recorder_socket.status()["table"]
    return table


def _copies(data: Path) -> list[Path]:
    """Where copies of the table lie: on every store, also one that settings no longer name."""
    record = data / "record"
    roots = {path.parent for path in data.glob("store/*/table-copy")} | {data / "store/0"}
    for name in ("settings.json", "settings.last-good.json"):
        with suppress(BadInput):
            roots |= {data / store.path for store in settings_file.read(record / name).stores}
    return [root / "table-copy" for root in sorted(roots)]


def _show_places(record: Path) -> None:
    config = slot_config.load(record, RealFiles())
    for place in config.set_up.slots:
        kind = {"file": "ファイル / files", "raw": "装置 / device"}[place.kind]
        print(f"鍵スロット / key slot: {kind} {place.path or record / 'slot'}")
    part = config.set_up.part
    if isinstance(part, TpmPlace):
        print(f"TPM: {part.tcti}, NV {part.indices[0]:#x} {part.indices[1]:#x}")
    elif part is not None:
        print(f"トークン / token: {part.token} ({part.module})")
    if config.leaving is not None:
        print("移動の途中です / a move is under way")


def _show(level: int, irrecoverable: bool, reasons: list[str]) -> None:
    japanese, english = slot_words.LEVELS[level]
    print(f"保証水準 / assurance level: {level} — {japanese} / {english}")
    japanese, english = slot_words.IRRECOVERABLE[irrecoverable]
    print(f"{japanese} / {english}")
    for reason in reasons:
        print(f"・{slot_words.of(slot_words.REASONS, reason)}")


def _fail(problem: KuramoriError | OSError) -> int:
    if isinstance(problem, KuramoriError):
        print(slot_words.of(slot_words.PROBLEMS, problem.code), file=sys.stderr)
    print(problem, file=sys.stderr)
    return 1
