"""What lives, what died, the certificate, and the order to erase early, as pages."""

from __future__ import annotations

import hashlib
import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from django.test import Client

from kuramori.footage import intake, living
from kuramori.footage.models import Order
from kuramori.ledger.models import Entry
from kuramori.people import second_factor
from kuramori.retention import certify
from kuramori.retention.models import Certificate

if TYPE_CHECKING:
    from kuramori.clock import ManualClock
    from kuramori.people.models import Account
    from tests.footage.world import RunningRecorder, World

pytestmark = pytest.mark.django_db(transaction=True)


def pdf_words(pdf: bytes) -> str:
    """The text of a PDF, as printed."""
    run = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return run.stdout.decode().replace("\u200b", "")


def browser(account: Account) -> Client:
    """Somebody signed in with a second factor."""
    second_factor.new_card(account)
    client = Client(headers={"host": "localhost"})
    client.force_login(account)
    return client


def test_a_certificate_can_be_read_and_taken_away_with_its_proof(
    recorder: RunningRecorder, world: World, now: ManualClock
) -> None:
    recorder.segment(world.camera)
    now.advance_s(14 * 86_400)
    recorder.tick()
    intake.take_in()
    certify.certify()
    row = Certificate.objects.order_by("hour_start_s")[0]
    page = browser(world.operator)
    assert f"/erasure/{row.id}/" in page.get("/erasure/").content.decode()
    shown = page.get(f"/erasure/{row.id}/").content.decode()
    assert row.document_sha256 in shown
    answer = page.get(f"/erasure/{row.id}.json")
    assert answer["Content-Disposition"].startswith("attachment")
    whole = json.loads(answer.content)
    assert hashlib.sha256(whole["certificate"].encode()).hexdigest() == whole["sha256"]
    assert whole["sha256"] in whole["proof"]["entry"] and whole["proof"]["checkpoint"]
    assert page.get(f"/erasure/{'0' * 32}/").status_code == 404
    printed = page.get(f"/erasure/{row.id}.pdf")
    assert printed["Content-Type"] == "application/pdf"
    words = pdf_words(printed.content)
    assert row.id in words and row.document_sha256[:20] in words and "確かさの段階" in words
    assert words.count("\f") == 1, "one page"


def test_the_page_shows_what_lives_and_what_dies_next(
    recorder: RunningRecorder, world: World, now: ManualClock
) -> None:
    page = browser(world.operator)
    page.get("/erasure/")
    recorder.segment(world.camera)
    intake.take_in()
    living.count()
    shown = page.get("/erasure/").content.decode()
    assert "2026-11-23 18:00" in shown and "2026-12-07 18:00" in shown


def test_the_manager_orders_an_early_erasure_and_an_operator_cannot(
    recorder: RunningRecorder, world: World, now: ManualClock
) -> None:
    _, path = recorder.segment(world.camera)
    now.advance_s(60)
    form = {
        "camera": world.camera.id,
        "start": "2026-11-23T18:00",
        "end": "2026-11-23T18:01",
        "reason": "向きの誤り",
        "sure": "on",
    }
    assert browser(world.operator).post("/erasure/early/", form).status_code == 403
    assert not Order.objects.exists()
    assert Entry.objects.filter(act="refused").exists()
    page = browser(world.manager)
    assert page.post("/erasure/early/", {**form, "sure": ""}).status_code == 200
    assert page.post("/erasure/early/", {**form, "end": "2026-11-23T17:00"}).status_code == 200
    assert page.post("/erasure/early/", {**form, "end": "2026-11-24T17:00"}).status_code == 200
    assert not Order.objects.exists() and path.exists()
    assert page.post("/erasure/early/", form).status_code == 302
    recorder.tick()
    assert not path.exists()
