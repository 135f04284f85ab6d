"""Looks through the real pages, with a real recorder and real segment files; and the attacks on them."""

from __future__ import annotations

import json
import warnings
from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.test import Client

from kuramori import clock
from kuramori.access import granting, storehouse_session
from kuramori.access.models import Approval, Grant
from kuramori.clock import NS_PER_S
from kuramori.footage import intake
from kuramori.footage.models import Segment
from kuramori.ledger.models import Entry
from kuramori.people import second_factor
from kuramori.playback import bodies
from kuramori.playback.opened import open_file
from tests.access.approved import approved_grant
from tests.footage.world import CLEAR, judge, person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from django.http import HttpResponse

    from kuramori.clock import ManualClock
    from kuramori.people.models import Account
    from tests.footage.world import RunningRecorder, World

pytestmark = pytest.mark.django_db
LENGTH_S = 60


@pytest.fixture(autouse=True)
def no_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The watch is a thread with a database connection of its own: it has tests of its own."""
    monkeypatch.setattr("kuramori.access.auto_lock.ensure_running", lambda: None)


def browser(account: Account) -> Client:
    second_factor.new_card(account)
    client = Client(headers={"host": "localhost"})
    client.force_login(account)
    return client


def body(answer: HttpResponse) -> bytes:
    """The whole streamed body, as a test may collect it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return b"".join(answer)


class Look:
    """A minute recorded, and its second half granted to the operator."""

    def __init__(
        self, world: World, recorder: RunningRecorder, now: ManualClock, *, close: bool = True
    ) -> None:
        self.start_ns = now.wall_ns()
        self.segment, self.path = recorder.segment(world.camera, LENGTH_S, close=close)
        now.advance_s(LENGTH_S + 60)
        intake.take_in()
        storehouse_session.unlock(world.passphrase, world.manager)
        self.grant = self.granted(world, self.start_ns + 30 * NS_PER_S, self.start_ns + 40 * NS_PER_S)
        self.url = f"/playback/{self.grant.id}/"

    def granted(self, world: World, start_ns: int, end_ns: int) -> Grant:
        return approved_grant(world.manager, world.operator, world.camera, start_ns, end_ns, viewings=5)

    def begun(self, world: World) -> Client:
        """The operator's browser, the look begun there with nobody else at the screen."""
        page = browser(world.operator)
        assert page.post(f"{self.url}begin").status_code == 302
        return page

    def piece(self, first: int, last: int, *, grant: str = "", segment: str = "") -> str:
        return f"/playback/{grant or self.grant.id}/{segment or self.segment}/{first}-{last}.m4s"


@pytest.fixture
def look(world: World, recorder: RunningRecorder, now: ManualClock) -> Look:
    return Look(world, recorder, now)


def test_the_playlist_names_exactly_the_granted_seconds_and_each_piece_plays(
    look: Look, world: World
) -> None:
    page = look.begun(world)
    lines = page.get(look.url + "index.m3u8").content.decode().splitlines()
    pieces = [line for line in lines if line.endswith(".m4s")]
    assert pieces[0] == f"{look.segment}/31-31.m4s"
    assert pieces[-1] == f"{look.segment}/40-40.m4s"
    assert len(pieces) == 10
    assert body(page.get(look.url + pieces[0])) == CLEAR
    assert body(page.get(f"{look.url}{look.segment}/init.mp4")) == b"init"


