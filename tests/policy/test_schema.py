"""The tables refuse what the guideline refuses, whoever writes to them."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import IntegrityError, transaction

from kuramori import clock
from kuramori.cameras.models import Camera
from kuramori.errors import BadInput
from kuramori.ledger.models import Entry
from kuramori.places import signs
from kuramori.places.models import Body, Sign
from kuramori.policy import gates, keeping, purposes
from kuramori.policy.models import Purpose, RetentionRule, Verdict
from tests.guideline.set_up import set_up, today

pytestmark = pytest.mark.django_db(transaction=True)


def refused(row) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save(force_insert=True)


def test_no_more_than_one_month_can_be_written(data: Path, now: clock.ManualClock) -> None:
    body = set_up()
    for days, months in ((32, None), (0, None), (None, 2), (None, None), (14, 1)):
        refused(
            RetentionRule(
                camera=body.camera,
                version=9,
                days=days,
                months=months,
                decided_by=body.manager,
                decided_at_ns=1,
            )
        )
    for days in (0, 32, -1):
        with pytest.raises(BadInput, match="retention-out-of-range"):
            keeping.decide(body.camera, body.manager, days=days)


def test_an_empty_purpose_cannot_be_written(data: Path, now: clock.ManualClock) -> None:
    body = set_up()
    refused(
        Purpose(camera=body.camera, version=9, text="", code="", decided_by=body.manager, decided_at_ns=1)
    )
    with pytest.raises(BadInput, match="purpose-empty"):
        purposes.decide(body.camera, "  ", "other", body.manager)


def test_a_changed_purpose_is_a_new_version_and_the_old_one_stays(data: Path, now: clock.ManualClock) -> None:
    body = set_up()
    purposes.decide(body.camera, "火災の早期発見", "other", body.manager)
    texts = list(Purpose.objects.order_by("version").values_list("version", "text"))
    assert texts == [(1, "犯罪の防止"), (2, "火災の早期発見")]
    assert Entry.objects.filter(act="purpose-decided").count() == 2


def test_no_address_with_a_password_in_it_reaches_the_table(data: Path, now: clock.ManualClock) -> None:
    body = set_up()
    refused(Camera(number=2, name="x", site=body.site, url="rtsp://a:b@127.0.0.1/", created_ns=1))


def test_there_is_one_installing_body(data: Path, now: clock.ManualClock) -> None:
    set_up()
    refused(Body(id=2, name="x", address="y", telephone="z", created_ns=1))


def test_a_verdict_knows_only_the_gates_of_the_ladder(data: Path, now: clock.ManualClock) -> None:
    row = {"subject_kind": "body", "subject_id": "1", "kind": "guideline", "holds": False}
    refused(Verdict(**row, clause="X1", gate="open-sesame", judged_at_ns=1, from_ns=1))


def test_a_sign_is_replaced_and_never_rewritten(data: Path, now: clock.ManualClock) -> None:
    body = set_up()
    first = signs.add_photo(signs.declare(body.site, "玄関", today(), body.manager), b"old", body.manager)
    second = signs.add_photo(first, b"new", body.manager)
    assert second.pk != first.pk
    kept = Sign.objects.get(pk=first.pk)
    assert bytes(kept.photo_jpeg or b"") == b"old"
    assert kept.removed_ns is not None
    assert [sign.pk for sign in signs.hanging(body.site)] == [second.pk]


def test_a_gate_of_a_person_closes_viewing_for_that_person_only(data: Path, now: clock.ManualClock) -> None:
    body = set_up()
    common = {"clause": "T8a", "kind": "guideline", "holds": False, "judged_at_ns": 1, "from_ns": 1}
    Verdict.objects.create(
        subject_kind="person", subject_id=str(body.manager.pk), gate="no-view", code="x", **common
    )
    assert [gate.gate for gate in gates.closed("person", str(body.manager.pk), 5)] == ["no-view"]
    assert gates.closed("person", "999", 5) == []
