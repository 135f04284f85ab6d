"""Journal entries about what is in the pictures: masks checked or missing, what was erased for it,
and views that are not what was approved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kuramori.footage import findings
from kuramori.footage.picture_check_models import PictureCheck
from kuramori.ledger import entries

if TYPE_CHECKING:
    from collections.abc import Callable

Entry = dict[str, Any]
RECORD = "program:record"


def _mask_checked(entry: Entry) -> None:
    """Once a minute and camera: the row moves, the ledger is not filled with it."""
    PictureCheck.objects.update_or_create(
        camera=entry["camera"],
        defaults={"mask_version": entry["version"], "mask_good_until_ns": entry["until_ns"]},
    )
    findings.clear("mask-unchecked", entry["camera"], actor=RECORD)
    failed = PictureCheck.objects.filter(camera=entry["camera"], mask_failed_version=entry["version"])
    if not failed.exists():  # another mask has been approved since, and is in the pictures
        findings.clear("mask-failed", entry["camera"], actor=RECORD)


def _mask_failed(entry: Entry) -> None:
    if entry["latched"]:
        PictureCheck.objects.update_or_create(
            camera=entry["camera"],
            defaults={"mask_failed_version": entry["version"], "mask_failed_ns": entry["at_ns"]},
        )
    code = "mask-failed" if entry["latched"] else "mask-unchecked"
    findings.stand(code, entry["camera"], actor=RECORD, version=entry["version"], why=entry["why"])
    _ledgered("mask-failed", entry, "failed", version=entry["version"], sha256=entry["sha256"])


def _mask_erased(entry: Entry) -> None:
    _ledgered("mask-erased", entry, "done", since_ns=entry["since_ns"])


def _view_reference(entry: Entry) -> None:
    """The first under an approval: what was wrong under an earlier one is over."""
    row = PictureCheck.objects.filter(camera=entry["camera"]).first()
    if row is None or row.view_version != entry["version"]:
        _view_is(entry, "")
    _ledgered("view-reference", entry, "done", version=entry["version"])


def _view_changed(entry: Entry) -> None:
    fault = str(entry["fault"])[:16]
    _view_is(entry, fault)
    code = "view-moved" if fault == "moved" else "view-covered"
    findings.stand(code, entry["camera"], actor=RECORD, version=entry["version"], fault=fault)
    _ledgered("view-changed", {**entry, "why": fault}, "failed", version=entry["version"])


def _view_back(entry: Entry) -> None:
    _view_is(entry, "")
    _ledgered("view-back", entry, "done", version=entry["version"])


def _view_is(entry: Entry, fault: str) -> None:
    since_ns = entry["at_ns"] if fault else None
    PictureCheck.objects.update_or_create(
        camera=entry["camera"],
        defaults={"view_version": entry["version"], "view_fault": fault, "view_fault_ns": since_ns},
    )
    for code in ("view-moved", "view-covered"):
        findings.clear(code, entry["camera"], actor=RECORD)


def _ledgered(act: str, entry: Entry, outcome: Any, **detail: object) -> None:
    entries.record(
        act,
        actor=RECORD,
        obj={"camera": entry["camera"]},
        outcome=outcome,
        reason=str(entry.get("why", "")),
        detail={**detail, "journal_seq": entry["seq"]},
    )


ACTS: dict[str, Callable[[Entry], None]] = {
    "mask-checked": _mask_checked,
    "mask-failed": _mask_failed,
    "mask-erased": _mask_erased,
    "view-reference": _view_reference,
    "view-changed": _view_changed,
    "view-back": _view_back,
}
