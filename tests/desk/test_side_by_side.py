"""The picture that a range was approved on: kept small, masked and sealed, shown beside a later one."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from PIL import Image

from kuramori import clock
from kuramori.access import approved_pictures, storehouse_keys, storehouse_session
from kuramori.access.models import StorehouseKeyPair
from kuramori.audit.period import Period
from kuramori.audit.tables import all_of_them
from kuramori.cameras import enrolment
from kuramori.cameras.models import ApprovedPicture
from kuramori.desk import test_pictures
from kuramori.errors import Damaged
from kuramori.footage.models import PictureCheck
from kuramori.ledger import words
from kuramori.ledger.models import Entry
from kuramori.people import enrolment as people
from kuramori.people import second_factor
from tests.cases.rig import browser as signed_in
from tests.desk import drawn
from tests.guideline.set_up import PASSWORD, WHOLE, SetUpBody, set_up
from tests.people import dutiful

pytestmark = pytest.mark.django_db(transaction=True)
MASK = [[[0.1, 0.1], [0.5, 0.1], [0.5, 0.5], [0.1, 0.5]]]


@pytest.fixture
def body(data: Path, now: clock.ManualClock) -> SetUpBody:
    return set_up(drawn=False)


@pytest.fixture
def key(body: SetUpBody) -> drawn.OwnKey:
    return drawn.OwnKey()


@pytest.fixture
def browser(body: SetUpBody, key: drawn.OwnKey) -> Client:
    return signed_in(body.manager)


def take_picture(body: SetUpBody) -> None:
    test_pictures.hold(body.manager.pk, body.camera.pk, drawn.test_picture())


def approve(browser: Client, body: SetUpBody, masks: object = (), **more: str) -> int:
    said = {"polygon": str(WHOLE), "masks": json.dumps(masks), "only_needed": "on", "when": "always", **more}
    return browser.post(reverse("setup_range", args=[body.camera.pk]), said).status_code


def page(browser: Client, body: SetUpBody) -> str:
    return browser.get(reverse("setup_range", args=[body.camera.pk])).content.decode()


def look(browser: Client, body: SetUpBody, name: str = "setup_approved_picture"):  # type: ignore[no-untyped-def]
    return browser.get(reverse(name, args=[body.camera.pk]))


def first(browser: Client, body: SetUpBody, masks: object = MASK) -> ApprovedPicture:
    """Approved once; another test picture has been taken since."""
    take_picture(body)
    assert approve(browser, body, masks) == 302
    take_picture(body)
    return ApprovedPicture.objects.get()


def moved(body: SetUpBody) -> None:
    version = body.camera.ranges.get(revoked_ns=None).version
    PictureCheck.objects.create(camera=body.camera.pk, view_version=version, view_fault="moved")


def test_the_first_approval_keeps_a_small_masked_picture_that_the_storehouse_alone_opens(
    body: SetUpBody, browser: Client, key: drawn.OwnKey
) -> None:
    row = first(browser, body)
    assert (row.version, row.storehouse_key) == (1, key.id)
    key.open(body.manager)
    answer = look(browser, body)
    assert answer.status_code == 200 and "no-store" in answer["Cache-Control"]
    shown = Image.open(io.BytesIO(answer.content)).convert("L")
    assert shown.size == (320, 180)
    under = shown.crop((36, 22, 156, 86)).getextrema()
    assert under[1] < 16, "what is masked is filled"
    assert shown.crop((200, 100, 300, 170)).getextrema()[0] > 60, "and nothing else is"


def test_neither_the_picture_nor_any_jpeg_is_in_the_database_in_the_clear(
    body: SetUpBody, browser: Client, tmp_path: Path
) -> None:
    first(browser, body)
    kept = approved_pictures.made(drawn.test_picture().jpeg, MASK)
    copy = tmp_path / "copy.sqlite3"
    with connection.cursor() as cursor:
        cursor.execute("VACUUM INTO %s", [str(copy)])
    written = copy.read_bytes()
    assert len(written) > 100_000
    for clear in (kept, drawn.test_picture().jpeg):
        for at in range(0, len(clear) - 32, 32):
            piece = clear[at : at + 32]
            assert len(set(piece)) < 8 or piece not in written
    assert b"\xff\xd8\xff" not in written and b"JFIF" not in written


def test_an_auditors_tables_and_the_metrics_have_nothing_of_it(body: SetUpBody, browser: Client) -> None:
    sealed = bytes(first(browser, body).sealed)
    period = Period(date(2026, 1, 1), date(2027, 1, 1))
    values = [value for table in all_of_them() for row in table.rows(period) for value in row.values()]
    assert len(values) > 50
    assert not [value for value in values if isinstance(value, bytes | memoryview)]
    assert not [value for value in values if sealed.hex()[:64] in str(value)]
    metrics = browser.get(reverse("metrics"))
    assert metrics.status_code == 200 and b"picture" not in metrics.content


def test_the_second_approval_shows_both_and_the_older_picture_goes(
    body: SetUpBody, browser: Client, key: drawn.OwnKey
) -> None:
    old = bytes(first(browser, body).sealed)
    key.open(body.manager)
    said = page(browser, body)
    assert "前に認めた画像" in said and "いまの画像" in said
    assert reverse("setup_approved_picture", args=[body.camera.pk]) in said
    assert approve(browser, body) == 422, "nobody has looked at the two"
    assert look(browser, body).status_code == 200
    assert approve(browser, body) == 422, "one of two"
    assert look(browser, body, "setup_picture").status_code == 200
    assert approve(browser, body) == 302
    row = ApprovedPicture.objects.get()
    assert row.version == 2 and bytes(row.sealed) != old
    seen = Entry.objects.get(act="approved-picture-seen")
    assert seen.actor == body.manager.actor and '"version":1' in seen.text
    assert '"compared":"picture"' in Entry.objects.filter(act="range-approved").latest("seq").text


def test_locked_it_says_so_with_the_way_to_open_it_and_asks_for_the_managers_word(
    body: SetUpBody, browser: Client
) -> None:
    first(browser, body)
    said = page(browser, body)
    assert "前の画像には鍵がかかっています" in said
    assert f"/storehouse/unlock/?next={reverse('setup_range', args=[body.camera.pk])}" in said
    assert reverse("setup_approved_picture", args=[body.camera.pk]) not in said
    assert 'name="compared"' in said
    answer = look(browser, body)
    assert answer.status_code == 403
    assert Entry.objects.filter(outcome="refused").latest("seq").text.count("storehouse-locked") == 1
    assert approve(browser, body) == 422
    assert approve(browser, body, compared="on") == 302
    assert '"compared":"place"' in Entry.objects.filter(act="range-approved").latest("seq").text


def test_a_moved_camera_is_approved_by_nobody_who_has_not_seen_both(
    body: SetUpBody, browser: Client, key: drawn.OwnKey
) -> None:
    first(browser, body)
    moved(body)
    said = page(browser, body)
    assert "このカメラは動かされました" in said and 'name="compared"' not in said
    assert approve(browser, body, compared="on") == 422
    key.open(body.manager)
    assert approve(browser, body, compared="on") == 422
    refused = Entry.objects.filter(act="range-approved", outcome="refused").order_by("seq")
    assert [json.loads(one.text)["reason"] for one in refused] == ["compare-locked", "compare-unseen"]
    assert all(words.of_reason(json.loads(one.text)["reason"])[-1] == "。" for one in refused)
    for name in ("setup_picture", "setup_approved_picture"):
        assert look(browser, body, name).status_code == 200
    take_picture(body)
    assert approve(browser, body) == 422, "those were shown beside another picture"
    for name in ("setup_picture", "setup_approved_picture"):
        assert look(browser, body, name).status_code == 200
    storehouse_session.lock()
    assert approve(browser, body) == 302, "seen is seen"


def test_a_moved_camera_of_which_no_picture_was_kept_needs_the_managers_word(
    body: SetUpBody, browser: Client
) -> None:
    enrolment.approve_range(body.camera, WHOLE, [], body.manager)
    moved(body)
    take_picture(body)
    assert "前の画像は残っていません" in page(browser, body)
    assert look(browser, body).status_code == 404
    assert approve(browser, body) == 422
    assert approve(browser, body, compared="on") == 302


def test_a_changed_row_shows_nothing_and_the_page_says_so(
    body: SetUpBody, browser: Client, key: drawn.OwnKey
) -> None:
    row = first(browser, body)
    key.open(body.manager)
    ApprovedPicture.objects.update(sealed=bytes(row.sealed)[:-1] + bytes([row.sealed[-1] ^ 1]))
    assert "もう開けません" in page(browser, body)
    assert look(browser, body).status_code == 410
    ApprovedPicture.objects.update(sealed=row.sealed, version=2)
    assert look(browser, body).status_code == 410


def test_nobody_else_sees_it_and_each_no_is_in_the_ledger(
    body: SetUpBody, browser: Client, key: drawn.OwnKey
) -> None:
    first(browser, body)
    key.open(body.manager)
    token = people.appoint_operator("ito", "伊藤", ends_ns=None, by=body.manager)[1]
    operator = dutiful.pledge_and_train(people.accept(token, PASSWORD))
    second_factor.new_card(operator)
    for method in ("get", "post"):
        address = reverse("setup_approved_picture", args=[body.camera.pk])
        assert getattr(signed_in(operator), method)(address).status_code == 403
    assert Client(headers={"host": "localhost"}).get(address)["Location"].startswith("/accounts/login/")
    assert Entry.objects.filter(outcome="refused", actor=operator.actor).count() == 2
    assert not Entry.objects.filter(act="approved-picture-seen").exists()


def test_a_retired_camera_leaves_none(body: SetUpBody, browser: Client, key: drawn.OwnKey) -> None:
    first(browser, body)
    said = {"camera": body.camera.pk, "kind": "abolished", "happens_on": "2026-11-23", "reason": "移転"}
    said |= {"disposal": "消去", "sign_removed": "on", "approved_by": "理事会"}
    answer = browser.post(reverse("register_new", args=["camera-changes"]), said)
    assert answer.status_code == 302, answer.context["form"].errors
    assert Entry.objects.filter(act="camera-retired").count() == 1
    assert not ApprovedPicture.objects.exists()
    key.open(body.manager)
    assert look(browser, body).status_code == 404
    assert approve(browser, body) == 404


def test_after_a_new_storehouse_key_the_next_unlocking_seals_it_anew_else_it_dies_with_the_old_one(
    body: SetUpBody, browser: Client, key: drawn.OwnKey, now: clock.ManualClock
) -> None:
    row = first(browser, body)
    newer = drawn.OwnKey()
    key.open(body.manager)
    assert approved_pictures.seal_anew() == 1 and approved_pictures.seal_anew() == 0
    anew = ApprovedPicture.objects.get()
    assert anew.storehouse_key == newer.id and approved_pictures.standing(anew) == "gone"
    newer.open(body.manager)
    assert look(browser, body).status_code == 200

    ApprovedPicture.objects.update(storehouse_key=key.id, sealed=row.sealed)
    dead = StorehouseKeyPair.objects.exclude(pk=newer.id)
    dead.update(retired_ns=now.wall_ns())
    now.advance_s(2 * 24 * 3600)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("kuramori.access.key_opening.destroy", lambda *_: 1)
        storehouse_keys.forget_dead_pairs()
    assert not ApprovedPicture.objects.exists()


def test_the_picture_of_another_camera_or_version_does_not_open_in_its_place(
    body: SetUpBody, browser: Client, key: drawn.OwnKey
) -> None:
    row = first(browser, body)
    key.open(body.manager)
    row.version += 1
    with pytest.raises(Damaged):
        approved_pictures.look(row, body.manager)
