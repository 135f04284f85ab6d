"""Every death has one certificate, whatever crashes in between, and its proof leads to a signed head."""

from __future__ import annotations

import base64
import hashlib
import json
from collections import Counter
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest
from django.apps import apps
from django.utils import translation

from kuramori import local_time
from kuramori.errors import BadInput, Refusal
from kuramori.footage import intake, orders
from kuramori.footage.models import ErasedHour, Finding, Order, Segment
from kuramori.ledger import checkpoints, merkle
from kuramori.ledger.models import Entry
from kuramori.retention import assurance_words, certify, early, overdue
from kuramori.retention import proof as proofs
from kuramori.retention.models import Acknowledged, Certificate, ErasedOnDay
from tests.footage.world import build, camera

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kuramori.clock import ManualClock
    from tests.footage.world import RunningRecorder, World

HOUR_S, DAY_S = 3600, 86_400
every_commit = pytest.mark.django_db(transaction=True)


STEP_S = 4 * HOUR_S  # the recorder's own tests tick every second of it; here only the order of things counts


def live_through(recorder: RunningRecorder, now: ManualClock, seconds: int) -> None:
    """Let time pass as it does on a box: the recorder ticks, `work` takes in and certifies."""
    for _ in range(-(-seconds // STEP_S)):
        now.advance_s(STEP_S)
        recorder.tick()
        intake.take_in()
        certify.certify()


@every_commit
def test_an_expired_hour_gets_one_certificate_and_the_recorder_hears_of_it(
    recorder: RunningRecorder, world: World, now: ManualClock
) -> None:
    recorder.segment(world.camera)
    live_through(recorder, now, 14 * DAY_S)
    first = Certificate.objects.order_by("hour_start_s").first()
    assert first is not None and first.reason == "expired" and first.verified
    said = json.loads(first.document)
    assert said["what"]["pieces_of_footage"] == 1
    with translation.override("ja"):
        assert said["assurance"]["in_words"] == assurance_words.honest(first.level)
    assert said["due"] <= said["made_at"]
    assert Certificate.objects.count() == ErasedHour.objects.count() > 0
    live_through(recorder, now, 2 * STEP_S)
    assert Order.objects.filter(kind="ack", state="done").exists()
    assert recorder.recorder.status()["table"]["tombstones"] <= 2


@every_commit
@pytest.mark.parametrize(
    ("period", "days"), [(3, 6), pytest.param(14, 61, marks=pytest.mark.proof)], ids=["a week", "two months"]
)
def test_every_hour_dies_on_its_day_and_is_certified(
    data: Path, now: ManualClock, start_recorder: Callable[[], RunningRecorder], period: int, days: int
) -> None:
    world = build(days=period)
    recorder = start_recorder()
    born: dict[str, int] = {}
    for _ in range(days):
        segment, _path = recorder.segment(world.camera, 2)
        intake.take_in()
        row = Segment.objects.get(id=segment)
        born[row.hour] = row.erase_at_ns
        live_through(recorder, now, DAY_S)
    certified = dict(Certificate.objects.values_list("hour", "erase_at_ns"))
    done = dict(Certificate.objects.values_list("hour", "erased_at_ns"))
    for hour, due_ns in born.items():
        assert (hour in certified) == (due_ns <= now.wall_ns())
        if hour in certified:
            assert certified[hour] == due_ns
            assert due_ns - 2 * 10**9 <= done[hour] <= due_ns + STEP_S * 10**9
    assert len(born) >= days and len(set(born) & set(certified)) >= days - period - 1
    assert not Finding.objects.filter(code=overdue.CODE).exists()
    assert not Segment.objects.exclude(state="erased").filter(erase_at_ns__lte=now.wall_ns()).exists()
    counted = dict(ErasedOnDay.objects.values_list("day", "hours"))
    assert counted == Counter(local_time.day_of(at_ns) for at_ns in done.values())
    ErasedOnDay.objects.all().delete()
    import_module("kuramori.retention.migrations.0002_newest").count(apps, None)
    assert dict(ErasedOnDay.objects.values_list("day", "hours")) == counted, "so an update finds them"


@every_commit
@pytest.mark.parametrize("crash_at", ["before-entry", "after-certificate", "in-acknowledging"])
def test_a_crash_between_any_two_steps_loses_no_certificate(
    recorder: RunningRecorder,
    world: World,
    now: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
    crash_at: str,
) -> None:
    recorder.segment(world.camera)
    now.advance_s(14 * DAY_S)
    recorder.tick()
    intake.take_in()
    dead = ErasedHour.objects.count()
    assert dead

    def dies(*_: object, **__: object) -> Any:
        raise KeyboardInterrupt

    target: tuple[Any, str] = {
        "before-entry": (certify.entries, "record"),
        "after-certificate": (certify, "_acknowledge"),
        "in-acknowledging": (orders, "sign_order"),
    }[crash_at]
    with monkeypatch.context() as crashing:
        crashing.setattr(*target, dies)
        with pytest.raises(KeyboardInterrupt):
            certify.certify()
    certify.certify()
    assert Certificate.objects.count() == dead == Entry.objects.filter(act="hour-erased").count()
    assert Acknowledged.objects.get().through_seq == max(
        ErasedHour.objects.values_list("journal_seq", flat=True)
    )
    assert certify.certify() == 0 and Certificate.objects.count() == dead


@every_commit
def test_a_death_told_again_after_a_restart_is_not_certified_twice(
    world: World, now: ManualClock, start_recorder: Callable[[], RunningRecorder]
) -> None:
    recorder = start_recorder()
    recorder.segment(world.camera)
    now.advance_s(14 * DAY_S)
    recorder.tick()
    recorder = start_recorder()  # before anything was acknowledged: the tombstones are told again
    now.advance_s(HOUR_S)
    recorder.tick()
    intake.take_in()
    certify.certify()
    hours = list(Certificate.objects.values_list("hour", flat=True))
    assert len(hours) == len(set(hours)) == ErasedHour.objects.count()
    live_through(recorder, now, 2 * STEP_S)
    assert recorder.recorder.status()["table"]["tombstones"] <= 2


@every_commit
def test_the_proof_leads_from_the_certificate_to_a_signed_head(
    recorder: RunningRecorder, world: World, now: ManualClock
) -> None:
    recorder.segment(world.camera)
    live_through(recorder, now, 14 * DAY_S)
    row = Certificate.objects.order_by("hour_start_s").first()
    assert row is not None
    shown = proofs.proof(row)
    entry = json.loads(shown["entry"])
    assert entry["detail"]["certificate_sha256"] == hashlib.sha256(row.document.encode()).hexdigest()
    _origin, size, root = shown["checkpoint"].splitlines()[:3]
    leaf = merkle.leaf_hash(bytes.fromhex(shown["salt"]) + shown["entry"].encode())
    path = [bytes.fromhex(step) for step in shown["path"]]
    head = base64.b64decode(root)
    assert shown["key"] == checkpoints.signer().verifier_key
    assert proofs.holds(leaf, shown["index"], int(size), path, head)
    forged = merkle.leaf_hash(bytes.fromhex(shown["salt"]) + shown["entry"].replace("done", "fone").encode())
    assert not proofs.holds(forged, shown["index"], int(size), path, head)
    assert not proofs.holds(leaf, shown["index"] ^ 1, int(size), path, head)


@every_commit
def test_an_interval_is_erased_early_while_locked(
    recorder: RunningRecorder, world: World, now: ManualClock
) -> None:
    _, dies = recorder.segment(world.camera)
    start_ns = now.wall_ns()
    now.advance_s(2 * HOUR_S)
    recorder.tick()
    _, stays = recorder.segment(world.camera)
    early.erase_early(world.manager, world.camera, start_ns, start_ns + 60 * 10**9, "向きの誤り")
    recorder.tick()
    intake.take_in()
    certify.certify()
    assert not dies.exists() and stays.exists()
    row = Certificate.objects.get()
    assert json.loads(row.document)["why"] == "向きの誤り"
    assert Segment.objects.get(path__endswith=dies.name).state == "erased"
    assert Order.objects.get(kind="erase").state == "done"


@every_commit
def test_early_erasure_is_the_managers_and_needs_a_reason(world: World, now: ManualClock) -> None:
    with pytest.raises(Refusal, match="role-needed"):
        early.erase_early(world.operator, world.camera, 0, 10**9, "x")
    with pytest.raises(BadInput, match="reason-missing"):
        early.erase_early(world.manager, world.camera, 0, 10**9, " ")
    assert not Order.objects.exists()


@every_commit
def test_overdue_erasure_is_a_finding_until_it_is_done(
    recorder: RunningRecorder, world: World, now: ManualClock
) -> None:
    recorder.segment(world.camera)
    intake.take_in()
    now.advance_s(14 * DAY_S + 2 * HOUR_S)
    assert overdue.look() == 1
    assert Finding.objects.get(code=overdue.CODE).subject == world.camera.id
    recorder.tick()
    intake.take_in()
    assert overdue.look() == 0
    assert Finding.objects.get(code=overdue.CODE).cleared_ns is not None


@every_commit
def test_another_cameras_footage_does_not_hide_what_is_overdue(
    recorder: RunningRecorder, world: World, now: ManualClock
) -> None:
    other = camera(2, world.camera.site, world.manager)
    recorder.segment(world.camera)
    intake.take_in()
    kept = Segment.objects.get()
    Segment.objects.create(
        **{
            field.name: getattr(kept, field.name)
            for field in Segment._meta.fields
            if field.name not in ("id", "camera", "hour")
        },
        id="ab" * 16,
        camera=other.id,
        hour="cd" * 16,
    )
    now.advance_s(14 * DAY_S + 2 * HOUR_S)
    assert overdue.look() == 2


@every_commit
def test_a_date_that_is_not_yet_known_is_not_overdue(
    recorder: RunningRecorder, world: World, now: ManualClock
) -> None:
    recorder.segment(world.camera)
    intake.take_in()
    Segment.objects.update(provisional=True, erase_at_ns=1)
    assert overdue.look() == 0
