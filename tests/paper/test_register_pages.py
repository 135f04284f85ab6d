"""Every register has its pages and papers, and a row is corrected by a new version only."""

from __future__ import annotations

import pytest

from kuramori.cases.models import Complaint, ComplaintStep
from kuramori.paper import register
from tests.footage.fixtures import data, now, world
from tests.footage.world import World
from tests.retention.test_pages import browser, pdf_words

__all__ = ["data", "now", "world"]
pytestmark = pytest.mark.django_db


def test_every_register_has_its_pages_and_papers(world: World) -> None:
    page = browser(world.manager)
    assert page.get("/registers/").status_code == 200
    for one in register.known():
        for address in (f"/registers/{one.key}/", f"/registers/{one.key}/new/"):
            assert page.get(address).status_code == 200, address
        for address in (f"/registers/{one.key}.pdf", f"/registers/{one.key}/blank.pdf"):
            assert page.get(address).content.startswith(b"%PDF-"), address


def test_a_complaint_is_entered_corrected_followed_and_closed_only_when_answered(world: World) -> None:
    page = browser(world.operator)
    said = {"received_at": "2026-01-05T10:00", "channel": "telephone", "content": "窓", "handler": "山田"}
    said["camera"] = world.camera.pk
    assert page.post("/registers/complaints/new/", said).headers["Location"] == "/registers/complaints/1/"
    again = "/registers/complaints/1/correct/"
    assert page.post(again, said).status_code == 422, "no reason"
    assert page.post(again, {**said, "content": "二階の窓", "correction": "聞き違い"}).status_code == 302
    assert Complaint.objects.count() == 2 and Complaint.objects.standing().get().content == "二階の窓"
    step = {"done_on": "2026-01-06", "text": "した"}
    for kind in ("answered", "measure"):
        assert page.post("/registers/complaints/1/step/", {**step, "kind": kind}).status_code == 302
    assert page.post("/registers/complaints/1/step/", {**step, "kind": "closed"}).status_code == 422
    for kind in ("reviewed", "closed"):
        assert page.post("/registers/complaints/1/step/", {**step, "kind": kind}).status_code == 302
    assert page.post("/registers/complaints/1/step/", {**step, "kind": "measure"}).status_code == 422
    assert ComplaintStep.objects.count() == 4
    words = "".join(pdf_words(page.get("/registers/complaints/1.pdf").content).split())
    assert "令和8年1月5日" in words and "二階の窓" in words
