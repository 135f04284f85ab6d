"""The plan of the place: drawn, cameras on it, nothing edited away; and who may do what."""

from __future__ import annotations

import io
import math
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from kuramori.cameras import placing
from kuramori.cameras.models import Camera, PlanPosition
from kuramori.cameras.placing import Field
from kuramori.clock import ManualClock
from kuramori.errors import BadInput
from kuramori.ledger.models import Entry
from kuramori.pictures.asking import Picture
from kuramori.places import plans
from kuramori.places.models import Plan, Site
from tests.cases.rig import browser
from tests.footage.fixtures import world
from tests.footage.world import World

__all__ = ["world"]
pytestmark = pytest.mark.django_db
WIDE = Picture(b"\xff\xd8\xff drawn", 1000, 500)
ANSWER = {"x": "50", "y": "20.5", "heading": "90", "angle": "60", "reach": "25"}


def upload() -> SimpleUploadedFile:
    made = io.BytesIO()
    Image.new("RGB", (400, 200), "white").save(made, "PNG")
    return SimpleUploadedFile("plan.png", made.getvalue(), content_type="image/png")


@pytest.fixture
def page(world: World, now: ManualClock) -> Client:
    return browser(world.manager)


@pytest.fixture
def plan(world: World) -> Plan:
    return plans.draw(Site.objects.get(), WIDE, world.manager)


def test_a_drawing_is_made_anew_and_cameras_are_placed_on_it(page: Client, world: World) -> None:
    assert page.post("/plan/drawing", {"drawing": upload()}).status_code == 302
    drawn = Plan.objects.get()
    assert (drawn.width, drawn.height, bytes(drawn.jpeg[:3])) == (400, 200, b"\xff\xd8\xff")
    answer = page.post(f"/plan/{drawn.pk}/camera", {"camera": world.camera.id, **ANSWER})
    assert answer["Location"] == "/plan/"
    shown = page.get("/plan/").content.decode()
    assert 'd="M200.0 41.0L' in shown
    assert f"/live/{world.camera.id}/" not in shown, "this manager is no operator"
    assert f"/live/{world.camera.id}/" in browser(world.operator).get("/plan/").content.decode()
    assert page.get(f"/plan/{drawn.pk}.jpg").content == bytes(drawn.jpeg)
    acts = list(Entry.objects.filter(act__in=["plan-drawn", "camera-placed"]).values_list("act", flat=True))
    assert sorted(acts) == ["camera-placed", "plan-drawn"]


def test_moving_a_camera_and_changing_the_drawing_keep_what_was(
    page: Client, world: World, plan: Plan
) -> None:
    for x in ("10", "90"):
        page.post(f"/plan/{plan.pk}/camera", {"camera": world.camera.id, **ANSWER, "x": x})
    assert [row.x for row in PlanPosition.objects.order_by("version")] == [0.1, 0.9]
    assert placing.standing(plan)[world.camera.id].x == 0.9
    plans.draw(plan.site, WIDE, world.manager)
    assert Plan.objects.count() == 2
    assert "まだ配置図にありません" in page.get("/plan/").content.decode()
    old = page.post(f"/plan/{plan.pk}/camera", {"camera": world.camera.id, **ANSWER})
    assert old.status_code == 400, "nothing is placed on a former drawing"


def test_an_operator_sees_the_plan_and_changes_nothing(world: World, now: ManualClock, plan: Plan) -> None:
    page = browser(world.operator)
    assert b"<form method" not in page.get("/plan/").content.split(b"<main")[1]
    assert page.post("/plan/drawing", {"drawing": upload()}).status_code == 403
    assert page.post(f"/plan/{plan.pk}/camera", {"camera": world.camera.id, **ANSWER}).status_code == 403
    assert Entry.objects.filter(outcome="refused").count() == 2
    assert (Plan.objects.count(), PlanPosition.objects.count()) == (1, 0)


@pytest.mark.parametrize(
    "wrong", [{"x": "101"}, {"y": "-1"}, {"heading": "360"}, {"angle": "0"}, {"reach": "0"}, {"x": "nan"},
              {"camera": "0" * 32}, {"reach": "inf"}]
)  # fmt: skip
def test_what_lies_outside_the_drawing_is_refused(
    page: Client, world: World, plan: Plan, wrong: dict[str, str]
) -> None:
    answer = page.post(f"/plan/{plan.pk}/camera", {"camera": world.camera.id, **ANSWER} | wrong)
    assert answer.status_code == 422
    assert not PlanPosition.objects.exists()


def test_what_is_no_picture_becomes_no_plan(page: Client) -> None:
    bad = SimpleUploadedFile("plan.jpg", b"<svg onload=alert(1)>", content_type="image/jpeg")
    assert page.post("/plan/drawing", {"drawing": bad}).status_code == 422
    assert not Plan.objects.exists()


def test_an_abolished_camera_leaves_the_plan(world: World, now: ManualClock, plan: Plan) -> None:
    field = Field(0.5, 0.5, 0, 90, 0.2)
    placing.place(world.camera, plan, field, world.manager)
    Camera.objects.update(retired_ns=now.wall_ns())
    assert placing.standing(plan) == {}
    with pytest.raises(BadInput, match="camera-abolished"):
        placing.place(Camera.objects.get(), plan, field, world.manager)


def test_the_schema_refuses_a_camera_off_the_plan(world: World, now: ManualClock, plan: Plan) -> None:
    row = placing.place(world.camera, plan, Field(0.5, 0.5, 0, 90, 0.2), world.manager)
    for wrong in ({"x": 1.5}, {"reach": 0.0}, {"heading_deg": 360}, {"angle_deg": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PlanPosition.objects.filter(pk=row.pk).update(**wrong)


@given(st.floats(0, 1), st.floats(0, 1), st.integers(0, 359), st.integers(1, 359), st.floats(0.01, 1))
def test_a_sector_begins_at_the_camera_and_ends_at_its_reach(
    x: float, y: float, heading: int, angle: int, reach: float
) -> None:
    path = placing.outline(Field(x, y, heading, angle, reach), 1000, 500)
    numbers = [float(one) for one in re.findall(r"-?[\d.]+", path)]
    centre, first, last = numbers[:2], numbers[2:4], numbers[-2:]
    for end in (first, last):
        assert math.dist(centre, end) == pytest.approx(1000 * reach, abs=0.3)
