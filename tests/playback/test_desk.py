"""The viewing desk through its real pages: bookmarks, previews, changes, prints; and attacks on them."""

from __future__ import annotations

import io
import json
import random
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from kuramori import clock
from kuramori.access import granting
from kuramori.clock import NS_PER_S
from kuramori.errors import Refusal
from kuramori.ledger.models import Entry
from kuramori.pictures.key_pictures_shape import PART_SIDE
from kuramori.playback import calendar_days, change_rules, change_search, preview_workers
from kuramori.playback.bookmark_models import Bookmark
from kuramori.playback.coverage import Coverage
from kuramori.playback.marks import Mark
from tests.footage.world import judge
from tests.pictures.test_key_pictures import film
from tests.playback.test_looks import Look, browser

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kuramori.clock import ManualClock
    from tests.footage.world import RunningRecorder, World

pytestmark = pytest.mark.django_db
MS = 1_000_000


@pytest.fixture(autouse=True)
def no_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kuramori.access.auto_lock.ensure_running", lambda: None)


@pytest.fixture
def look(world: World, recorder: RunningRecorder, now: ManualClock) -> Look:
    return Look(world, recorder, now)


def acts() -> list[str]:
    return [json.loads(one.text)["act"] for one in Entry.objects.order_by("seq")]


def test_a_bookmark_is_seen_in_its_case_and_nowhere_else(look: Look, world: World) -> None:
    page = look.begun(world)
    at = (look.start_ns + 33 * NS_PER_S) // MS
    answer = page.post(f"{look.url}bookmarks", {"at": at, "words": " 赤い自転車 "})
    assert [one["words"] for one in answer.json()["bookmarks"]] == ["赤い自転車"]
    assert acts()[-1] == "bookmark-set"
    other = look.granted(world, look.start_ns + 30 * NS_PER_S, look.start_ns + 40 * NS_PER_S)
    assert page.get(f"/playback/{other.id}/bookmarks").status_code == 403, "that look has not begun"
    Bookmark.objects.update(case_number="2026-0099")
    assert page.get(f"{look.url}bookmarks").json() == {"bookmarks": []}, "another case's is not shown"
    assert page.post(f"{look.url}bookmarks", {"back": Bookmark.objects.get().pk}).status_code == 422
    Bookmark.objects.update(case_number="2026-0001")
    assert page.post(f"{look.url}bookmarks", {"back": Bookmark.objects.get().pk}).json() == {"bookmarks": []}
    assert Bookmark.objects.get().taken_back_ns, "taken back, never gone"


OUTSIDE = [{"at": at, "words": "x"} for at in ("1", "", "9" * 13, "-5")]


@pytest.mark.parametrize("said", [*OUTSIDE, {"words": ""}, {"back": "7"}, {"back": "x"}])
def test_a_bookmark_outside_what_is_allowed_is_none(look: Look, world: World, said: dict[str, str]) -> None:
    assert look.begun(world).post(f"{look.url}bookmarks", said).status_code in (400, 422)
    assert not Bookmark.objects.exists()


def test_what_is_done_at_the_desk_needs_a_look_begun_at_this_console(look: Look, world: World) -> None:
    look.begun(world)
    for thief in (browser(world.operator), browser(world.manager)):
        reads = [(what, None) for what in ("bookmarks", "preview", "changes")]
        writes = [
            ("still", {}),
            ("blocked", {}),
            ("changes", {"part": "0,0,9,9"}),
            ("bookmarks", {"words": "x"}),
        ]
        for what, said in reads + writes:
            ask = f"{look.url}{what}"
            answer = thief.get(ask, {"at": "1"}) if said is None else thief.post(ask, said)
            assert answer.status_code == 403, what


def with_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rig's fragments are a few bytes; here each is a real picture, changed from second 35 on."""
    shown = {False: film(90), True: film(90, square=True)}
    monkeypatch.setattr(
        "kuramori.playback.key_records.clear", lambda opened, seq, grant, viewer: shown[seq >= 36]
    )


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with_pictures(monkeypatch)
    yield
    for grant in list(preview_workers._workers):
        preview_workers.forget(grant)


