"""A key leaves only for a grant, only after the ledger has it, and is gone from memory when the grant is."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest

from kuramori.access import granting, released_keys, storehouse_session
from kuramori.access.matching import match_releases
from kuramori.clock import NS_PER_S
from kuramori.errors import Damaged, Refusal
from kuramori.footage import intake, recorder_socket
from kuramori.footage.models import Finding, KeyRelease, LiveViewing
from kuramori.ledger.models import Entry
from kuramori.vault.segment_reader import SegmentFile
from tests.access.approved import approved_grant
from tests.footage.world import CLEAR

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.access.models import Grant
    from kuramori.clock import ManualClock
    from tests.footage.world import RunningRecorder, World

pytestmark = pytest.mark.django_db


def granted(world: World, recorder: RunningRecorder, now: ManualClock) -> tuple[Grant, Path]:
    """One minute recorded, taken in, and allowed to the operator for an hour."""
    start_ns = now.wall_ns()
    _, path = recorder.segment(world.camera)
    now.advance_s(120)
    intake.take_in()
    storehouse_session.unlock(world.passphrase, world.manager)
    grant = approved_grant(world.manager, world.operator, world.camera, start_ns, start_ns + 60 * NS_PER_S)
    return grant, path


def open_first_picture(world: World, grant: Grant, path: Path) -> bytes:
    with SegmentFile(path) as found:
        key = released_keys.segment_key(grant, world.operator, found.header, found.end_ns)
        return found.read(1, key)


def test_a_grant_opens_its_footage_and_the_journal_matches(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    grant, path = granted(world, recorder, now)
    assert open_first_picture(world, grant, path) == CLEAR
    intake.take_in()
    assert match_releases() == 0
    assert KeyRelease.objects.get().verdict == "ok"


def test_the_key_is_asked_for_once_a_grant(world: World, recorder: RunningRecorder, now: ManualClock) -> None:
    grant, path = granted(world, recorder, now)
    for _ in range(3):
        open_first_picture(world, grant, path)
    assert Entry.objects.filter(act="segment-key-asked").count() == 1


def test_nothing_is_asked_of_the_recorder_before_the_ledger_row_stands(
    world: World, recorder: RunningRecorder, now: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The attack: a ledger that cannot be written. No key may then leave the recorder."""
    grant, path = granted(world, recorder, now)

    def full_disk(*_: object, **__: object) -> int:
        raise OSError(28, "no space")

    monkeypatch.setattr(released_keys.entries, "record", full_disk)
    with pytest.raises(OSError, match="no space"):
        open_first_picture(world, grant, path)
    recorder.recorder.parts.journal.sync()
    journal = b"".join(p.read_bytes() for p in (recorder.data / "record/journal").iterdir())
    assert b"key-released" not in journal


