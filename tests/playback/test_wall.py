"""The live wall: each camera by its own grant, one answer for all; and the attacks on it."""

from __future__ import annotations

import asyncio
import json
import struct
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.db import OperationalError

from kuramori.access import granting, left_looks, live_check
from kuramori.access.models import Grant
from kuramori.errors import RecorderUnreachable, Refusal
from kuramori.ledger.models import Entry
from kuramori.places.models import Site
from kuramori.playback import bodies, conversion, wall_bodies
from kuramori.playback.wall_bodies import Wall
from kuramori.policy import gates
from kuramori.policy.models import Verdict
from tests.cases.rig import browser
from tests.footage import world as rows
from tests.footage.world import CLEAR, judge, person

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from kuramori.cameras.models import Camera
    from kuramori.clock import ManualClock
    from kuramori.people.models import Account
    from tests.footage.world import World

pytestmark = pytest.mark.django_db
HEAD = struct.Struct(">BI")
TYPE = b'video/mp4; codecs="avc1.42c01f"\0'


@pytest.fixture(autouse=True)
def asked_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether a look is still allowed is asked before every byte; no camera is waited for."""
    monkeypatch.setattr(wall_bodies, "ASK_AGAIN_S", 0.0)
    monkeypatch.setattr(wall_bodies, "AGAIN_S", 0.0)
    monkeypatch.setattr(wall_bodies, "BUSY_S", 0.0)


@pytest.fixture
def cameras(world: World) -> list[Camera]:
    """Three cameras, all open."""
    site = Site.objects.get()
    return [world.camera, *(rows.camera(number, site, world.manager) for number in (2, 3))]


def begun(world: World, size: int = 4) -> tuple[Any, str]:
    page = browser(world.operator)
    answer = page.post("/live/wall/begin", {"size": size})
    assert answer.status_code == 302
    return page, answer["Location"]


def stream_of(address: str) -> str:
    return address.replace("/live/wall/?", "/live/wall/stream?")


def refused(code: str) -> int:
    return Entry.objects.filter(outcome="refused", text__contains=f'"{code}"').count()


def test_every_camera_has_its_own_look_in_the_record(world: World, cameras: list[Camera]) -> None:
    page, address = begun(world)
    assert {grant.camera_id for grant in Grant.objects.filter(kind="live")} == {one.id for one in cameras}
    assert Entry.objects.filter(act="live-look", outcome="allowed").count() == 3
    assert page.get(address).content.count(b"data-index=") == 3


def test_a_camera_that_is_shut_stays_dark_with_its_reason_and_the_others_are_shown(
    world: World, cameras: list[Camera]
) -> None:
    judge(cameras[1], gate="sealed", code="sign-missing")
    page, address = begun(world)
    shown = page.get(address).content.decode()
    assert shown.count("data-index=") == 2
    assert not Grant.objects.filter(camera=cameras[1]).exists()
    entry = json.loads(Entry.objects.get(outcome="refused").text)
    assert (entry["reason"], entry["detail"]["camera"]) == ("sign-missing", cameras[1].id)
    assert entry["object"]["page"] == "live-wall-begin"


def test_pages_of_the_wall_go_through_all_cameras(world: World, cameras: list[Camera]) -> None:
    page = browser(world.operator)
    seen = [page.post("/live/wall/begin", {"size": 1, "page": number}, follow=True) for number in range(4)]
    assert [one.context["tiles"][0]["camera"] for one in seen] == [*cameras, cameras[2]]
    for wrong in ({"size": 5}, {"size": "x"}, {"size": 4, "page": "-1"}, {"size": 4, "page": "9" * 30}):
        assert page.post("/live/wall/begin", wrong).status_code == 400


def test_only_operators_begin_a_wall(world: World, cameras: list[Camera]) -> None:
    assert browser(person("sato", "manager")).post("/live/wall/begin", {"size": 4}).status_code == 403
    assert refused("not-an-operator") == 1
    assert not Grant.objects.exists()


def test_a_walls_address_opens_nothing_for_others_and_nothing_twice(
    world: World, cameras: list[Camera]
) -> None:
    page, address = begun(world)
    other = browser(person("sato", "operator"))
    assert {other.get(address).status_code, other.get(stream_of(address)).status_code} == {403}
    assert refused("grant-of-another") == 2
    assert page.get("/live/wall/stream").status_code == 403, "no look is named"
    assert page.get(f"/live/wall/stream?grant={'0' * 32}").status_code == 403
    assert page.get(stream_of(address), headers={"Sec-Fetch-Dest": "document"}).status_code == 403
    many = "&".join(f"grant={number:032x}" for number in range(17))
    assert page.get(f"/live/wall/stream?{many}").status_code == 400
    first = Grant.objects.filter(kind="live").first()
    assert first is not None
    bodies.shown_live.add(first.id)
    try:
        assert page.get(stream_of(address)).status_code == 403
    finally:
        bodies.shown_live.discard(first.id)
    assert refused("grant-in-use") == 1


def test_a_wall_that_has_ended_shows_nothing_and_a_get_begins_none(
    world: World, cameras: list[Camera]
) -> None:
    page, address = begun(world)
    for grant in Grant.objects.all():
        granting.end(grant)
    before = Grant.objects.count()
    assert page.get(address)["Location"] == "/live/"
    assert page.get(stream_of(address)).status_code == 403
    assert page.get("/live/wall/?size=4").content.count(b"data-index=") == 0
    assert Grant.objects.count() == before


@dataclass
class Line:
    """A recorder that sends `pictures` of any camera, or refuses; counts who watches."""

    refuses: set[str] = field(default_factory=set)
    watching: int = 0
    codec: str = "avc1.42c01f"
    pictures: int = 100_000

    @asynccontextmanager
    async def live(self, *, grant: str, camera: str, viewing: str) -> AsyncIterator[Line]:
        if camera in self.refuses:
            raise Refusal("sealed", clause="T3")
        self.watching += 1
        try:
            yield self
        finally:
            self.watching -= 1

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for _ in range(self.pictures):
            yield CLEAR
        raise RecorderUnreachable


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch) -> Line:
    made = Line()
    monkeypatch.setattr("kuramori.footage.recorder_socket.live", made.live)
    return made


def messages(body: bytes) -> list[tuple[int, bytes]]:
    """Cut as the page's script cuts them."""
    found, at = [], 0
    while at < len(body):
        index, length = HEAD.unpack_from(body, at)
        at += HEAD.size + length
        found.append((index, body[at - length : at]))
    return found


