"""The forms, from an untouched case to a closed one; made for real."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from kuramori.cases import papers
from kuramori.cases.case_models import Case
from kuramori.ledger.models import Entry
from tests.cases.rig import PAPERS, browser, letter
from tests.footage.index_rows import footage

if TYPE_CHECKING:
    from kuramori.clock import ManualClock
    from tests.footage.world import World

pytestmark = pytest.mark.django_db


def text_of(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, stdout=subprocess.PIPE, check=True)
    return "".join(done.stdout.decode().split())


@pytest.fixture
def case(world: World, now: ManualClock) -> Case:
    start_ns, _ = footage(world, now)
    page = browser(world.manager)
    page.post("/cases/new/", letter(world, start_ns, asker_name='山田 #"$[太郎]'))
    case = Case.objects.get()
    page.post(f"/cases/{case.number}/do/verify/", PAPERS)
    page.post(f"/cases/{case.number}/do/refuse/", {"words": "範囲が事案に合わない"})
    return case


@pytest.mark.parametrize("form", sorted(papers.FORMS))
def test_each_form_prints_and_names_its_case_and_its_law(world: World, case: Case, form: str) -> None:
    answer = browser(world.operator).get(f"/cases/{case.number}/{form}.pdf")
    assert answer.status_code == 200 and answer.content.startswith(b"%PDF")
    assert Entry.objects.filter(act="case-printed").count() == 1
    if not shutil.which("pdftotext"):
        return
    text = text_of(answer.content)
    assert case.number in text and form in text and "法律相談ではありません" in text


def test_a_refusal_is_printed_with_its_reason(world: World, case: Case) -> None:
    said = papers.FORMS["F09"](case)
    rows = dict(said.sections[0][1])
    assert rows["可否"] == "応じません" and rows["理由"] == "範囲が事案に合わない"


def test_what_was_checked_stands_on_its_form(world: World, case: Case) -> None:
    rows = dict(papers.FORMS["F08"](case).sections[1][1])
    assert "0857-00-0110" in rows.values() and "確認した" in rows.values()


def test_no_other_form_and_nobody_unsigned(world: World, case: Case) -> None:
    page = browser(world.manager)
    assert page.get(f"/cases/{case.number}/F99.pdf").status_code == 404
    page.logout()
    assert page.get(f"/cases/{case.number}/F07.pdf").status_code == 302
