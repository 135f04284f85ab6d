"""A request's arrival protects its footage at once, for a short time, and not without end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from kuramori.clock import NS_PER_S
from kuramori.errors import BadInput, Refusal
from kuramori.footage import findings, intake
from kuramori.footage.models import Order
from kuramori.retention import certify, hold_reviews, holds, protecting
from kuramori.retention.models import Hold
from tests.footage.world import person
from tests.retention.test_pages import browser, pdf_words

if TYPE_CHECKING:
    from kuramori.clock import ManualClock
    from tests.footage.world import RunningRecorder, World

pytestmark = pytest.mark.django_db(transaction=True)
DAY_NS = 86_400 * NS_PER_S
CASE = "令和8年-0012"


def protect(world: World, now: ManualClock, **more: object) -> list[Hold]:
    now_ns = now.wall_ns()
    interval = (now_ns - 600 * NS_PER_S, now_ns)
    told = {"asked_by": "鳥取警察署", "by": world.operator} | more
    return protecting.protect(world.camera, interval, CASE, **told)  # type: ignore[arg-type]


def test_protected_footage_outlives_its_day_and_dies_when_the_protection_ends(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    _, path = recorder.segment(world.camera)
    now.advance_s(13 * 86_400)
    intake.take_in()
    now_ns = now.wall_ns()
    interval = (now_ns - 14 * DAY_NS, now_ns - 12 * DAY_NS)
    made = protecting.protect(world.camera, interval, CASE, asked_by="鳥取警察署", by=world.operator)
    assert [one.end_ns - one.start_ns for one in made] == [DAY_NS, DAY_NS]
    intake.take_in()
    assert sorted(holds.state(one) for one in made) == ["held", "refused"]  # one of the days has no footage
    now.advance_s(2 * 86_400)
    recorder.tick()
    intake.take_in()
    assert path.exists()
    now.advance_s(6 * 86_400)
    recorder.tick()
    intake.take_in()
    certify.certify()
    assert not path.exists()


def test_the_same_request_is_filed_once_and_cannot_be_renewed_without_end(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    recorder.segment(world.camera)
    now.advance_s(100)
    intake.take_in()
    (first,) = protect(world, now)
    assert first.automatic and first.ends_at_ns == now.wall_ns() + protecting.DEFAULT_NS
    again = protecting.protect(
        world.camera, (first.start_ns, first.end_ns), CASE, first.ends_at_ns, asked_by="x", by=world.manager
    )
    assert again == [first] and Order.objects.filter(kind="hold").count() == 1
    now.advance_s(25 * 86_400)
    with pytest.raises(Refusal, match="protection-used-up"):
        protecting.protect(world.camera, (first.start_ns, first.end_ns), CASE, asked_by="x", by=world.manager)


def test_who_may_and_what_makes_sense(world: World, recorder: RunningRecorder, now: ManualClock) -> None:
    with pytest.raises(Refusal, match="role-needed"):
        protect(world, now, by=person("stranger"))
    for wrong in ({"asked_by": " "}, {"until_ns": now.wall_ns() + 32 * DAY_NS}, {"until_ns": now.wall_ns()}):
        with pytest.raises(BadInput):
            protect(world, now, **wrong)
    with pytest.raises(BadInput, match="interval-not-in-the-past"):
        far = (now.wall_ns() + 1, now.wall_ns() + 2)
        protecting.protect(world.camera, far, CASE, asked_by="x", by=world.manager)
    assert not Hold.objects.exists()


def test_the_schema_knows_no_long_protection(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    (made,) = protect(world, now)
    for wrong in ({"ends_at_ns": made.made_at_ns + 32 * DAY_NS}, {"asked_by": ""}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Hold.objects.filter(pk=made.pk).update(**wrong)


def test_a_closed_case_lets_its_protection_go(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    recorder.segment(world.camera)
    now.advance_s(100)
    intake.take_in()
    (made,) = protect(world, now)
    intake.take_in()
    assert protecting.release(CASE, "取下げ", world.manager) == 1
    intake.take_in()
    made.refresh_from_db()
    assert holds.state(made) == "ended" and protecting.release(CASE, "取下げ", world.manager) == 0


def test_people_are_reminded_before_a_hold_ends_and_the_review_is_on_paper(
    world: World, recorder: RunningRecorder, now: ManualClock
) -> None:
    recorder.segment(world.camera)
    now.advance_s(100)
    intake.take_in()
    (made,) = protect(world, now)
    intake.take_in()
    assert hold_reviews.look() == 0
    now.advance_s(5 * 86_400)
    assert hold_reviews.look() == 1
    assert [one.code for one in findings.standing()] == [hold_reviews.CODE]
    page = browser(world.manager)
    assert f"/holds/{made.pk}/review/" in page.get("/holds/").content.decode()
    told = {"reason": "署で確認中", "next": "2027-01-01T09:00"}
    assert page.post(f"/holds/{made.pk}/review/", told).status_code == 200  # after its end
    told["next"] = "2026-11-30T12:00"
    assert page.post(f"/holds/{made.pk}/review/", told).status_code == 302
    assert not findings.standing()
    words = "".join(pdf_words(page.get(f"/holds/{made.pk}.pdf").content).split())
    assert "承認書" in words and CASE in words and "署で確認中" in words and "鳥取警察署" in words
    made.refresh_from_db()
    assert made.ends_at_ns == made.made_at_ns + protecting.DEFAULT_NS