def watch(
    world: World,
    cameras: list[Camera],
    then: Callable[[Account, list[Grant], Any], None],
    chunks: int = 40,
    *,
    h264: bool = False,
) -> tuple[list[tuple[int, bytes]], list[tuple[int, bytes]], list[Grant]]:
    """A wall's messages until every camera has sent, then after `then`; its grants read again."""
    page = browser(world.operator)
    grants = [granting.grant_live(world.operator, camera) for camera in cameras]

    async def run() -> tuple[bytes, bytes]:
        wall = Wall(grants, world.operator, page.session, h264=h264).pictures()
        before, after = b"", b""
        while {index for index, _ in messages(before)} != set(range(len(grants))):
            before += await anext(wall)
        await sync_to_async(then)(world.operator, grants, page)
        for _ in range(chunks):
            after += await anext(wall, b"")
        await wall.aclose()
        return before, after

    before, after = async_to_sync(run)()
    assert not bodies.shown_live
    return messages(before), messages(after), [Grant.objects.get(pk=one.pk) for one in grants]


def nothing(_viewer: Account, _grants: list[Grant], _page: Any) -> None:
    """The viewer goes on looking."""


def test_each_stream_begins_with_its_type_and_leaving_ends_every_look(
    world: World, cameras: list[Camera], line: Line
) -> None:
    before, after, grants = watch(world, cameras, nothing)
    for index in range(3):
        assert next(content for of, content in before if of == index) == TYPE + CLEAR
    assert {content for _, content in after} == {CLEAR}
    assert all(grant.ended_ns for grant in grants)
    assert Entry.objects.filter(act="live-look-ended").count() == 3
    assert line.watching == 0, "nobody reads from the recorder any more"


@pytest.mark.parametrize("how", ["gate", "withdrawn"])
def test_a_no_ends_that_camera_before_its_next_picture_and_the_others_go_on(
    world: World, cameras: list[Camera], line: Line, how: str
) -> None:
    def shut(_viewer: Account, grants: list[Grant], _page: Any) -> None:
        if how == "gate":
            judge(cameras[1], gate="sealed", code="sign-missing")
        else:
            granting.withdraw(grants[1], world.manager)

    _before, after, _grants = watch(world, cameras, shut)
    of_shut = [content for index, content in after if index == 1]
    assert of_shut[of_shut.index(b"") :] == [b""], "nothing after the word that it is over"
    ended = next(at for at, one in enumerate(after) if one == (1, b""))
    assert {index for index, _ in after[ended + 1 :]} == {0, 2}


def test_signing_out_or_losing_the_appointment_ends_the_whole_wall(
    world: World, cameras: list[Camera], line: Line
) -> None:
    def sign_out(_viewer: Account, _grants: list[Grant], page: Any) -> None:
        page.session.flush()

    _before, after, _grants = watch(world, cameras, sign_out)
    assert after[-3:] == [(0, b""), (1, b""), (2, b"")]
    assert line.watching == 0


def test_a_camera_the_recorder_refuses_is_over_and_one_that_goes_away_comes_back(
    world: World, cameras: list[Camera], line: Line
) -> None:
    line.refuses, line.pictures = {cameras[2].id}, 3
    before, after, _grants = watch(world, cameras, nothing)
    assert [content for index, content in before + after if index == 2] == [b""]
    assert [content for index, content in before + after if index == 0].count(TYPE + CLEAR) > 1


