"""The twenty answers: each is counted from the rows, so that a row that is wrong is named by its answer."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import F

from kuramori import clock
from kuramori.access.models import Grant
from kuramori.audit import ask, bundling, writing
from kuramori.cameras.models import ApprovedRange, Camera, Device
from kuramori.cases.complaint_models import Complaint
from kuramori.cases.models import Case, CaseStep
from kuramori.clock import NS_PER_S
from kuramori.evidence.models import Package
from kuramori.footage.models import Segment
from kuramori.health.models import CameraDay
from kuramori.ledger.models import CheckpointLeft
from kuramori.people.models import Account, Appointment, Pledge
from kuramori.places.models import Sign
from kuramori.policy.models import Deviation
from kuramori.retention.models import Certificate
from tests.audit.body import period
from tests.audit.conftest import Scene
from tests.footage import lines
from tests.guideline.set_up import SetUpBody, today

pytestmark = pytest.mark.django_db
DAY_NS = 24 * 3600 * NS_PER_S


def asked() -> dict[int, ask.Answer]:
    """All answers, from tables and record as they are in the database now."""
    out = writing.Writing()
    bundling.with_tables(out, period(), "佐藤 花子")
    bundling.with_record(out, period())
    read = ask.Bundle(out.archive)
    return {one.number: one.answer(read) for one in ask.QUESTIONS}


def test_a_body_in_order_has_nothing_to_look_into(scene: Scene) -> None:
    body = scene.body
    answers = asked()
    assert len(answers) == 20
    assert {number: one.found for number, one in answers.items() if one.found} == {}
    assert any("倉吉商店会" in line for line in answers[1].lines())
    assert answers[4].told[0] == "許可 1件"
    assert any(body.manager.full_name in line for line in answers[8].lines())
    assert any("14日" in line for line in answers[12].lines())


def sql(text: str, *values: Any) -> None:
    """What root would do to a row that no program changes."""
    with connection.cursor() as cursor:
        cursor.execute(text, values)


def look(body: SetUpBody, **said: Any) -> None:
    now_ns = clock.now_ns() - 3600 * NS_PER_S
    whole = {
        "kind": "live", "account": body.manager, "granted_by": body.manager, "camera": body.camera,
        "purpose_code": "daily-check", "reason": "日常確認", "created_ns": now_ns,
        "expires_at_ns": now_ns + 1, **said,
    }  # fmt: skip
    Grant.objects.create(**whole)


def undecided_device(body: SetUpBody) -> None:
    Device.objects.create(
        id="d1",
        endpoint="e",
        xaddr="http://192.0.2.1/",
        host="192.0.2.1",
        model="謎の機器",
        found_ns=1,
        seen_ns=1,
    )


def assessed_late(body: SetUpBody) -> None:
    Camera.objects.update(created_ns=F("created_ns") - 9 * DAY_NS)


def own_approval(body: SetUpBody) -> None:
    now_ns = clock.now_ns()
    Deviation.objects.create(
        code="sign-missing", clause="T3", subject_kind="site", subject_id="1", reason="工事のため",
        asked_by=body.manager, asked_at_ns=now_ns - 10, approved_by=body.manager, approved_at_ns=now_ns - 5,
        self_approved=True, ends_ns=now_ns + DAY_NS,
    )  # fmt: skip


def no_case(body: SetUpBody) -> None:
    end_ns = clock.now_ns() - DAY_NS
    said = {"kind": "playback", "purpose_code": "incident", "before_cases": True, "self_approved": True}
    look(body, start_ns=end_ns - 1, end_ns=end_ns, case_text="2026-0099", **said)


def stranger(body: SetUpBody) -> None:
    look(body, account=Account.objects.create_user("tanuki", full_name="狸 五郎"))


def copy_without_entry(body: SetUpBody) -> None:
    Package.objects.create(
        number="EXP-2026-000009", case_number="2026-0099", receiver="だれか", return_by=today(),
        made_by=body.manager, created_ns=clock.now_ns() - 10, state="packed", packed_ns=clock.now_ns() - 5,
        manifest_sha256="ab" * 32,
    )  # fmt: skip


def overdue(body: SetUpBody) -> None:
    start_ns = clock.now_ns() - 20 * DAY_NS
    said = lines.opened("11" * 16, start_ns, camera=body.camera.id)
    said["erase_at_ns"] = start_ns + 14 * DAY_NS
    Segment.objects.create(id=said.pop("segment"), end_ns=start_ns + 1, state="closed", **said)


def unsure_erasure(body: SetUpBody) -> None:
    then_ns = clock.now_ns() - 3 * DAY_NS
    Certificate.objects.create(
        id="c" * 32, hour="h" * 32, camera=body.camera.id, hour_start_s=0, erase_at_ns=then_ns,
        erased_at_ns=then_ns + 2 * DAY_NS, reason="expired", epoch=1, verified=False, level=1, document="{}",
        document_sha256="", ledger_index=0, journal_seq=1, made_at_ns=then_ns + 2 * DAY_NS,
    )  # fmt: skip


def case(body: SetUpBody, **said: Any) -> Case:
    whole = {
        "number": "2026-0007", "kind": "investigators", "basis": "inquiry", "asker_name": "山田",
        "summary": "盗難", "need": "特定", "taken_in_by": body.manager,
        "received_ns": clock.now_ns() - DAY_NS, **said,
    }  # fmt: skip
    return Case.objects.create(**whole)


def not_verified(body: SetUpBody) -> None:
    CaseStep.objects.create(
        case=case(body, state="granted"), act="grant", before="received", after="granted", by=body.manager,
        at_ns=clock.now_ns() - 1000,
    )  # fmt: skip


def not_returned(body: SetUpBody) -> None:
    case(body, state="handed", return_by=today() - timedelta(days=3))


def unanswered(body: SetUpBody) -> None:
    Complaint.objects.create(
        number=1, received_at=clock.utc(clock.now_ns() - 20 * DAY_NS), channel="telephone",
        content="庭が映っている", handler="佐藤", entered_ns=clock.now_ns() - 1000, entered_by=body.manager,
    )  # fmt: skip


def dark_day(body: SetUpBody) -> None:
    CameraDay.objects.create(
        camera=body.camera.id, day=today() - timedelta(days=1), expected_ms=86_400_000, covered_ms=0
    )


def no_manager(body: SetUpBody) -> None:
    an_hour_ago = clock.now_ns() - 3600 * NS_PER_S
    Appointment.objects.filter(role="manager").update(revoked_at_ns=an_hour_ago)


def drop_pledge(body: SetUpBody) -> None:
    Pledge.objects.all().delete()


BREAKS: dict[int, tuple[Callable[[SetUpBody], Any], str]] = {
    1: (undecided_device, "判断のない機器:  謎の機器"),
    2: (assessed_late, "登録より後"),
    3: (own_approval, "自己承認: 逸脱"),
    4: (no_case, "案件のない閲覧"),
    5: (lambda body: ApprovedRange.objects.update(revoked_ns=1), "承認された撮影範囲がない"),
    6: (lambda body: Sign.objects.update(removed_ns=clock.now_ns() - 1), "表示がない"),
    7: (no_manager, "管理責任者のいない間"),
    8: (stranger, "狸 五郎"),
    9: (drop_pledge, "有効な誓約がない閲覧"),
    10: (copy_without_entry, "記録の件数と登録簿の件数が違う"),
    11: (lambda body: sql("DELETE FROM places_room"), "部屋と施錠の記録がない"),
    12: (overdue, "期日を過ぎた録画 1件"),
    13: (unsure_erasure, "検証に成功しなかった消去 1件"),
    14: (lambda body: look(body, pc=7), "点検のないPC7"),
    15: (lambda body: Camera.objects.update(password_checked_ns=None), "パスワードを確かめていない"),
    16: (not_verified, "文書を確かめずに認めた案件: 2026-0007"),
    17: (not_returned, "返却・消去の期限を過ぎた: 案件2026-0007"),
    18: (unanswered, "14日以内に答えていない"),
    19: (dark_day, "録画のない日: カメラ1"),
    20: (lambda body: CheckpointLeft.objects.all().delete(), "一度も外に残されていない"),
}  # fmt: skip


def test_each_answer_names_the_row_that_is_wrong(scene: Scene) -> None:
    body = scene.body
    assert set(BREAKS) == {one.number for one in ask.QUESTIONS}
    for number, (spoil, words) in BREAKS.items():
        before = transaction.savepoint()
        spoil(body)
        answer = asked()[number]
        transaction.savepoint_rollback(before)
        assert answer.verdict == ask.LOOK, number
        assert any(words in line for line in answer.found), (number, answer.found)
    assert all(not one.found for one in asked().values())


def test_an_appointment_counts_from_its_acceptance_to_its_end() -> None:
    row = {
        "accepted_at": "2026-01-02",
        "starts": "2026-01-01",
        "ends": "2026-12-31",
        "revoked_at": "2026-06-01",
    }
    assert ask._in_force(row) == ("2026-01-02", "2026-06-01")
    assert ask._in_force(row | {"accepted_at": None}) == ("", "")
