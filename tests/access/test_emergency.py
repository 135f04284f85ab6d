"""The sealed envelope: how much it opens, for how long, who hears of it, and that it works once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from kuramori.access import emergency, grant_check, holding, released_keys, storehouse_session
from kuramori.access.models import EmergencyOpening, Grant, KeyHolder, StorehouseKeyPair
from kuramori.cameras.models import Camera
from kuramori.errors import BadInput, Refusal, WrongPassphrase
from kuramori.footage import findings, intake
from kuramori.footage.models import Segment
from kuramori.ledger.models import Entry
from kuramori.vault.segment_reader import SegmentFile
from tests.access.approved import approved_grant
from tests.access.test_pages import browser
from tests.footage import world as rows

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.clock import ManualClock
    from tests.access.approved import approved_grant
from tests.footage.world import RunningRecorder, World

pytestmark = pytest.mark.django_db(transaction=True)
NS = 10**9


@pytest.fixture
def envelope(world: World) -> str:
    """The digits in the sealed envelope; the storehouse is locked again."""
    storehouse_session.unlock(world.passphrase, world.manager)
    passphrase = holding.new_envelope(world.manager)
    storehouse_session.lock(world.manager)
    return passphrase


@pytest.fixture
def footage(
    world: World, envelope: str, recorder: RunningRecorder, now: ManualClock
) -> tuple[tuple[str, Path], tuple[str, Path]]:
    """A minute of footage at the start, and another minute five minutes later."""
    first = recorder.segment(world.camera)
    now.advance_s(300)
    second = recorder.segment(world.camera)
    now.advance_s(60)
    intake.take_in()
    return first, second


def opened(world: World, digits: str, start_ns: int, **more: object) -> EmergencyOpening:
    said = {"reason": "火事", "case_text": "2026-11"} | more
    end_ns = int(said.pop("end_ns", start_ns + 60 * NS))  # type: ignore[call-overload]
    return emergency.open_envelope(digits, world.operator, [world.camera], start_ns, end_ns, **said)  # type: ignore[arg-type]


def key(grant: Grant, account: object, path: Path) -> bytearray:
    with SegmentFile.open(path) as file:
        return released_keys.segment_key(grant, account, file.header, file.end_ns)  # type: ignore[arg-type]


def test_the_envelope_opens_what_was_named_and_tells_everybody(
    world: World, envelope: str, footage: tuple[tuple[str, Path], ...], now: ManualClock
) -> None:
    row = Segment.objects.get(id=footage[0][0])
    opening = opened(world, envelope, row.start_ns)
    grant = Grant.objects.get(emergency=opening)
    with SegmentFile.open(footage[0][1]) as file:
        assert file.read(1, key(grant, world.operator, footage[0][1])) == rows.CLEAR
    entry = Entry.objects.get(act="envelope-opened")
    assert "2026-11" in entry.text and world.camera.id in entry.text
    standing = {finding.code for finding in findings.standing()}
    assert {"envelope-opened", "new-envelope-needed"} <= standing
    assert opening.id in browser(world.manager).get("/storehouse/holders/").content.decode()
    emergency.acknowledge(opening, world.manager)
    assert "envelope-opened" not in {finding.code for finding in findings.standing()}


def test_its_scope_cannot_be_exceeded_not_even_by_changing_the_database(
    world: World, envelope: str, footage: tuple[tuple[str, Path], ...], now: ManualClock
) -> None:
    row = Segment.objects.get(id=footage[0][0])
    opening = opened(world, envelope, row.start_ns)
    grant = Grant.objects.get(emergency=opening)
    with pytest.raises(Refusal, match="grant-other-interval"):
        key(grant, world.operator, footage[1][1])
    Grant.objects.update(end_ns=grant.start_ns + 3600 * NS)
    EmergencyOpening.objects.update(end_ns=grant.start_ns + 3600 * NS)
    grant.refresh_from_db()
    with pytest.raises(Refusal, match="opened-by-envelope"):
        key(grant, world.operator, footage[1][1])
    other = rows.camera(2, world.camera.site, world.manager)
    Grant.objects.update(camera=other)
    with pytest.raises(Refusal, match="opened-by-envelope"):
        grant_check.require_playback(Grant.objects.get(id=grant.id), world.operator, now.wall_ns())


def test_while_it_is_open_no_other_permission_works_and_none_is_made(
    world: World, envelope: str, footage: tuple[tuple[str, Path], ...], now: ManualClock
) -> None:
    storehouse_session.unlock(world.passphrase, world.manager)
    row = Segment.objects.get(id=footage[1][0])
    span = (row.start_ns, row.start_ns + 60 * NS)
    earlier = approved_grant(world.manager, world.operator, world.camera, *span)
    opened(world, envelope, Segment.objects.get(id=footage[0][0]).start_ns)
    with pytest.raises(Refusal, match="opened-by-envelope"):
        key(earlier, world.operator, footage[1][1])
    with pytest.raises(Refusal, match="opened-by-envelope"):
        approved_grant(world.manager, world.operator, world.camera, *span)
    with pytest.raises(Refusal, match="opened-by-envelope"):
        holding.add_person(world.operator, world.manager)


def test_at_most_two_hours_and_never_without_a_case(
    world: World, envelope: str, footage: tuple[tuple[str, Path], ...], now: ManualClock
) -> None:
    start_ns = Segment.objects.get(id=footage[0][0]).start_ns
    now.advance_s(3 * 3600)
    with pytest.raises(Refusal, match="envelope-too-long"):
        opened(world, envelope, start_ns, end_ns=start_ns + 7201 * NS)
    with pytest.raises(Refusal, match="case-missing"):
        opened(world, envelope, start_ns, case_text=" ")
    with pytest.raises(Refusal, match="reason-missing"):
        opened(world, envelope, start_ns, reason="")
    assert not storehouse_session.is_unlocked() and not Grant.objects.exists()
    opening = opened(world, envelope, start_ns, end_ns=start_ns + 7200 * NS)
    with pytest.raises(IntegrityError), transaction.atomic():
        EmergencyOpening.objects.filter(pk=opening.pk).update(end_ns=start_ns + 7201 * NS)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.update(end_ns=start_ns + 7201 * NS)


def test_it_locks_after_sixty_minutes_works_once_and_a_new_one_clears_the_finding(
    world: World, envelope: str, footage: tuple[tuple[str, Path], ...], now: ManualClock
) -> None:
    old = StorehouseKeyPair.objects.get(retired_ns=None)
    start_ns = Segment.objects.get(id=footage[0][0]).start_ns
    opening = opened(world, envelope, start_ns)
    grant = Grant.objects.get(emergency=opening)
    for _ in range(5):
        now.advance_s(11 * 60)
        key(grant, world.operator, footage[0][1])
        storehouse_session.private_key(old.key_id)
    now.advance_s(5 * 60)
    assert not storehouse_session.is_unlocked()
    with pytest.raises(Refusal):
        key(grant, world.operator, footage[0][1])
    with pytest.raises(BadInput, match="no-envelope"):
        opened(world, envelope, start_ns)
    assert StorehouseKeyPair.objects.get(retired_ns=None) != old
    storehouse_session.unlock(world.passphrase, world.manager)
    fresh = holding.new_envelope(world.manager)
    assert "new-envelope-needed" not in {finding.code for finding in findings.standing()}
    storehouse_session.lock()
    with pytest.raises(WrongPassphrase):
        opened(world, envelope, start_ns)
    assert opened(world, fresh, start_ns).envelope != opening.envelope


def test_the_envelopes_digits_do_not_unlock_the_storehouse(world: World, envelope: str) -> None:
    with pytest.raises(WrongPassphrase):
        storehouse_session.unlock(envelope, world.manager)
    assert KeyHolder.objects.filter(kind="envelope", ended_ns=None).exists()


def test_a_stranger_to_the_cameras_cannot_use_it(world: World, envelope: str, now: ManualClock) -> None:
    outsider = rows.person("outsider")
    with pytest.raises(Refusal, match="not-appointed"):
        emergency.open_envelope(
            envelope, outsider, [world.camera], now.wall_ns() - NS, now.wall_ns(), reason="x", case_text="y"
        )


def test_the_page_opens_by_the_envelope(
    world: World,
    envelope: str,
    footage: tuple[tuple[str, Path], ...],
    now: ManualClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("kuramori.access.auto_lock.ensure_running", lambda: None)
    page = browser(world.operator)
    assert "2" in page.get("/storehouse/emergency/").content.decode()
    sent = {
        "cameras": [Camera.objects.get().pk],
        "start": "2026-11-23T18:00:00",  # 09:00 UTC in Tokyo
        "minutes": "10",
        "reason": "火事",
        "case_text": "119",
        "passphrase": "0000-0000-0000-0000-0000-0000",
    }
    assert page.post("/storehouse/emergency/", sent).status_code == 200
    assert not EmergencyOpening.objects.exists()
    assert page.post("/storehouse/emergency/", sent | {"passphrase": envelope}).status_code == 302
    assert EmergencyOpening.objects.get().case_text == "119" and storehouse_session.is_unlocked()
