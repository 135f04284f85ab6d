"""The pages on which boxes are taken over and the film of them is watched and checked, through HTTP."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from kuramori.access.models import Grant
from kuramori.evidence import jobs, packing, redacted_films, redactions
from kuramori.evidence.models import Package, Redaction
from kuramori.ledger.models import Entry
from tests.cases.rig import browser, local
from tests.evidence.covered import boxes, rendered
from tests.evidence.fixtures import begun
from tests.footage.world import person

if TYPE_CHECKING:
    from django.test import Client

    from kuramori.evidence.models import PackagePart
    from kuramori.people.models import Account
    from tests.footage.world import World

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Films are made in the test's own thread, which has the test's transaction."""

    def start(manager: Account, row: Redaction) -> None:
        redacted_films.make(manager, row, redacted_films.begin(manager, row), lambda _bytes: None)

    monkeypatch.setattr(jobs, "start_films", start)


@pytest.fixture
def manager(world: World) -> Client:
    return browser(world.manager)


@pytest.fixture
def checker(world: World) -> Client:
    return browser(world.operator)


def film(part: PackagePart, more: str = "") -> str:
    number = part.package_id.removeprefix("EXP-")
    return f"/packages/{number}/film/{part.pk}/{more}"


def page(part: PackagePart, more: str = "") -> str:
    return f"/packages/{part.package_id.removeprefix('EXP-')}/{more}"


def chosen(part: PackagePart, said: list[Any] | None = None, **changed: str) -> dict[str, str]:
    """The form of the package's page as a browser sends it."""
    name = f"p{part.pk}"
    return {
        f"{name}-take": "on",
        f"{name}-start": local(part.start_ns),
        f"{name}-end": local(part.end_ns),
        f"{name}-stills": "",
        f"{name}-boxes": json.dumps(boxes(part) if said is None else said),
        f"{name}-method": "fill",
    } | {f"{name}-{field}": value for field, value in changed.items()}


def get_piece(client: Client, part: PackagePart, asked: str | None, row: int, index: int = 0) -> Any:
    more = {"Range": asked} if asked else {}
    return client.get(film(part, f"{row}-{index}.mp4"), headers={"Sec-Fetch-Dest": "video", **more})


def whole(client: Client, part: PackagePart, row: int) -> bytes:
    """As a player fetches it, piece by piece."""
    data, size = b"", 1
    while len(data) < size:
        answer = get_piece(client, part, f"bytes={len(data)}-", row)
        assert answer.status_code == 206
        size = int(answer["Content-Range"].rpartition("/")[2])
        data += answer.content
    return data


def refused(answer: Any, code: str) -> None:
    assert answer.status_code == 403, answer.status_code
    assert json.loads(Entry.objects.filter(outcome="refused").latest("seq").text)["reason"] == code


