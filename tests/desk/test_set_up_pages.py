"""Who may answer the set-up's questions, and what it refuses, page by page."""

from __future__ import annotations

from pathlib import Path
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kuramori import clock
from kuramori.cameras.models import Camera
from kuramori.desk import steps, test_pictures
from kuramori.desk.models import SetUp
from kuramori.errors import Refusal
from kuramori.footage import recorder_socket
from kuramori.guideline import judging
from kuramori.ledger.models import Entry
from kuramori.people import enrolment as people
from kuramori.people import second_factor, setup_link
from kuramori.people.models import Account
from kuramori.pictures.asking import Picture
from kuramori.places.models import Body, Sign
from kuramori.policy import gates
from tests.guideline.set_up import PASSWORD, set_up, today
from tests.people import dutiful

pytestmark = pytest.mark.django_db(transaction=True)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
WEAK = ["", "admin", "PASSWORD", "12345678", "viewer", "reweiv", "aaaaaaaa", "xY3!"]
BODY = {"name": "倉吉商店会", "address": "倉吉市", "telephone": "0858-22-0000"}


@pytest.fixture
def browser(data: Path, now: clock.ManualClock) -> Client:
    return Client(headers={"host": "localhost"})


@pytest.fixture
def manager(browser: Client) -> Account:
    """Everything but the sign is set up, and the manager is signed in with a card."""
    account = set_up().manager
    second_factor.new_card(account)
    browser.force_login(account, backend=BACKEND)
    return account


def begin(browser: Client, data: Path) -> None:
    token = setup_link.make(data)
    browser.post(reverse("setup_start", args=[token]))


def test_without_the_link_nobody_begins(browser: Client) -> None:
    for name in ("setup_body", "setup_manager"):
        assert browser.get(reverse(name))["Location"] == reverse("setup_not_yet")
        assert browser.post(reverse(name), BODY)["Location"] == reverse("setup_not_yet")
    assert not Body.objects.exists()
    assert not Account.objects.exists()


def test_the_link_works_once_and_looking_at_it_does_not_use_it_up(browser: Client, data: Path) -> None:
    token = setup_link.make(data)
    address = reverse("setup_start", args=[token])
    assert browser.get(address).status_code == 200
    assert browser.post(address)["Location"] == reverse("setup_body")
    assert Client(headers={"host": "localhost"}).post(address).status_code == 404
    assert Entry.objects.filter(act="set-up-started").count() == 1


def test_a_guessed_link_opens_nothing(browser: Client, data: Path) -> None:
    setup_link.make(data)
    assert browser.post(reverse("setup_start", args=["guess"])).status_code == 404
    assert browser.get(reverse("setup_body"))["Location"] == reverse("setup_not_yet")


def test_once_there_is_a_manager_the_starter_is_a_stranger(browser: Client, data: Path) -> None:
    begin(browser, data)
    browser.post(reverse("setup_body"), BODY)
    people.create_manager("sato", "佐藤 花子", PASSWORD)
    answer = browser.post(reverse("setup_body"), {**BODY, "name": "Somebody else"})
    assert answer["Location"] == reverse("account_login")
    assert Body.objects.get().name == "倉吉商店会"


def test_a_password_alone_is_not_enough_for_the_open_pages(browser: Client, data: Path) -> None:
    body = set_up()
    browser.force_login(body.manager, backend=BACKEND)
    for name in ("setup_body", "setup_manager"):
        answer = browser.post(reverse(name), {**BODY, "name": "Somebody else"})
        assert answer["Location"].startswith(reverse("second_factor")), name
    assert Body.objects.get().name == "倉吉商店会"
    assert "表示の宣言がまだです" not in browser.get("/clauses/T3/").content.decode()


def test_the_clause_says_how_it_stands_to_those_who_work_here_only(browser: Client, manager: Account) -> None:
    judging.judge_all()
    assert "表示の宣言がまだです" in browser.get("/clauses/T3/").content.decode()
    stranger = Client(headers={"host": "localhost"}).get("/clauses/T3/")
    assert stranger.status_code == 200
    assert "表示の宣言がまだです" not in stranger.content.decode()


