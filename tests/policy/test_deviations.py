"""Deviations: the one way past a gate. Each attack tries to get past without one, or with too much of one."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from kuramori import clock, local_time
from kuramori.errors import BadInput, Refusal
from kuramori.footage import settings_file
from kuramori.guideline import deviation_register, judging, registry, standing
from kuramori.guideline.ageing import DAY_NS
from kuramori.ledger.models import Entry
from kuramori.people import second_factor
from kuramori.people.models import Account, Appointment
from kuramori.places import signs
from kuramori.places.models import Body
from kuramori.policy import deviating, deviations, gates, keeping
from kuramori.policy.deviation_models import RETENTION, Deviation
from kuramori.policy.models import RetentionRule
from kuramori.recorder.settings_reading import parse
from tests.guideline.set_up import SetUpBody, set_up, today
from tests.people.dutiful import since

pytestmark = pytest.mark.django_db(transaction=True)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass
class Two:
    """A body with two managers, its sign declared and never photographed for eight days."""

    body: SetUpBody
    other: Account


@pytest.fixture
def two(data: Path, now: clock.ManualClock) -> Two:
    body = set_up()
    signs.declare(body.site, "玄関の扉", today(), body.manager)
    other = Account.objects.create_user("tanaka", "kura no kagi wa mittsu", full_name="田中 次郎")
    Appointment.objects.create(
        account=other,
        role="manager",
        starts_ns=now.wall_ns(),
        accepted_at_ns=now.wall_ns(),
        ends_ns=now.wall_ns() + 390 * DAY_NS,
    )
    since(other, now.wall_ns())
    now.advance_s(8 * 24 * 3600)
    judging.judge_all()
    return Two(body, other)


def passed(two: Two, days: int = 30, code: str = "sign-photo-overdue") -> Deviation:
    end_ns = clock.now_ns() + days * DAY_NS
    made = deviating.ask(two.body.manager, code, str(two.body.site.pk), "工事で写真が撮れない", end_ns)
    deviating.approve(two.other, made.pk)
    settings_file.write_now()
    return Deviation.objects.get(pk=made.pk)


def recorder(data: Path):  # type: ignore[no-untyped-def]
    return parse((data / "record" / "settings.json").read_bytes())


def test_asked_for_alone_it_opens_nothing(two: Two, data: Path) -> None:
    deviating.ask(
        two.body.manager, "sign-photo-overdue", str(two.body.site.pk), "工事", clock.now_ns() + DAY_NS
    )
    with pytest.raises(Refusal, match="sign-photo-overdue"):
        gates.require_recordable(two.body.camera.id, clock.now_ns())
    assert not recorder(data).recordable(two.body.camera.id, clock.now_ns())


def test_approved_it_opens_until_its_very_last_nanosecond_everywhere(two: Two, data: Path) -> None:
    made = passed(two, days=3)  # the camera itself needs to be checked only later
    camera = two.body.camera.id
    gates.require_recordable(camera, made.ends_ns - 1)
    gates.require_viewable(camera, two.other, made.ends_ns - 1)
    assert recorder(data).recordable(camera, made.ends_ns - 1)
    with pytest.raises(Refusal, match="sign-photo-overdue"):
        gates.require_recordable(camera, made.ends_ns)
    assert not recorder(data).recordable(camera, made.ends_ns)


def test_it_stays_in_sight_while_it_is_in_force(two: Two, now: clock.ManualClock) -> None:
    made = passed(two)
    (seen,) = [one for one in standing.missing(now.wall_ns()) if one.deviation]
    assert (seen.gate, seen.code, seen.deviation) == ("warn", "sign-photo-overdue", made.pk)
    assert [row.deviation.pk for row in deviation_register.in_force(now.wall_ns())] == [made.pk]
    assert gates.closed_for_cameras(now.wall_ns())[two.body.camera.id] == gates.closed(
        "camera", two.body.camera.id, now.wall_ns()
    )


def test_it_passes_one_reason_for_one_subject_and_nothing_else(two: Two, now: clock.ManualClock) -> None:
    passed(two, code="sign-photo-old")
    with pytest.raises(Refusal, match="sign-photo-overdue"):
        gates.require_recordable(two.body.camera.id, now.wall_ns())


def test_the_asker_cannot_approve_and_an_operator_cannot_either(two: Two, now: clock.ManualClock) -> None:
    made = deviating.ask(
        two.body.manager, "sign-photo-overdue", str(two.body.site.pk), "工事", now.wall_ns() + DAY_NS
    )
    with pytest.raises(Refusal, match="own-request"):
        deviating.approve(two.body.manager, made.pk)
    Appointment.objects.filter(account=two.other).update(role="operator")
    with pytest.raises(Refusal, match="role-needed"):
        deviating.approve(two.other, made.pk)


def test_the_tables_refuse_an_own_approval_that_is_not_marked(two: Two, now: clock.ManualClock) -> None:
    made = deviating.ask(
        two.body.manager, "sign-photo-overdue", str(two.body.site.pk), "工事", now.wall_ns() + DAY_NS
    )
    made.approved_by, made.approved_at_ns = two.body.manager, now.wall_ns()
    with pytest.raises(IntegrityError), transaction.atomic():
        made.save()


def test_a_one_person_body_approves_its_own_and_it_is_marked(two: Two, now: clock.ManualClock) -> None:
    Body.objects.update(one_person=True)
    made = deviating.ask(
        two.body.manager, "sign-photo-overdue", str(two.body.site.pk), "工事", now.wall_ns() + DAY_NS
    )
    assert made.self_approved and made.in_force(now.wall_ns())


def test_approved_too_late_it_is_not_approved(two: Two, now: clock.ManualClock) -> None:
    made = deviating.ask(
        two.body.manager, "sign-photo-overdue", str(two.body.site.pk), "工事", now.wall_ns() + DAY_NS
    )
    now.advance_s(24 * 3600)
    with pytest.raises(Refusal, match="deviation-over"):
        deviating.approve(two.other, made.pk)


def test_twelve_months_and_no_longer(two: Two, now: clock.ManualClock) -> None:
    most_ns = deviating.a_year_after_ns(now.wall_ns())
    site = str(two.body.site.pk)
    deviating.ask(two.body.manager, "sign-missing", site, "工事", most_ns)
    for wrong_ns in (most_ns + 1, now.wall_ns(), now.wall_ns() - 1):
        with pytest.raises(BadInput, match="deviation-end"):
            deviating.ask(two.body.manager, "sign-missing", site, "工事", wrong_ns)
    with pytest.raises(BadInput, match="reason-missing"):
        deviating.ask(two.body.manager, "sign-missing", site, "  ", most_ns)


@pytest.mark.parametrize("code", sorted(deviations.NEVER))
def test_what_nobody_may_set_aside_cannot_be_asked_for_or_registered(
    code: str, two: Two, now: clock.ManualClock
) -> None:
    with pytest.raises(Refusal, match="never-deviable"):
        deviating.ask(two.body.manager, code, "1", "どうしても", now.wall_ns() + DAY_NS)
    with pytest.raises(ValueError, match=code):
        deviations.register([deviations.Passable(code, "T1", "body", "x")])


def test_a_clause_offers_only_reasons_of_its_own() -> None:
    for clause in registry.CLAUSES.values():
        assert set(clause.passable) <= set(clause.words) - deviations.NEVER


def test_ended_early_the_gate_closes_again_at_once(two: Two, data: Path, now: clock.ManualClock) -> None:
    made = passed(two)
    now.advance_s(3600)
    deviating.end(two.other, made.pk, "写真が撮れた")
    settings_file.write_now()
    with pytest.raises(Refusal, match="sign-photo-overdue"):
        gates.require_recordable(two.body.camera.id, now.wall_ns())
    assert not recorder(data).recordable(two.body.camera.id, now.wall_ns())
    acts = [json.loads(row.text)["act"] for row in Entry.objects.filter(act__startswith="deviation-")]
    assert acts == ["deviation-asked", "deviation-approved", "deviation-ended"]


def longer(two: Two, days: int = 300, months: int = 3) -> Deviation:
    made = deviating.ask(
        two.body.manager,
        RETENTION,
        two.body.camera.pk,
        "金融機関の内規",
        clock.now_ns() + days * DAY_NS,
        months,
    )
    deviating.approve(two.other, made.pk)
    settings_file.write_now()
    return Deviation.objects.get(pk=made.pk)


def test_more_than_a_month_only_by_a_deviation(two: Two, data: Path, now: clock.ManualClock) -> None:
    camera = two.body.camera
    with pytest.raises(IntegrityError), transaction.atomic():
        RetentionRule.objects.create(
            camera=camera,
            version=9,
            days=14,
            longer_months=3,
            decided_by=two.other,
            decided_at_ns=1,
        )
    for months in (None, 1, 4, 12):
        with pytest.raises(BadInput, match="deviation-months"):
            deviating.ask(two.body.manager, RETENTION, camera.pk, "x", now.wall_ns() + DAY_NS, months)
    made = longer(two)
    judging.judge_all()
    assert "retention-longer" in {one.code for one in standing.missing(now.wall_ns())}, "never out of sight"
    (row,) = [one for one in recorder(data).cameras if one.id == camera.id]
    assert row.retention.rule == {"days": 14, "longer_months": 3, "longer_until_ns": made.ends_ns}
    assert row.policy_version == 2


def test_a_decision_about_days_keeps_the_deviation_and_one_after_its_end_does_not(
    two: Two, now: clock.ManualClock
) -> None:
    made = longer(two, days=5)
    keeping.decide(two.body.camera, two.other, days=7)
    assert keeping.current(two.body.camera).deviation == made  # type: ignore[union-attr]
    now.advance_s(5 * 24 * 3600)
    keeping.decide(two.body.camera, two.other, days=10)
    assert keeping.current(two.body.camera).deviation is None  # type: ignore[union-attr]


def signed_in(account: Account) -> Client:
    second_factor.new_card(account)
    browser = Client(headers={"host": "localhost"})
    browser.force_login(account, backend=BACKEND)
    return browser


def test_the_pages_from_the_form_to_the_paper(two: Two, data: Path, now: clock.ManualClock) -> None:
    asker, approver = signed_in(two.body.manager), signed_in(two.other)
    last_day = local_time.day_of(now.wall_ns() + 30 * DAY_NS).isoformat()
    what = f"sign-photo-overdue:{two.body.site.pk}"
    given = {"what": what, "reason": "外壁の工事", "last_day": last_day}
    assert asker.post(reverse("deviation_new"), {**given, "longer_months": "2"}).status_code == 422
    assert asker.post(reverse("deviation_new"), {**given, "last_day": "2031-01-01"}).status_code == 422
    assert asker.post(reverse("deviation_new"), {**given, "what": "mask-waits:1"}).status_code == 422
    assert asker.post(reverse("deviation_new"), given)["Location"] == reverse("deviations")
    made = Deviation.objects.get()
    assert asker.post(reverse("deviation_approve", args=[made.pk])).status_code == 403
    assert not recorder(data).recordable(two.body.camera.id, now.wall_ns())
    approver.post(reverse("deviation_approve", args=[made.pk]))
    assert recorder(data).recordable(two.body.camera.id, now.wall_ns())
    assert "外壁の工事" in asker.get(reverse("deviations")).content.decode()
    assert approver.get(reverse("deviations_pdf")).content.startswith(b"%PDF")
    approver.post(reverse("deviation_end", args=[made.pk]), {"reason": "終わった"})
    assert not recorder(data).recordable(two.body.camera.id, now.wall_ns())