def test_a_segment_still_being_written_plays_up_to_its_last_whole_record(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    look = Look(world, recorder, now, close=False)
    with look.path.open("ab") as file:
        file.write(b"half a record")
    page = look.begun(world)
    assert f"{look.segment}/40-40.m4s" in page.get(look.url + "index.m3u8").content.decode()
    assert body(page.get(look.piece(40, 40))) == CLEAR


@pytest.mark.parametrize(
    ("first", "last"), [(30, 31), (31, 41), (1, 60), (41, 41), (40, 31), (0, 31), (31, 10**9)]
)
def test_records_outside_the_grant_are_refused_and_ledgered(
    look: Look, world: World, first: int, last: int
) -> None:
    answer = look.begun(world).get(look.piece(first, last))
    assert answer.status_code == 403
    assert CLEAR not in answer.content
    assert Entry.objects.filter(outcome="refused", text__contains="grant-other-interval").count() == 1
    assert not Entry.objects.filter(act="segment-key-asked").exists(), "no key was even asked for"


def test_anothers_grant_an_unknown_one_and_a_live_one_open_nothing(look: Look, world: World) -> None:
    other = person("sato", "operator")
    assert browser(other).get(look.piece(31, 31)).status_code == 403
    assert browser(other).get(look.url).status_code == 403
    page = browser(world.operator)
    assert page.get(look.piece(31, 31, grant="0" * 32)).status_code == 403
    live = granting.grant_live(world.operator, world.camera)
    assert page.get(look.piece(31, 31, grant=live.id)).status_code == 403
    assert page.get(f"/playback/{live.id}/index.m3u8").status_code == 403


def test_a_path_in_the_address_reaches_no_file(look: Look, world: World) -> None:
    page = browser(world.operator)
    for segment in ("../../keys/orders.key", "..%2f..%2finstance.json", look.segment.upper(), "f" * 31):
        assert page.get(look.piece(31, 31, segment=segment)).status_code == 404


def test_nothing_is_kept_by_browser_or_proxy(look: Look, world: World) -> None:
    page = look.begun(world)
    for address in (
        look.url,
        look.url + "index.m3u8",
        look.piece(31, 31),
        look.url + "status",
        "/live/",
        "/status/",
    ):
        answer = page.get(address)
        assert answer["Cache-Control"] == "no-store, private", address
        assert answer["X-Accel-Buffering"] == "no", address


@pytest.mark.parametrize("why", ["locked", "withdrawn", "over", "gate", "revoked", "signed-out"])
def test_a_body_under_way_stops_without_a_further_byte(
    look: Look, world: World, now: ManualClock, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    monkeypatch.setattr(bodies, "BATCH_BYTES", 1)  # one record a batch
    opened = open_file(Segment.objects.get(id=look.segment), look.grant)
    begun = bodies.batch(opened, 31, 40, look.grant, world.operator)
    page = browser(world.operator)
    stream = bodies.piece(opened, begun, 40, look.grant, world.operator, page.session)
    assert async_to_sync(_next)(stream) == CLEAR
    if why == "locked":
        storehouse_session.lock(world.manager)
    elif why == "withdrawn":
        granting.withdraw(look.grant, world.manager)
    elif why == "over":
        now.advance_s(3601)
    elif why == "gate":
        judge(world.camera, "sealed")
    elif why == "signed-out":
        page.post("/accounts/logout/")
    else:
        world.operator.appointments.update(revoked_at_ns=clock.now_ns())
    assert async_to_sync(_next)(stream) is None
    assert opened.file._handle == -1, "the file is closed"


async def _next(stream: AsyncIterator[bytes]) -> bytes | None:
    async for batch in stream:
        return batch
    return None


@pytest.mark.parametrize("why", ["locked", "withdrawn", "over"])
def test_the_player_is_told_within_a_second_that_the_look_is_over(
    look: Look, world: World, now: ManualClock, why: str
) -> None:
    page = look.begun(world)
    assert page.get(look.url + "status").json() == {"open": True}
    if why == "locked":
        storehouse_session.lock(world.manager)
    elif why == "withdrawn":
        granting.withdraw(look.grant, world.manager)
    else:
        now.advance_s(3601)
    assert page.get(look.url + "status").json()["open"] is False
    assert page.get(look.piece(31, 31)).status_code == 403


def test_a_minute_to_check_a_camera_needs_no_case_and_everything_else_does(
    look: Look, world: World, now: ManualClock
) -> None:
    page = browser(world.operator)
    when = clock.utc(look.start_ns + 9 * 3600 * NS_PER_S).strftime("%Y-%m-%dT%H:%M:%S")
    assert page.post("/playback/", {"camera": world.camera.id, "start": when}).status_code == 302
    check = Grant.objects.get(purpose_code="equipment-check")
    assert (check.approval, check.end_ns) == (None, look.start_ns + 60 * NS_PER_S)
    assert check.id in page.get("/playback/").content.decode()
    now.advance_s(3600)
    assert page.post("/playback/", {"camera": world.camera.id, "start": when}).status_code == 403


def test_a_look_begins_by_a_post_and_is_counted(look: Look, world: World) -> None:
    page = browser(world.operator)
    assert page.get(look.piece(31, 31)).status_code == 403, "not begun"
    assert look.url + "begin" in page.get(look.url).content.decode()
    assert not Entry.objects.filter(act="playback-look").exists()
    for _ in range(5):
        assert page.post(look.url + "begin").status_code == 302
    assert page.get(look.piece(31, 31)).status_code == 200
    assert page.post(look.url + "begin").status_code == 403, "looked at as often as allowed"
    assert Entry.objects.filter(act="playback-look").count() == 5
    again = look.granted(world, look.start_ns + 30 * NS_PER_S, look.start_ns + 40 * NS_PER_S)
    assert again.approval_id != look.grant.approval_id
    under_the_same = granting.grant_playback(world.manager, world.operator, look.grant.approval)
    assert page.post(f"/playback/{under_the_same.id}/begin").status_code == 403, "a new grant counts on"


def test_a_cookie_at_another_console_opens_nothing(look: Look, world: World) -> None:
    page = look.begun(world)
    thief = Client(headers={"host": "localhost", "user-agent": "another machine"})
    thief.cookies = page.cookies
    assert thief.get(look.piece(31, 31)).status_code == 403
    assert thief.get(look.url + "index.m3u8").status_code == 403
    assert thief.get(look.url + "status").json() == {"open": False, "code": "grant-other-console"}
    assert Entry.objects.filter(text__contains="grant-other-console", outcome="refused").count() == 2
    assert page.get(look.piece(31, 31)).status_code == 200


def test_people_without_an_account_are_written_down_before_the_first_picture(
    look: Look, world: World
) -> None:
    page = browser(world.operator)
    officer = {"p0-role": "asker", "p0-name": "山田 巡査", "p0-office": "鳥取警察署"}
    assert page.post(look.url + "begin", officer).status_code == 422, "identity and terms are missing"
    assert page.get(look.piece(31, 31)).status_code == 403
    officer |= {"p0-paper": "警察手帳 12345", "p0-accepted": "paper"}
    Approval.objects.update(witness=True)
    assert page.post(look.url + "begin", officer).status_code == 403, "a witness is missing"
    witness = {"p1-role": "witness", "p1-name": "田中", "p1-paper": "運転免許証", "p1-accepted": "screen"}
    assert page.post(look.url + "begin", officer | witness).status_code == 302
    entry = json.loads(Entry.objects.get(act="playback-look").text)
    assert "山田 巡査" in entry["detail"]["present"][0]
    assert page.get(look.piece(31, 31)).status_code == 200


def test_a_time_at_the_end_of_the_calendar_is_a_wrong_answer_and_no_defect(look: Look, world: World) -> None:
    asked = {"camera": world.camera.id}
    for start in ("9999-12-31T23:59:59", "0001-01-01T00:00"):
        assert browser(world.operator).post("/playback/", {**asked, "start": start}).status_code == 422


def test_one_live_look_is_one_stream(look: Look, world: World) -> None:
    """A second one on another screen would be a look without a row of its own in the record."""
    grant = granting.grant_live(world.operator, world.camera)
    page = browser(world.operator)

    async def pictures() -> AsyncIterator[bytes]:
        yield CLEAR
        yield CLEAR

    async def both() -> tuple[bytes | None, bytes | None, int]:
        first, second = (
            bodies.live(AsyncExitStack(), pictures(), grant, world.operator, page.session)  # type: ignore[arg-type]
            for _ in range(2)
        )
        shown, not_shown = await _next(first), await _next(second)
        asked = await sync_to_async(page.get)(f"/live/{world.camera.id}/{grant.id}/stream")
        async for _ in first:
            pass
        return shown, not_shown, asked.status_code

    assert async_to_sync(both)() == (CLEAR, None, 403)
    assert Entry.objects.filter(outcome="refused", text__contains="grant-in-use").count() == 1
    assert grant.id not in bodies.shown_live


def test_a_get_never_begins_a_live_look(look: Look, world: World) -> None:
    before = Grant.objects.count()
    assert browser(world.operator).get(f"/live/{world.camera.id}/").status_code == 200
    assert Grant.objects.count() == before


def test_the_timeline_gets_times_and_reasons_and_no_key(look: Look, world: World) -> None:
    told = json.loads(browser(world.operator).get(f"/playback/coverage/{world.camera.id}/").content)
    assert told["covered"] == [[look.start_ns // 10**6, (look.start_ns + LENGTH_S * NS_PER_S) // 10**6]]
    assert set(told) == {"covered", "gaps", "marks"}
