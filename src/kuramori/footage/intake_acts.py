"""What each kind of journal entry means for the index and the ledger.

All run inside the batch's transaction.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kuramori.footage import dating, findings, held, intake_pictures, intake_segments
from kuramori.footage.models import (
    CameraState,
    ErasedHour,
    KeyRelease,
    LiveViewing,
    Order,
    RecorderFact,
    Segment,
)
from kuramori.ledger import entries

if TYPE_CHECKING:
    from collections.abc import Callable

    from kuramori.ledger.entries import OutcomeWord

RECORD = "program:record"
NO_SETTINGS_YET = "settings-missing"
Entry = dict[str, Any]


def apply(recorder: str, entry: Entry) -> None:
    """Write what one entry says. An unknown kind is a finding: something happened that we cannot show."""
    kind = str(entry["kind"])
    if act := _ACTS.get(kind):
        act(recorder, entry)
    elif rows := intake_segments.ACTS.get(kind) or intake_pictures.ACTS.get(kind):
        rows(entry)
    elif kind not in _NOTHING:
        findings.stand("journal-unknown-kind", kind, actor=RECORD, seq=entry["seq"])


def ledgered(
    act: str, entry: Entry, names: tuple[str, ...], outcome: OutcomeWord = "done", **more: Any
) -> None:
    """One ledger entry for an act of the recorder: what it is about, then the rest of the line."""
    fields = {key: value for key, value in entry.items() if key not in ("seq", "prev", "at_ns", "kind")}
    entries.record(
        act,
        actor=RECORD,
        obj={name: fields[name] for name in names if name in fields},
        outcome=outcome,
        reason=str(fields.get("reason") or fields.get("why") or ""),
        detail={key: value for key, value in fields.items() if key not in names}
        | {"at_ns": entry["at_ns"], "journal_seq": entry["seq"], **more},
    )


def _fact(name: str, entry: Entry) -> None:
    value = {key: item for key, item in entry.items() if key not in ("seq", "prev", "kind", "at_ns")}
    RecorderFact.objects.update_or_create(name=name, defaults={"value": value, "at_ns": entry["at_ns"]})


def _start(recorder: str, entry: Entry) -> None:
    _fact("run", entry)
    # A recorder that was killed could not write down that its streams had ended.
    LiveViewing.objects.filter(recorder=recorder, stopped_ns=None).update(stopped_ns=entry["at_ns"])
    ledgered("recorder-started", entry, ("boot",))


def _stop(recorder: str, entry: Entry) -> None:
    _fact("run", entry)
    ledgered("recorder-stopped", entry, ("by",))


def _camera_state(recorder: str, entry: Entry) -> None:
    CameraState.objects.update_or_create(
        camera=entry["camera"],
        defaults={
            "state": entry["state"],
            "since_ns": entry["at_ns"],
            "detail": str(entry.get("detail") or "")[:200],
        },
    )


def _key_released(recorder: str, entry: Entry) -> None:
    KeyRelease.objects.get_or_create(
        recorder=recorder,
        journal_seq=entry["seq"],
        defaults={name: entry[name] for name in ("grant", "segment", "camera", "at_ns")},
    )
    ledgered("segment-key-released", entry, ("grant", "camera", "segment"))


def _live_start(recorder: str, entry: Entry) -> None:
    LiveViewing.objects.get_or_create(
        recorder=recorder,
        journal_seq=entry["seq"],
        defaults={name: entry[name] for name in ("grant", "camera", "viewing")}
        | {"started_ns": entry["at_ns"]},
    )
    ledgered("live-stream-started", entry, ("grant", "camera", "viewing"))


def _live_stop(recorder: str, entry: Entry) -> None:
    begun = LiveViewing.objects.filter(
        recorder=recorder, grant=entry["grant"], viewing=entry["viewing"], stopped_ns=None
    )
    if (first := begun.order_by("journal_seq").first()) is not None:
        first.stopped_ns = entry["at_ns"]
        first.save(update_fields=["stopped_ns"])
    ledgered("live-stream-stopped", entry, ("grant", "camera", "viewing"))


def _rotation(recorder: str, entry: Entry) -> None:
    _fact("rotation", {**entry, "erased": len(entry.get("erased", []))})
    erased = entry.get("erased", [])
    for hour in erased:
        _erased_hour(recorder, entry, hour)
    _holds_told(recorder, entry)
    held.hours_died([hour["hour"] for hour in erased])
    for hour in entry.get("dated", []):
        dating.date(Segment.objects.filter(hour=hour["hour"]), hour["erase_at_ns"])
    told = {**entry, "erased": [hour["hour"] for hour in erased]}
    told |= {name: [hold["hold"] for hold in entry.get(name, [])] for name in ("held", "holds_ended")}
    ledgered("key-table-rotated", told, ("epoch",), "done" if entry["verified"] else "failed")
    findings.clear("rotation-failed", recorder, actor=RECORD)
    if entry["verified"]:
        findings.clear("rotation-not-verified", recorder, actor=RECORD)
    else:
        findings.stand("rotation-not-verified", recorder, actor=RECORD, epoch=entry["epoch"])


def _holds_told(recorder: str, entry: Entry) -> None:
    """Holds that stand, and holds that are over: what lived by one alone gets its certificate."""
    news = held.keep(entry.get("held", []), entry["at_ns"])
    for hold in entry.get("held", []):
        if hold["hold"] in news:
            about = {**entry, "hold": hold["hold"], "camera": hold["camera"], "segments": hold["segments"]}
            act = "rest-of-hour-stays" if "rest_of" in hold else "footage-held"
            _ledgered_hold(act, about, until_ns=hold["until_ns"])
    for hold in entry.get("holds_ended", []):
        held.end(hold, entry["at_ns"])
        if hold["erased"]:
            first = Segment.objects.filter(id__in=hold["erased"]).order_by("start_ns").first()
            start_s = first.hour_start_s if first else 0
            _erased_hour(recorder, entry, {**hold, "hour": hold["hold"], "hour_start_s": start_s})


def _ledgered_hold(act: str, about: Entry, **more: Any) -> None:
    entries.record(
        act,
        actor=RECORD,
        obj={"hold": about["hold"], "camera": about["camera"]},
        outcome="done",
        detail={"segments": about["segments"], "journal_seq": about["seq"], **more},
    )


def _hours_shortened(recorder: str, entry: Entry) -> None:
    """Hours that die earlier than their headers say: a shorter period was decided."""
    for hour in entry["hours"]:
        later = Segment.objects.filter(hour=hour["hour"], erase_at_ns__gt=hour["erase_at_ns"])
        later.update(erase_at_ns=hour["erase_at_ns"])
        held.shortened(hour["hour"], hour["erase_at_ns"])
    told = {**entry, "hours": [hour["hour"] for hour in entry["hours"]]}
    ledgered("hours-shortened", told, ())


def _erased_hour(recorder: str, entry: Entry, hour: dict[str, Any]) -> None:
    """A death is told again until it is acknowledged; only the place where it was told last is news then."""
    level, reasons = _level(entry["level"])
    row, new = ErasedHour.objects.get_or_create(
        hour=hour["hour"],
        defaults={
            "camera": hour["camera"],
            "hour_start_s": hour["hour_start_s"],
            "erase_at_ns": hour["erase_at_ns"],
            "erased_at_ns": hour["erased_at_ns"] if "erased_at_ns" in hour else entry["at_ns"],
            "reason": str(hour.get("reason", ""))[:200],
            "epoch": entry["epoch"],
            "verified": bool(entry["verified"]),
            "level": level,
            "level_reasons": reasons,
            "recorder": recorder,
            "journal_seq": entry["seq"],
        },
    )
    if not new:
        row.journal_seq = entry["seq"]
        row.save(update_fields=["journal_seq"])


def _rotation_failed(recorder: str, entry: Entry) -> None:
    ledgered("key-table-rotated", entry, (), "failed")
    findings.stand("rotation-failed", recorder, actor=RECORD, why=entry.get("why", ""))


def _slot_placed(recorder: str, entry: Entry) -> None:
    ledgered("key-slot-placed", entry, ("slots", "key_part"))


def _table_set_aside(recorder: str, entry: Entry) -> None:
    ledgered("key-table-set-aside", entry, ("name",), "failed")
    findings.stand("key-table-set-aside", str(entry["name"]), actor=RECORD, until_ns=entry["until_ns"])


def _set_aside_gone(recorder: str, entry: Entry) -> None:
    ledgered("key-table-set-aside", entry, ("name",), "done")
    findings.clear("key-table-set-aside", str(entry["name"]), actor=RECORD)


def _level(said: Any) -> tuple[int, list[str]]:
    """The assurance level and its reasons, whether the recorder writes a number or both."""
    if isinstance(said, dict):
        return int(said["level"]), [str(reason) for reason in said.get("reasons", [])]
    return int(said), []


def _order_done(recorder: str, entry: Entry) -> None:
    Order.objects.filter(id=entry["order"]).update(state="done", settled_ns=entry["at_ns"])
    if entry.get("order_kind") != "ack":
        ledgered("order-done", entry, ("order", "order_kind"))


def _order_refused(recorder: str, entry: Entry) -> None:
    why = str(entry.get("why", ""))[:64]
    Order.objects.filter(id=entry["order"], state="issued").update(
        state="refused", why=why, settled_ns=entry["at_ns"]
    )
    ledgered("order-refused", entry, ("order", "order_kind"), "refused")


def _clock(recorder: str, entry: Entry) -> None:
    _fact("clock", entry)
    trusted = entry.get("state") == "trusted"
    ledgered("erasure-clock", entry, ("state",), "done" if trusted else "failed")
    if trusted:
        findings.clear("clock-not-trusted", recorder, actor=RECORD)
    else:
        findings.stand("clock-not-trusted", recorder, actor=RECORD, state=entry.get("state", ""))


def _disk(recorder: str, entry: Entry) -> None:
    _fact(f"disk:{entry['store']}", entry)
    good = entry.get("state") == "ok"
    ledgered("store-state", entry, ("store", "state"), "done" if good else "failed")
    if good:
        findings.clear("store-not-ok", str(entry["store"]), actor=RECORD)
    else:
        findings.stand("store-not-ok", str(entry["store"]), actor=RECORD, state=entry.get("state", ""))


def _settings(recorder: str, entry: Entry) -> None:
    _fact("settings", entry)
    if entry["accepted"]:
        findings.clear("settings-refused", recorder, actor=RECORD)
        return
    if entry.get("why") == NO_SETTINGS_YET:
        return  # a recorder before its set-up: nothing is wrong
    ledgered("settings-refused", entry, ("serial",), "refused")
    findings.stand("settings-refused", recorder, actor=RECORD, why=entry.get("why", ""))


def _journal_damage(recorder: str, entry: Entry) -> None:
    """The recorder itself found its journal changed, or cut in the middle of a line."""
    if entry["kind"] == "journal-broken":
        findings.stand("journal-broken", f"{recorder}:{entry['seq']}", actor=RECORD, why=entry.get("why", ""))
    else:
        ledgered("journal-torn", entry, (), "failed")


_NOTHING = frozenset({"carried"})
_ACTS: dict[str, Callable[[str, Entry], None]] = {
    "start": _start,
    "stop": _stop,
    "camera-state": _camera_state,
    "key-released": _key_released,
    "live-start": _live_start,
    "live-stop": _live_stop,
    "rotation": _rotation,
    "rotation-failed": _rotation_failed,
    "hours-shortened": _hours_shortened,
    "slot-placed": _slot_placed,
    "table-set-aside": _table_set_aside,
    "table-set-aside-gone": _set_aside_gone,
    "order-done": _order_done,
    "order-refused": _order_refused,
    "clock": _clock,
    "disk": _disk,
    "settings": _settings,
    "journal-broken": _journal_damage,
    "journal-torn": _journal_damage,
}