def test_an_operator_may_not_set_up_anything(browser: Client, manager: Account) -> None:
    token = people.appoint_operator("ito", "伊藤", ends_ns=None, by=manager)[1]
    operator = dutiful.pledge_and_train(people.accept(token, PASSWORD))
    second_factor.new_card(operator)
    browser.force_login(operator, backend=BACKEND)
    for name in (
        "setup_body",
        "setup_purpose",
        "setup_camera",
        "setup_sign",
        "setup_sign_photo",
    ):
        assert browser.get(reverse(name)).status_code == 403, name
        assert browser.post(reverse(name), BODY).status_code == 403, name
    assert browser.get(reverse("dashboard")).status_code == 200


@pytest.mark.parametrize(
    "password", ["", "admin", "PASSWORD", "12345678", "viewer", "reweiv", "aaaaaaaa", "xY3!"]
)
def test_a_blank_or_well_known_password_never_reaches_the_camera(
    password: str, browser: Client, manager: Account
) -> None:
    with patch.object(recorder_socket, "probe", side_effect=AssertionError("the camera was asked")):
        answer = browser.post(reverse("setup_camera"), camera_form(password=password))
    assert answer.status_code == 422
    assert Camera.objects.count() == 1
    assert not password or password not in answer.content.decode().split("<main")[1].replace("viewer", "")


def camera_form(**changed: str) -> dict[str, str]:
    form = {
        "name": "裏口",
        "place_text": "裏口の上",
        "url": "rtsp://127.0.0.1:1/cam",
        "user": "viewer",
        "password": "Wisteria-trellis-42",
    }
    return form | changed


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1/", "rtsp://viewer:secret@127.0.0.1/cam", "rtsp://x/?password=secret", "rtsp://"]
)
def test_an_address_that_is_none_or_carries_a_password_is_refused(
    url: str, browser: Client, manager: Account
) -> None:
    answer = browser.post(reverse("setup_camera"), camera_form(url=url))
    assert answer.status_code == 422
    assert not Camera.objects.filter(name="裏口").exists()


def test_when_the_recorder_is_down_the_page_says_so_and_keeps_no_camera(
    browser: Client, manager: Account
) -> None:
    answer = browser.post(reverse("setup_camera"), camera_form())
    assert answer.status_code == 422
    assert "録画プログラムが返事をしません" in answer.content.decode()
    assert not Camera.objects.filter(name="裏口").exists()


def test_a_test_picture_is_for_the_person_who_tried_and_goes_after_fifteen_minutes(
    browser: Client, manager: Account, now: clock.ManualClock
) -> None:
    camera = Camera.objects.get()
    address = reverse("setup_picture", args=[camera.pk])
    test_pictures.hold(manager.pk + 1, camera.pk, Picture(b"\xff\xd8\xff other", 1, 1))
    assert browser.get(address).status_code == 404
    test_pictures.hold(manager.pk, camera.pk, Picture(b"\xff\xd8\xff mine", 1, 1))
    answer = browser.get(address)
    assert answer.content == b"\xff\xd8\xff mine"
    assert "no-store" in answer["Cache-Control"]
    now.advance_s(15 * 60)
    assert browser.get(address).status_code == 404
    assert browser.get(reverse("setup_range", args=[camera.pk])).status_code == 302


def test_a_drawing_that_is_no_area_approves_nothing(browser: Client, manager: Account) -> None:
    camera = Camera.objects.get()
    test_pictures.hold(manager.pk, camera.pk, Picture(b"\xff\xd8\xff", 640, 360))
    before = camera.ranges.count()
    for polygon in ("[[0,0],[1,1]]", "[[0,0],[0.5,0.5],[1,1]]", "[[0,0],[2,0],[2,2]]", "<script>", '{"a":1}'):
        answer = browser.post(
            reverse("setup_range", args=[camera.pk]),
            {"polygon": polygon, "masks": "[]", "only_needed": "on", "when": "always"},
        )
        assert answer.status_code == 422, polygon
    assert camera.ranges.count() == before