def test_from_boxes_in_the_form_to_a_checked_film(
    world: World, part: PackagePart, manager: Client, checker: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kuramori.evidence.redaction_views.RANGE_BYTES", 20_000)
    manager.post(page(part, f"look/{part.pk}/"), chosen(part, []))
    drawn = manager.get(page(part)).content.decode()
    assert "data-redaction" in drawn and f'name="p{part.pk}-boxes" value="[]"' in drawn
    made = manager.post(page(part, f"redact/{part.pk}/"), chosen(part))
    assert made.status_code == 302 and made["Location"] == film(part)
    row = Redaction.objects.get()
    assert row.boxes == boxes(part) and row.films
    offered = manager.get(film(part)).content.decode()
    assert f'"{film(part, f"{row.pk}-0.mp4")}"' in offered and "/checked/" not in offered
    assert manager.post(film(part, "ask/"), {"checker": str(world.operator.pk)}).status_code == 302
    assert checker.post(film(part, "look/")).status_code == 302
    assert "/checked/" in checker.get(film(part)).content.decode()
    checker.post(film(part, "checked/"), {"row": str(row.pk)})
    row.refresh_from_db()
    assert row.checked_by is None, "not watched yet"
    assert whole(checker, part, row.pk) == redacted_films.held(row)[0].data
    checker.post(film(part, "checked/"), {"row": str(row.pk)})
    row.refresh_from_db()
    part.refresh_from_db()
    assert row.checked_by == world.operator and redactions.require(part.package, part) == row
    said = manager.get(page(part)).content.decode()
    assert "message-success" in said and f'value="{json.dumps(boxes(part))}"' in said
    acts = list(Entry.objects.order_by("seq").values_list("act", flat=True))
    wanted = [
        "playback-look",
        "redaction-set",
        "redaction-made",
        "redaction-check-asked",
        "redaction-checked",
    ]
    assert [acts.index(act) for act in wanted] == sorted(acts.index(act) for act in wanted)


def test_a_player_gets_what_it_asks_for_and_never_all_at_once(
    part: PackagePart, manager: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = watched(part, manager)
    size = len(redacted_films.held(row)[0].data)
    monkeypatch.setattr("kuramori.evidence.redaction_views.RANGE_BYTES", 1000)
    first = get_piece(manager, part, "bytes=0-", row.pk)
    assert first["Content-Range"] == f"bytes 0-999/{size}" and len(first.content) == 1000
    assert first["Content-Type"] == "video/mp4" and "no-store" in first["Cache-Control"]
    middle = get_piece(manager, part, "bytes=10-19", row.pk)
    assert middle.content == redacted_films.held(row)[0].data[10:20]
    assert (
        get_piece(manager, part, f"bytes={size - 5}-{size + 99}", row.pk).content
        == (redacted_films.held(row)[0].data[-5:])
    )
    for asked in (None, f"bytes={size}-", "bytes=-5", "bytes=5-2", "bytes=0-1,5-6", "rubbish"):
        answer = get_piece(manager, part, asked, row.pk)
        assert answer.status_code == 416 and not answer.content, asked
        assert answer["Content-Range"] == f"bytes */{size}"


def watched(part: PackagePart, client: Client) -> Redaction:
    """A film made by the manager, and an open look of the client."""
    client.post(page(part, f"look/{part.pk}/"), chosen(part, []))
    client.post(page(part, f"redact/{part.pk}/"), chosen(part))
    return Redaction.objects.get()


def test_no_film_without_a_look_by_a_stranger_or_as_a_download(
    world: World, part: PackagePart, manager: Client, checker: Client
) -> None:
    row = watched(part, manager)
    refused(get_piece(checker, part, "bytes=0-", row.pk), "viewing-not-begun")
    refused(checker.get(film(part)), "no-grant")
    refused(checker.post(film(part, "look/")), "role-needed")
    refused(checker.post(film(part, "checked/"), {"row": str(row.pk)}), "viewing-not-begun")
    refused(checker.post(film(part, "ask/"), {"checker": str(world.operator.pk)}), "role-needed")
    download = manager.get(
        film(part, f"{row.pk}-0.mp4"), headers={"Sec-Fetch-Dest": "document", "Range": "bytes=0-"}
    )
    refused(download, "no-download")
    refused(get_piece(manager, part, "bytes=0-", row.pk, index=1), "package-not-ready")
    Grant.objects.filter(kind="playback").update(withdrawn_ns=1)
    refused(get_piece(manager, part, "bytes=0-", row.pk), "viewing-not-begun")


def test_a_look_on_another_screen_shows_no_film_here(
    part: PackagePart, manager: Client, world: World
) -> None:
    row = watched(part, manager)
    other = browser(world.manager)
    refused(get_piece(other, part, "bytes=0-", row.pk), "viewing-not-begun")


def test_the_film_of_another_package_or_part_is_not_found(
    world: World, part: PackagePart, manager: Client
) -> None:
    row = watched(part, manager)
    [other] = begun(world).parts.all()
    manager.post(page(other, f"look/{other.pk}/"), chosen(other, []))
    assert get_piece(manager, other, "bytes=0-", row.pk).status_code == 404
    swapped = film(other).replace(f"/film/{other.pk}/", f"/film/{part.pk}/")
    for path in (swapped, f"{swapped}progress/", f"{swapped}{row.pk}-0.mp4"):
        assert manager.get(path).status_code == 404, path
    for path in ("look/", "ask/", "checked/"):
        assert manager.post(f"{swapped}{path}").status_code == 404, path
    assert manager.post(film(other, "checked/"), {"row": str(row.pk)}).status_code == 404
    assert manager.post(film(part, "checked/"), {"row": "1 OR 1"}).status_code == 404


def test_the_maker_is_refused_as_checker_and_cannot_ask_themselves(
    world: World, part: PackagePart, manager: Client
) -> None:
    row = watched(part, manager)
    whole(manager, part, row.pk)
    refused(manager.post(film(part, "checked/"), {"row": str(row.pk)}), "redaction-own-check")
    for checker in (str(world.manager.pk), "", "99999", "x"):
        manager.post(film(part, "ask/"), {"checker": checker})
    assert not Entry.objects.filter(act="redaction-check-asked").exists()


def test_boxes_without_an_open_look_are_refused(part: PackagePart, manager: Client) -> None:
    refused(manager.post(page(part, f"redact/{part.pk}/"), chosen(part)), "viewing-not-begun")
    assert not Redaction.objects.exists()


def test_drawn_boxes_of_which_no_film_was_made_are_not_left_out_by_packing(
    part: PackagePart, manager: Client
) -> None:
    manager.post(page(part, f"look/{part.pk}/"), chosen(part, []))
    for said in (json.dumps(boxes(part)), "rubbish"):
        answer = manager.post(page(part, "pack/"), chosen(part, boxes=said))
        assert answer.status_code == 422 and Package.objects.get().state == "chosen"
    drawn = json.dumps(boxes(part))
    again = manager.post(page(part, "pack/"), chosen(part)).content.decode()
    assert f'value="{drawn}"' in again, "what was drawn is still there"
    assert not Redaction.objects.exists() and not packing.is_ready(part.package_id)


def test_boxes_that_cannot_be_used_stay_in_the_form(part: PackagePart, manager: Client) -> None:
    manager.post(page(part, f"look/{part.pk}/"), chosen(part, []))
    late = [[[moment[0] + 10_000, *moment[1:]] for moment in boxes(part)[0]]]
    answer = manager.post(page(part, f"redact/{part.pk}/"), chosen(part, late))
    assert answer.status_code == 422 and f'value="{json.dumps(late)}"' in answer.content.decode()
    for said in ([], [[]], "rubbish", None):
        text = said if isinstance(said, str) else json.dumps(said)
        assert manager.post(page(part, f"redact/{part.pk}/"), chosen(part, boxes=text)).status_code == 422
    assert not Redaction.objects.exists()


def test_boxes_are_kept_when_another_camera_is_looked_at_and_can_be_taken_away(
    part: PackagePart, manager: Client
) -> None:
    manager.post(page(part, f"look/{part.pk}/"), chosen(part, []))
    manager.post(page(part, f"look/{part.pk}/"), chosen(part))
    manager.post(page(part, f"look/{part.pk}/"), chosen(part))
    assert [row.boxes for row in Redaction.objects.all()] == [boxes(part)], "once, and not again unchanged"
    assert manager.post(page(part, f"redact/{part.pk}/"), chosen(part, [])).status_code == 302
    assert redactions.newest(part) is None


def test_a_film_that_left_memory_is_said_to_be_gone(part: PackagePart, manager: Client) -> None:
    row = watched(part, manager)
    redacted_films.forget(part.package_id)
    refused(get_piece(manager, part, "bytes=0-", row.pk), "package-not-ready")
    assert ".mp4" not in manager.get(film(part)).content.decode()


def test_how_far_it_is_is_told_to_people_with_a_duty_alone(part: PackagePart, checker: Client) -> None:
    assert checker.get(film(part, "progress/")).json() == {"under_way": False, "percent": 0}
    refused(browser(person("nobody")).get(film(part, "progress/")), "no-appointment")


def test_an_operator_sees_no_film_before_being_asked(
    world: World, part: PackagePart, checker: Client
) -> None:
    rendered(world, part)
    refused(checker.get(film(part)), "no-grant")