def test_the_ledger_row_is_there_while_the_recorder_is_being_asked(
    world: World, recorder: RunningRecorder, now: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    grant, path = granted(world, recorder, now)
    real, seen = recorder_socket.sealed_key, []

    def looking(**asked: object) -> bytes:
        seen.append(Entry.objects.filter(act="segment-key-asked").count())
        return real(**asked)  # type: ignore[arg-type]

    monkeypatch.setattr(released_keys.recorder_socket, "sealed_key", looking)
    open_first_picture(world, grant, path)
    assert seen == [1]


def test_locking_wipes_the_key_that_a_reader_holds(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    grant, path = granted(world, recorder, now)
    with SegmentFile(path) as found:
        key = released_keys.segment_key(grant, world.operator, found.header, found.end_ns)
        assert found.read(1, key) == CLEAR
        storehouse_session.lock(world.manager)
        assert not any(key)
        with pytest.raises(Damaged):
            found.read(2, key)
    with pytest.raises(Refusal, match="storehouse-locked"):
        open_first_picture(world, grant, path)


def test_a_withdrawn_grant_opens_nothing_more(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    grant, path = granted(world, recorder, now)
    with SegmentFile(path) as found:
        key = released_keys.segment_key(grant, world.operator, found.header, found.end_ns)
        granting.withdraw(grant, world.manager)
        assert not any(key)
    with pytest.raises(Refusal, match="grant-withdrawn"):
        open_first_picture(world, grant, path)


def test_a_grant_that_is_over_opens_nothing_more_and_its_keys_are_forgotten(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    grant, path = granted(world, recorder, now)
    with SegmentFile(path) as found:
        key = released_keys.segment_key(grant, world.operator, found.header, found.end_ns)
        for _ in range(5):
            now.advance_s(13 * 60)
            if storehouse_session.is_unlocked():
                storehouse_session.released_key(grant.id, "")
        assert not any(key)
    storehouse_session.unlock(world.passphrase, world.manager)
    with pytest.raises(Refusal, match="grant-over"):
        open_first_picture(world, grant, path)


def test_a_segment_outside_the_interval_stays_shut(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    grant, _ = granted(world, recorder, now)
    _, later = recorder.segment(world.camera)
    with pytest.raises(Refusal, match="grant-other-interval"):
        open_first_picture(world, grant, later)


def test_a_gate_that_closes_shuts_what_was_granted(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    from tests.footage.world import judge

    grant, path = granted(world, recorder, now)
    judge(world.camera, "sealed")
    with pytest.raises(Refusal, match="sign-missing"):
        open_first_picture(world, grant, path)


def test_an_erased_hour_opens_no_more_though_its_file_was_put_aside(
    world: World, recorder: RunningRecorder, now: ManualClock, tmp_path: Path
) -> None:
    """The attack: copy the file before its day, ask for its key afterwards with everything unlocked."""
    grant, path = granted(world, recorder, now)
    aside = tmp_path / "aside.kura"
    shutil.copy(path, aside)
    now.advance_s(14 * 86_400)
    recorder.tick()
    assert not path.exists()
    storehouse_session.unlock(world.passphrase, world.manager)
    grant.expires_at_ns = now.wall_ns() + 3600 * NS_PER_S  # the attacker owns the database too
    grant.save()
    with pytest.raises(Refusal, match="footage-erased"):
        open_first_picture(world, grant, aside)
    with SegmentFile(aside) as found:
        header = found.header
    from kuramori.errors import KeyGone

    with pytest.raises(KeyGone):  # and past our own rules, at the recorder's door
        recorder_socket.sealed_key(
            grant=grant.id,
            camera=header.camera,
            segment=header.segment,
            hour=header.hour,
            wrapped=header.wrapped_key,
        )


def test_a_release_without_a_grant_is_a_finding(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    """The attack: whoever owns `web` asks the recorder for keys under an invented grant."""
    segment, path = recorder.segment(world.camera)
    with SegmentFile(path) as found:
        header = found.header
    recorder_socket.sealed_key(
        grant="ee" * 16, camera=header.camera, segment=segment, hour=header.hour, wrapped=header.wrapped_key
    )
    intake.take_in()
    assert match_releases() == 1
    finding = Finding.objects.get(code="release-without-grant")
    assert finding.detail["why"] == "no-such-grant"
    told = json.loads(Entry.objects.get(act="finding").text)
    assert told["detail"]["grant"] == "ee" * 16


def test_a_release_outside_its_grants_interval_is_a_finding(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    grant, _ = granted(world, recorder, now)
    segment, path = recorder.segment(world.camera)
    with SegmentFile(path) as found:
        header = found.header
    recorder_socket.sealed_key(
        grant=grant.id, camera=header.camera, segment=segment, hour=header.hour, wrapped=header.wrapped_key
    )
    intake.take_in()
    match_releases()
    assert Finding.objects.get().detail["why"] == "other-interval"


def live_lines(recorder: RunningRecorder, world: World, *grants: str) -> None:
    journal = recorder.recorder.parts.journal
    for grant in grants:
        said = {"grant": grant, "camera": world.camera.id, "viewing": f"account:{world.operator.pk}"}
        journal.append("live-start", **said)
        journal.append("live-stop", **said)
    journal.sync()
    intake.take_in()


def test_every_live_look_is_matched_also_the_second_of_the_same_person(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    """The attack: a stream under an invented grant, in the name of somebody who just looked by a good one."""
    good = granting.grant_live(world.operator, world.camera)
    live_lines(recorder, world, good.id)
    assert match_releases() == 0
    live_lines(recorder, world, "ee" * 16)
    assert match_releases() == 1
    assert Finding.objects.get(code="live-without-grant").detail["why"] == "no-such-grant"
    assert LiveViewing.objects.filter(stopped_ns=None).count() == 0 < LiveViewing.objects.count()


def test_a_live_look_after_its_grants_end_is_a_finding(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    grant = granting.grant_live(world.operator, world.camera)
    granting.end(grant)
    now.advance_s(60)
    live_lines(recorder, world, grant.id)
    assert match_releases() == 1
    assert Finding.objects.get().detail["why"] == "not-in-force"
