"""The notice for the public: as coarse as chosen, no picture, no name of anybody, sums that agree."""

from __future__ import annotations

import hashlib
import io
import subprocess
import zipfile

import pytest
from django.urls import reverse

from kuramori.guideline import regulation_adopting
from kuramori.guideline.regulation_terms import running
from kuramori.ledger.models import Entry
from kuramori.policy import regulations
from kuramori.public import figures
from kuramori.public.bundling import files, page
from kuramori.public.saying import COUNT, PLACE, SITE, notice
from tests.cases.rig import browser
from tests.guideline.set_up import SetUpBody, set_up, today
from tests.paper.test_papers import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def body(data, now) -> SetUpBody:  # type: ignore[no-untyped-def]
    made = set_up(key=False)
    regulation_adopting.adopt(
        made.manager,
        sha256=regulations.digest(running(with_planned=True)),
        approved_by="通常総会",
        adopted_on=today(),
    )
    return made


def test_places_are_as_coarse_as_the_body_chooses(body: SetUpBody) -> None:
    year = figures.year_of(today())
    assert "玄関右の軒下" in page(notice(PLACE, year))
    for coarse in (SITE, COUNT):
        for content in files(notice(coarse, year)).values():
            assert "玄関右の軒下".encode() not in content
        assert "玄関右の軒下" not in text_of(files(notice(coarse, year))["regulations.pdf"])
    assert "全部で1台" in page(notice(COUNT, year))


def test_it_says_who_why_how_long_who_may_see_and_how_to_ask(body: SetUpBody) -> None:
    said = page(notice(SITE, figures.year_of(today())))
    for words in (
        "倉吉商店会",
        "0858-22-0000",
        "犯罪の防止",
        "最長14日",
        "管理責任者",
        "3営業日",
        "第1版",
        "法律相談",
    ):
        assert words in said
    assert body.manager.full_name not in said
    assert "<script" not in said
    assert "http" not in said.replace("http-equiv", "")


def test_the_bundle_has_no_picture_and_its_sums_agree(body: SetUpBody) -> None:
    client = browser(body.manager)
    year = figures.year_of(today())
    shown = client.get(reverse("notice"), {"coarse": PLACE, "year": year}).content.decode()
    assert "玄関右の軒下" in shown
    answer = client.post(reverse("notice_bundle"), {"coarse": SITE, "year": year})
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    held = {name.removeprefix("camera-notice/"): archive.read(name) for name in archive.namelist()}
    assert set(held) == {
        "index.html",
        "notice.css",
        "notice.pdf",
        "regulations.pdf",
        "checkpoint.txt",
        "checkpoint.svg",
        "SHA256SUMS",
    }
    for line in held["SHA256SUMS"].decode().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256(held[name]).hexdigest() == digest
    for name in ("notice.pdf", "regulations.pdf"):
        listed = subprocess.run(
            ["pdfimages", "-list", "-"], input=held[name], capture_output=True, check=True
        )
        assert len(listed.stdout.decode().splitlines()) == 2, name  # its head and nothing under it
    assert not any(content.startswith((b"\xff\xd8", b"\x89PNG")) for content in held.values())
    assert Entry.objects.filter(act="notice-made").count() == 1


def test_only_the_manager_makes_it(body: SetUpBody) -> None:
    client = browser(body.manager)
    assert client.get(reverse("notice_bundle")).status_code == 405
    assert client.post(reverse("notice_bundle"), {"coarse": "everything", "year": 1}).status_code == 422


def test_a_year_runs_from_april_to_march() -> None:
    from datetime import date

    assert figures.year_of(date(2026, 3, 31)) == 2025
    assert figures.year_of(date(2026, 4, 1)) == 2026
