"""Another city is configuration: a stricter guideline is chosen on a page and closes until it has its due."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from kuramori import clock
from kuramori.errors import Refusal
from kuramori.guideline import judging, standing
from kuramori.ledger.models import Entry
from kuramori.people import second_factor
from kuramori.places import signs
from kuramori.policy import gates, keeping
from kuramori.policy.models import VerdictChange
from tests.guideline.set_up import set_up, today

pytestmark = pytest.mark.django_db(transaction=True)
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


def test_a_stricter_city_from_its_choice_to_the_filing(data: Path, now: clock.ManualClock) -> None:
    body = set_up()
    signs.add_photo(signs.declare(body.site, "玄関の扉", today(), body.manager), b"photo", body.manager)
    judging.judge_all()
    gates.require_recordable(body.camera.id, now.wall_ns())
    second_factor.new_card(body.manager)
    browser = Client(headers={"host": "localhost"})
    browser.force_login(body.manager, backend=BACKEND)
    browser.post(reverse("guideline_choose"), {"name": "strict-city-example"})
    shut = {gate.code for gate in gates.closed("camera", body.camera.id, now.wall_ns())}
    assert {"filing-missing", "retention-too-long"} <= shut
    with pytest.raises(Refusal):
        gates.require_recordable(body.camera.id, now.wall_ns())
    keeping.decide(body.camera, body.manager, days=7)
    given = {
        "kind": "installed",
        "camera": body.camera.pk,
        "filed_on": today().isoformat(),
        "office": "市役所",
    }
    assert browser.post(reverse("filing_new"), {**given, "filed_on": "2100-01-01"}).status_code == 422
    assert browser.post(reverse("filing_new"), given)["Location"] == reverse("filings")
    gates.require_recordable(body.camera.id, now.wall_ns())
    assert "市役所" in browser.get(reverse("filings")).content.decode()
    now.advance_s(366 * 24 * 3600)
    judging.judge_all()
    assert "annual-report-due" in {one.code for one in standing.missing(now.wall_ns())}
    now.advance_s(14 * 24 * 3600)
    judging.judge_all()
    late = {gate.code for gate in gates.closed("camera", body.camera.id, now.wall_ns())}
    assert "annual-report-late" in late
    acts = set(Entry.objects.values_list("act", flat=True))
    assert {"guideline-chosen", "filing-entered"} <= acts


def test_the_history_of_verdicts_is_kept_as_rows(data: Path, now: clock.ManualClock) -> None:
    body = set_up()
    judging.judge_all()
    signs.add_photo(signs.declare(body.site, "玄関の扉", today(), body.manager), b"photo", body.manager)
    now.advance_s(60)
    judging.judge_all()
    rows = VerdictChange.objects.filter(clause="T3").values_list("gate", "code", "at_ns")
    assert [row[:2] for row in rows] == [("no-record", "sign-missing"), ("", "")]
    assert rows[1][2] == now.wall_ns()
    assert json.loads(Entry.objects.filter(act="verdict-changed").last().text)["act"] == "verdict-changed"  # type: ignore[union-attr]