def test_a_preview_is_a_small_picture_that_nobody_keeps(look: Look, world: World, pictures: None) -> None:
    page = look.begun(world)
    answer = page.get(f"{look.url}preview", {"at": (look.start_ns + 33 * NS_PER_S) // MS})
    assert answer["Content-Type"] == "image/jpeg" and "no-store" in answer["Cache-Control"]
    assert Image.open(io.BytesIO(answer.content)).width <= 240
    assert look.grant.id in preview_workers._workers
    preview_workers.forget(look.grant.id)
    assert not preview_workers._workers


def search(look: Look, world: World, box: tuple[int, int, int, int]) -> change_search.Search:
    page = look.begun(world)
    from kuramori.access.models import Viewing

    console = Viewing.objects.get(grant=look.grant, ended_ns=None).console
    assert page.get(f"{look.url}changes").json() == {"state": "over"}
    return change_search.Search(look.grant, world.operator, console, None, box)


def test_the_moment_of_change_is_found_and_only_where_it_was(
    look: Look, world: World, pictures: None
) -> None:
    with change_search.KeyPictures() as worker:
        found = search(look, world, (6000, 5500, 10000, 10000))
        change_search.run(found, worker)
        assert found.state == "done" and len(found.seen) == found.of == 10
        (moment,) = found.found()
        assert moment.lasting
        assert moment.start_ns < look.start_ns + 35 * NS_PER_S <= moment.end_ns
        elsewhere = change_search.Search(look.grant, world.operator, found.console, None, (0, 0, 4000, 4000))
        change_search.run(elsewhere, worker)
        assert elsewhere.found() == []


def test_a_search_ends_with_the_grant_and_leaves_nothing(look: Look, world: World, pictures: None) -> None:
    found = search(look, world, (0, 0, 9000, 9000))
    with change_search.KeyPictures() as worker:
        change_search.run(found, worker)
        granting.withdraw(look.grant, world.manager)
        found.state = "running"
        with pytest.raises(Refusal):
            change_search.run(found, worker)
    change_search._in_thread(found)
    assert found.state == "over" and not found.seen and not found.times_ns


@pytest.mark.parametrize(
    "part", ["", "1,2,3", "0,0,1,1", "0,0,99999,99999", "5,5,4,4", "a,b,c,d", "0,0,-1,5"]
)
def test_a_part_that_is_none_begins_no_search(look: Look, world: World, part: str) -> None:
    answer = look.begun(world).post(f"{look.url}changes", {"part": part})
    assert answer.status_code in (400, 422)
    assert "changes-searched" not in acts() and not change_search._searches


def test_a_change_of_light_is_none_and_a_thing_that_comes_and_goes_is_told_from_one_that_stays() -> None:
    draw = random.Random(1)
    empty = bytes(draw.randrange(60, 120) for _ in range(PART_SIDE**2))
    brighter = bytes(one + 40 for one in empty)
    thing = bytes(one if index % 5 else 250 for index, one in enumerate(empty))
    times = [second * NS_PER_S for second in range(0, 400, 2)]

    def moments(shown: dict[int, bytes]) -> list[tuple[int, int, bool]]:
        seen = {index: next(what for since, what in sorted(shown.items(), reverse=True) if index >= since)
                for index in range(200)}  # fmt: skip
        return [(one.start_ns // NS_PER_S, one.end_ns // NS_PER_S, one.lasting) for one in
                change_rules.moments(times, seen)]  # fmt: skip

    assert moments({0: empty, 50: brighter}) == []
    assert moments({0: empty, 50: thing}) == [(98, 100, True)]
    assert moments({0: empty, 50: thing, 53: empty}) == [(98, 106, False)]
    assert moments({0: empty, 50: thing, 150: empty}) == [(98, 100, True), (298, 300, True)]


def test_a_picture_is_printed_for_a_case_only_and_written_down_first(
    look: Look, world: World, now: ManualClock
) -> None:
    page = look.begun(world)
    at = (look.start_ns + 33 * NS_PER_S) // MS
    said = page.post(f"{look.url}still", {"at": at}).json()
    assert acts()[-1] == "still-printed" and said["number"] == Entry.objects.count() - 1
    told = " ".join(said["lines"])
    assert "2026-0001" in told and world.operator.full_name in told
    check = granting.grant_equipment_check(world.operator, world.camera, look.start_ns + 30 * NS_PER_S)
    assert page.post(f"/playback/{check.id}/begin").status_code == 302
    answer = page.post(f"/playback/{check.id}/still", {"at": at})
    assert answer.status_code == 403 and acts()[-1] == "refused"
    assert page.post(f"/playback/{check.id}/bookmarks", {"at": at, "words": "x"}).status_code == 403


def test_attempts_to_take_a_picture_away_are_in_the_ledger_once_a_minute(look: Look, world: World) -> None:
    page = look.begun(world)
    for _ in range(3):
        assert page.post(f"{look.url}blocked", {"what": "save"}).status_code == 204
    assert acts().count("picture-kept-back") == 1
    assert page.post(f"{look.url}blocked", {"what": "<script>"}).status_code == 400


@pytest.mark.parametrize("what", ["index.m3u8", "piece", "init"])
def test_footage_is_not_fetched_into_a_tab_or_a_file(look: Look, world: World, what: str) -> None:
    page = look.begun(world)
    path = {"piece": look.piece(31, 31), "init": f"{look.url}{look.segment}/init.mp4"}.get(
        what, look.url + what
    )
    for aim in ("document", "iframe", "video", "object"):
        assert page.get(path, headers={"Sec-Fetch-Dest": aim}).status_code == 403, aim
    assert acts()[-1] == "refused"
    assert page.get(path, headers={"Sec-Fetch-Dest": "empty"}).status_code == 200


def test_cameras_are_shown_together_only_for_one_case(look: Look, world: World) -> None:
    page = look.begun(world)
    together = "/playback/together/"
    assert page.get(together, {"grant": [look.grant.id]}).status_code == 200
    again = look.granted(world, look.start_ns + 30 * NS_PER_S, look.start_ns + 40 * NS_PER_S)
    assert page.get(together, {"grant": [look.grant.id, again.id]}).status_code == 400, (
        "the same camera twice"
    )
    for wrong in ([], ["x"], ["../" + "a" * 29], [look.grant.id] * 2 + ["0" * 32]):
        assert page.get(together, {"grant": wrong}).status_code in (400, 403)
    assert browser(world.manager).get(together, {"grant": [look.grant.id]}).status_code == 403, "not theirs"


def test_beginning_together_begins_each_look_once(look: Look, world: World) -> None:
    page = browser(world.operator)
    answer = page.post("/playback/together/begin", {"grant": [look.grant.id]})
    assert answer["Location"] == f"/playback/together/?grant={look.grant.id}"
    page.post("/playback/together/begin", {"grant": [look.grant.id]})
    assert acts().count("playback-look") == 1


def test_a_typed_time_is_answered_and_nothing_else(look: Look, world: World, now: ManualClock) -> None:
    page = browser(world.operator)
    found = page.get("/playback/time/", {"say": "5分前"}).json()["ms"]
    assert found == (now.wall_ns() - 300 * NS_PER_S) // MS
    near = page.get("/playback/time/", {"say": "+10秒", "near": str(found)}).json()["ms"]
    assert near == found + 10_000
    assert "wrong" in page.get("/playback/time/", {"say": "<b>", "near": "x"}).json()


def test_the_calendar_shows_each_days_share_and_what_was_not_recorded(look: Look, world: World) -> None:
    page = browser(world.operator)
    answer = page.get(f"/playback/calendar/{world.camera.id}/0-0/")
    assert answer.status_code == 200 and 'class="day level-1' in answer.content.decode()
    assert page.get(f"/playback/calendar/{world.camera.id}/2026-13/").status_code == 404
    assert page.get(f"/playback/calendar/{'0' * 32}/0-0/").status_code == 404


def test_a_day_counts_only_what_has_passed_and_knows_its_alarms_and_holds() -> None:
    zone = ZoneInfo("Asia/Tokyo")

    def at(day: int, hour: int) -> int:
        return clock.ns_of(datetime(2026, 11, day, hour, tzinfo=zone))

    coverage = Coverage([(at(3, 12), at(4, 6))], [(at(4, 6), at(4, 12), "camera-lost")])
    told = [Mark("alarm", at(4, 6), at(4, 7), "x"), Mark("hold", at(3, 13), at(3, 14), "y")]
    weeks = calendar_days.month(2026, 11, coverage, told, zone, at(4, 12))
    days = {one.day: one for week in weeks for one in week}
    third, fourth = days[date(2026, 11, 3)], days[date(2026, 11, 4)]
    assert (third.percent, third.gaps, third.alarms, third.held) == (50, 0, 0, True)
    assert (fourth.percent, fourth.gaps, fourth.alarms, fourth.held) == (50, 1, 1, False)
    assert (days[date(2026, 11, 5)].percent, days[date(2026, 11, 2)].level) == (0, 0)
    assert not days[date(2026, 12, 1)].inside


def test_an_appointment_withdrawn_takes_the_desk_away(look: Look, world: World) -> None:
    page = look.begun(world)
    judge(world.camera, "sealed")
    for what in ("bookmarks", "changes"):
        assert page.get(f"{look.url}{what}").status_code == 403
