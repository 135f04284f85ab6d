"""With many cameras a page says the same thing once, shows what needs a look first, and comes in parts."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from kuramori import local_time
from kuramori.cameras.models import Camera
from kuramori.footage.models import CameraState
from kuramori.guideline import judging
from kuramori.health.models import CameraDay
from tests.guideline.entering import browser
from tests.guideline.set_up import SetUpBody, further_camera, hung, set_up

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
CAMERAS = 25


@pytest.fixture
def body(now: object) -> SetUpBody:
    made = hung(set_up())
    for number in range(2, CAMERAS + 1):
        further_camera(made, number)
    for camera in Camera.objects.all():
        CameraState.objects.create(camera=camera.pk, state="recording", since_ns=1)
    judging.judge_all()
    return made


def shown(page: Client, address: str) -> str:
    answer = page.get(address, headers={"accept-language": "ja"})
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_what_is_missing_of_many_is_said_once_with_the_first_five_and_the_clause_names_all(
    body: SetUpBody,
) -> None:
    page, title = browser(body.manager), "このカメラが人に与える影響を、あらためて考えてください"
    start = shown(page, "/")
    assert start.count(f"<h2>{title}</h2>") == 1
    assert all(f"<li>{number} " in start for number in (1, 2, 3, 4, 5)), "in the order of their numbers"
    assert f"ほか {CAMERAS - 5} 件" in start
    overview = shown(page, "/guideline/overview/")
    assert overview.count(title) >= 6 and f"ほか {CAMERAS - 5} 件も同じです" in overview
    told = [shown(page, f"/clauses/P1/?page={number}").count(f"<h3>{title}</h3>") for number in (1, 2)]
    assert told == [20, CAMERAS - 20]


def test_cameras_that_need_a_look_come_first_and_the_rest_on_further_pages(body: SetUpBody) -> None:
    page = browser(body.manager)
    last = Camera.objects.get(number=CAMERAS)
    named = f'aria-label="{last}"'
    assert named not in shown(page, "/") and named in shown(page, "/?page=3")
    CameraState.objects.filter(camera=last.pk).update(state="unreachable")
    start = shown(page, "/")
    assert start.count('class="card light') == 9
    assert start.index(named) < start.index('aria-label="1 ')
    assert "確かめる必要のある 1 台を先に" in start
    again = shown(page, "/state/?page=3")
    assert again.count('class="card light') == CAMERAS - 18 and "seen=" in again and "page=3" in again


def test_health_comes_by_six_cameras_and_a_week(body: SetUpBody) -> None:
    page, today = browser(body.manager), local_time.today()
    for camera in Camera.objects.all():
        for back in range(10):
            CameraDay.objects.create(camera=camera.pk, day=today - timedelta(days=back), covered_ms=1)
    assert shown(page, "/health/").count('<td class="when">2026') == 6 * 7
    earlier = shown(page, f"/health/?until={today - timedelta(days=7)}")
    assert earlier.count('<td class="when">2026') == 6 * 3 and "次の7日間" in earlier
    assert shown(page, "/health/?page=5").count('<td class="when">2026') == 7
    assert shown(page, "/health/?until=nothing&page=x").count('<td class="when">2026') == 6 * 7
    plots = page.get("/health/days.json?page=5").json()
    assert list(plots) == [Camera.objects.get(number=CAMERAS).pk] and len(*plots.values()) == 3


def test_room_on_the_disks_comes_by_fifteen_cameras(body: SetUpBody) -> None:
    page, row = browser(body.manager), "<td>14日</td>"
    assert [shown(page, f"/disks/?page={number}").count(row) for number in (1, 2)] == [15, CAMERAS - 15]