def test_a_file_that_is_no_picture_is_not_kept_as_the_photo(browser: Client, manager: Account) -> None:
    browser.post(
        reverse("setup_sign"), {"place_text": "玄関", "hung_on": today().isoformat(), "declared": "on"}
    )
    upload = SimpleUploadedFile("sign.jpg", b"<svg onload=alert(1)>", content_type="image/jpeg")
    answer = browser.post(reverse("setup_sign_photo"), {"photo": upload})
    assert answer.status_code == 422
    assert Sign.objects.get().photo_jpeg is None


def test_a_sign_cannot_be_declared_for_a_day_to_come(browser: Client, manager: Account) -> None:
    browser.post(reverse("setup_sign"), {"place_text": "玄関", "hung_on": "2027-01-01", "declared": "on"})
    assert not Sign.objects.exists()


def test_taking_the_only_sign_down_stops_recording_at_once(browser: Client, manager: Account) -> None:
    browser.post(
        reverse("setup_sign"), {"place_text": "玄関", "hung_on": today().isoformat(), "declared": "on"}
    )
    camera, sign = Camera.objects.get(), Sign.objects.get()
    gates.require_recordable(camera.pk, clock.now_ns())
    browser.post(reverse("setup_sign_down", args=[sign.pk]))
    with pytest.raises(Refusal, match="sign-missing"):
        gates.require_recordable(camera.pk, clock.now_ns())


def test_the_start_page_leads_to_the_open_question_and_then_stays(browser: Client, manager: Account) -> None:
    assert browser.get("/").status_code == 200
    assert steps.answered().first_open() == "sign"
    Camera.objects.get().ranges.update(revoked_ns=1)
    assert "/setup/" in browser.get("/")["Location"]


def test_the_changing_part_is_sent_only_when_it_changed(browser: Client, manager: Account) -> None:
    page = browser.get(reverse("dashboard_state"))
    mark = page.context["mark"]
    assert browser.get(reverse("dashboard_state"), {"seen": mark}).status_code == 204
    Camera.objects.update(name="別の名前")
    assert browser.get(reverse("dashboard_state"), {"seen": mark}).status_code == 200


def test_the_passphrase_is_shown_in_one_answer_and_kept_nowhere(
    browser: Client, data: Path, now: clock.ManualClock
) -> None:
    begin(browser, data)
    browser.post(reverse("setup_body"), BODY)
    account = dutiful.manager()
    second_factor.new_card(account)
    browser.force_login(account, backend=BACKEND)
    passphrase = browser.post(reverse("setup_key")).context["passphrase"]
    assert passphrase not in browser.get(reverse("setup_key")).content.decode()
    assert not steps.answered().key
    answer = browser.post(reverse("setup_key_typed"), {"passphrase": passphrase})
    assert answer.status_code == 302
    assert steps.answered().key
    assert SetUp.objects.get().key_confirmed_ns is not None
    for path in data.rglob("*"):
        if path.is_file():
            assert passphrase.encode() not in path.read_bytes()
    assert passphrase not in "".join(Entry.objects.values_list("text", flat=True))


def test_the_key_cannot_be_made_anew_once_a_camera_is_there(browser: Client, manager: Account) -> None:
    from kuramori.access.models import StorehouseKeyPair

    before = StorehouseKeyPair.objects.get().key_id
    browser.post(reverse("setup_key"))
    assert StorehouseKeyPair.objects.get().key_id == before


def test_a_manager_cannot_make_the_body_a_one_person_body_for_a_moment(
    browser: Client, manager: Account
) -> None:
    assert b'name="one_person"' not in browser.get(reverse("setup_body")).content
    browser.post(reverse("setup_body"), {**BODY, "one_person": "on"})
    assert not Body.objects.get().one_person
