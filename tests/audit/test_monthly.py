"""The report of a month: own approvals for a reader outside, figures, and a checkpoint to keep."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from django.db import transaction

from kuramori.access import approving
from kuramori.audit import annual, monthly
from kuramori.clock import NS_PER_S
from kuramori.ledger import checkpoints
from kuramori.places.models import Body
from kuramori.public import bundling, figures
from kuramori.public.saying import COUNT, notice
from tests.audit.conftest import Scene
from tests.cases.rig import browser
from tests.guideline.set_up import today
from tests.paper.test_papers import text_of

needs_zbar = pytest.mark.skipif(shutil.which("zbarimg") is None, reason="no zbarimg: make test installs it")
pytestmark = pytest.mark.django_db


def _own(scene: Scene, case: str) -> None:
    Body.objects.update(one_person=True)
    end_ns = scene.now.wall_ns() - 60 * NS_PER_S
    with transaction.atomic():
        approving.approve(
            scene.body.manager,
            scene.body.camera,
            end_ns - 600 * NS_PER_S,
            end_ns,
            case_number=case,
            purpose_code="incident",
            reason="窓が割れたため",
            asked_by=scene.body.manager,
        )


def _text(paper: bytes) -> str:
    """Without the marks where a line may break."""
    return text_of(paper).replace("\u200b", "")


def test_what_was_approved_by_its_asker_stands_on_it_with_a_line_for_the_reader(scene: Scene) -> None:
    _own(scene, "2026-0007")
    said = _text(monthly.report(today().replace(day=1)))
    for words in ("月次報告", "自己承認", "2026-0007", "窓が割れたため", "外部の確認者", "確認点"):
        assert words in said, words
    assert scene.body.manager.full_name.replace(" ", "") in said


def test_a_body_of_several_has_the_short_report(scene: Scene) -> None:
    said = _text(monthly.report(today().replace(day=1)))
    assert "月次報告" in said and "外部からの求め" in said
    assert "外部の確認者" not in said


def test_only_months_that_are_offered_are_printed(scene: Scene) -> None:
    page, first = browser(scene.body.manager), today().replace(day=1)
    listed = page.get("/audit/").content.decode()
    assert f"/audit/month-{first.year}-{first.month}.pdf" in listed
    assert page.get(f"/audit/month-{first.year}-{first.month}.pdf").status_code == 200
    assert page.get(f"/audit/month-{first.year - 2}-{first.month}.pdf").status_code == 404


@needs_zbar
def test_the_checkpoint_is_read_off_month_year_and_public_page(scene: Scene, tmp_path: Path) -> None:
    """Read as a telephone does: the QR code of the printed page, not the words it was made from."""
    year = figures.year_of(today())
    made = bundling.files(notice(COUNT, year))
    assert b"<svg" in made["checkpoint.svg"]
    head = checkpoints.printed()
    papers = {
        "month": monthly.report(today().replace(day=1)),
        "year": annual.report(year),
        "public": made["notice.pdf"],
    }
    for name, paper in papers.items():
        (tmp_path / "paper.pdf").write_bytes(paper)
        drawn = tmp_path / name
        drawn.mkdir()
        subprocess.run(["pdftoppm", "-r", "200", "-png", "paper.pdf", f"{name}/p"], cwd=tmp_path, check=True)
        said = subprocess.run(
            ["zbarimg", "-q", "--raw", *map(str, drawn.iterdir())],
            capture_output=True,
            text=True,
            check=False,
        )  # 4 where one of the pages has none
        assert said.stdout.strip() == head.strip(), name