@pytest.mark.parametrize("turns", range(6))
def test_leaving_in_the_very_moment_in_which_a_picture_comes_is_leaving(
    world: World, cameras: list[Camera], turns: int
) -> None:
    wall = Wall([], world.operator, browser(world.operator).session)

    async def run() -> bool:
        waiting = asyncio.create_task(wall._waiting())
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        wall._queue.put_nowait((0, CLEAR))
        for _ in range(turns):
            await asyncio.sleep(0)
        left = waiting.cancel()  # False: it was over before
        await asyncio.wait([waiting])
        return waiting.cancelled() or not left

    assert async_to_sync(run)(), "the word that the viewer has left was lost"


def ended_looks() -> list[str]:
    return [json.loads(one.text)["object"]["camera"] for one in Entry.objects.filter(act="live-look-ended")]


def test_a_look_that_is_over_is_written_down_then_and_not_when_the_wall_is_left(
    world: World, cameras: list[Camera], line: Line
) -> None:
    line.refuses = {cameras[2].id}
    seen: list[list[str]] = []

    def shut(_viewer: Account, _grants: list[Grant], _page: Any) -> None:
        judge(cameras[1], gate="sealed", code="sign-missing")

    real = Wall._end

    async def noted(self: Wall) -> None:
        seen.append(await sync_to_async(ended_looks)())
        await real(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Wall, "_end", noted)
        watch(world, cameras, shut)
    assert sorted(seen[0]) == sorted([cameras[1].id, cameras[2].id])
    assert sorted(ended_looks()) == sorted(one.id for one in cameras)


def test_a_database_that_is_locked_costs_one_end_and_not_the_others(
    world: World, cameras: list[Camera], line: Line, now: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, tried = granting.end, []

    def locked_once(grant: Grant) -> None:
        tried.append(grant)
        if len(tried) == 1:
            raise OperationalError("database is locked")
        real(grant)

    monkeypatch.setattr(granting, "end", locked_once)
    _before, _after, grants = watch(world, cameras, nothing)
    assert [bool(one.ended_ns) for one in grants].count(False) == 1
    monkeypatch.setattr(granting, "end", real)
    now.advance_s(1801)
    assert left_looks.end_left() == 1, "made up for"
    assert len(ended_looks()) == 3


def test_a_camera_that_the_browser_cannot_play_is_converted_and_says_so(
    world: World, cameras: list[Camera], line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.codec = "hvc1.1.6.L93.B0"

    async def as_h264(stack: Any, pictures: Any) -> tuple[Any, str]:
        return pictures, "avc1.42c01f"

    monkeypatch.setattr("kuramori.playback.conversion.for_browser", as_h264)
    before, _after, _grants = watch(world, cameras, nothing, h264=True)
    assert {content for _, content in before} >= {b'video/mp4; codecs="avc1.42c01f"\nconverted\0' + CLEAR}
    before, _after, _grants = watch(world, cameras, nothing)
    assert {content for _, content in before} >= {b'video/mp4; codecs="hvc1.1.6.L93.B0"\0' + CLEAR}


def test_more_cameras_than_can_be_converted_wait_and_say_so(
    world: World, cameras: list[Camera], line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    line.codec = "hvc1.1.6.L93.B0"
    monkeypatch.setattr(conversion, "MOST_LIVE", 0)
    before, _after, grants = watch(world, cameras, nothing, h264=True)
    assert {content for _, content in before} == {wall_bodies.BUSY}
    assert all(grant.ended_ns for grant in grants)


def test_a_defect_while_asking_shows_nothing_more(
    world: World, cameras: list[Camera], line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> set[str]:
        raise ValueError("a defect")

    def breaks(_viewer: Account, _grants: list[Grant], _page: Any) -> None:
        monkeypatch.setattr(live_check, "still_allowed", broken)

    with pytest.raises(ValueError, match="a defect"):
        watch(world, cameras, breaks)
    assert line.watching == 0
    assert not bodies.shown_live


@pytest.mark.parametrize("gate", ["", "warn", "no-export", "no-view", "sealed", "no-record"])
@pytest.mark.parametrize("subject", ["camera", "site", "body", "person", "pc"])
def test_many_cameras_are_judged_as_each_alone(
    world: World, cameras: list[Camera], now: ManualClock, gate: str, subject: str
) -> None:
    subjects = {
        "camera": cameras[0].id,
        "site": str(cameras[0].site_id),
        "body": "1",
        "person": str(world.operator.pk),
        "pc": "7",
    }
    said = {"kind": "guideline", "gate": gate, "code": "sign-missing", "holds": not gate}
    Verdict.objects.update_or_create(
        subject_kind=subject,
        subject_id=subjects[subject],
        clause="T9",
        defaults=said | {"judged_at_ns": 1, "from_ns": 0},
    )
    for pc in (None, 7, 8):
        alone = set()
        for camera in cameras:
            try:
                gates.require_viewable(camera.id, world.operator, now.wall_ns(), pc=pc)
            except Refusal:
                continue
            alone.add(camera.id)
        many = gates.viewable([one.id for one in cameras], world.operator, now.wall_ns(), pc=pc)
        assert many == alone, pc
