"""The regulations are printed from what runs: adopting, contradicting, drifting, and what the paper says."""

from __future__ import annotations

import io
import subprocess
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from docx import Document
from docx.oxml.ns import qn

from kuramori.cameras import enrolment
from kuramori.errors import BadInput, Refusal
from kuramori.guideline import regulation_adopting, regulation_text
from kuramori.guideline.regulation_terms import running
from kuramori.ledger.models import Entry
from kuramori.paper.regulations import regulations_docx, regulations_pdf
from kuramori.places import bodies
from kuramori.places.models import Body
from kuramori.policy import keeping, purposes, regulations
from kuramori.policy.regulation_models import PlannedChange, Regulations
from tests.cases.rig import browser
from tests.guideline.set_up import SetUpBody, set_up, today

pytestmark = pytest.mark.django_db


@pytest.fixture
def body(data, now) -> SetUpBody:  # type: ignore[no-untyped-def]
    return set_up(key=False)


def adopt(body: SetUpBody, day: date | None = None) -> Regulations:
    return regulation_adopting.adopt(
        body.manager,
        sha256=regulations.digest(running(with_planned=True)),
        approved_by="通常総会",
        adopted_on=day or today(),
    )


def text_of(pdf: bytes) -> str:
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return "".join(done.stdout.decode().replace("\u200b", "").split())


def second_camera(body: SetUpBody, days: int = 14):  # type: ignore[no-untyped-def]
    camera = enrolment.register(
        site=body.site, name="裏口", place_text="裏の軒下", url="rtsp://127.0.0.1:8554/b",
        width=640, height=360, by=body.manager,
    )  # fmt: skip
    purposes.decide(camera, "火災の早期発見", "other", body.manager)
    keeping.decide(camera, body.manager, days=days)
    return camera


def test_the_adopted_paper_carries_the_number_of_what_runs(body: SetUpBody) -> None:
    made = adopt(body)
    assert made.sha256 == regulations.digest(running())
    said = text_of(bytes(made.pdf))
    assert made.sha256[:16] in said
    assert "通常総会決定" in said
    assert "14日間" in said
    assert "法律相談ではありません" in said
    assert regulation_adopting.drift() == []
    assert Entry.objects.filter(act="regulations-adopted").count() == 1


def test_every_setting_that_changes_is_a_finding(body: SetUpBody) -> None:
    adopt(body)
    keeping.decide(body.camera, body.manager, days=7)  # shorter: allowed at once, and found
    assert any("14日間" in line and "7日間" in line for line in regulation_adopting.drift())
    second_camera(body)
    bodies.write({"telephone": "0858-22-1111"}, "anonymous")
    assert len(regulation_adopting.drift()) == 3
    adopt(body)
    assert regulation_adopting.drift() == []
    assert [len(one.changes) for one in Regulations.objects.all()] == [3, 1]


def test_longer_keeping_and_another_purpose_are_refused_until_adopted(body: SetUpBody) -> None:
    adopt(body)
    with pytest.raises(Refusal, match="regulations-shorter"):
        keeping.decide(body.camera, body.manager, days=15)
    with pytest.raises(Refusal, match="regulations-shorter"):
        keeping.decide(body.camera, body.manager, months=1)
    with pytest.raises(Refusal, match="regulations-other-purpose"):
        purposes.decide(body.camera, "売上げの分析", "other", body.manager)
    with pytest.raises(Refusal, match="regulations-shorter"):
        second_camera(body, days=31)
    regulations.plan(body.camera, body.manager, days=21)
    regulations.plan(body.camera, body.manager, days=20)
    regulations.plan(body.camera, body.manager, purpose=("other", "犯罪および火災の予防"))
    assert keeping.current(body.camera).days == 14  # type: ignore[union-attr]
    made = adopt(body)
    assert keeping.current(body.camera).days == 20  # type: ignore[union-attr]
    assert purposes.current(body.camera).text == "犯罪および火災の予防"  # type: ignore[union-attr]
    assert made.sha256 == regulations.digest(running())
    assert not PlannedChange.objects.filter(settled_ns=None).exists()


def test_a_draft_that_is_not_what_runs_any_more_cannot_be_adopted(body: SetUpBody) -> None:
    number = regulations.digest(running())
    keeping.decide(body.camera, body.manager, days=7)
    with pytest.raises(BadInput, match="regulations-changed"):
        regulation_adopting.adopt(body.manager, sha256=number, approved_by="総会", adopted_on=today())
    adopt(body)
    with pytest.raises(BadInput, match="regulations-unchanged"):
        adopt(body)
    keeping.decide(body.camera, body.manager, days=6)
    with pytest.raises(BadInput, match="adopted-in-future"):
        adopt(body, today() + timedelta(days=2))
    assert Regulations.objects.count() == 1


def test_one_person_or_two_is_said_from_the_setting(body: SetUpBody) -> None:
    def titles() -> list[str]:
        return [one.title for chapter in regulation_text.chapters(running()) for one in chapter.articles]

    assert "二人による確認" in titles()
    assert "一人運営" not in titles()
    Body.objects.update(one_person=True)
    assert "一人運営" in titles()
    assert "二人による確認" not in titles()


def test_references_between_articles_lead_to_the_right_one(body: SetUpBody) -> None:
    articles = {one.title: one for chapter in regulation_text.chapters(running()) for one in chapter.articles}
    assert [one.number for one in articles.values()] == list(range(1, len(articles) + 1))
    hold = articles["保全"].paragraphs[0].text
    assert f"第{articles['利用等の制限'].number}条" in hold
    assert not any("{" in paragraph.text for one in articles.values() for paragraph in one.paragraphs)


def test_every_clause_of_the_guideline_has_its_article(body: SetUpBody) -> None:
    titles = [one.title for chapter in regulation_text.chapters(running()) for one in chapter.articles]
    needed = (
        "設置目的", "設置場所、台数および撮影方法", "撮影範囲", "設置の表示", "管理責任者", "操作取扱者",
        "設置者の責務", "複写および加工の禁止", "設置室", "記録媒体および保管庫の鍵", "保管期間", "消去",
        "記録媒体の廃棄", "パソコン", "ネットワーク", "利用等の制限", "秘密の保持", "閲覧した者等への措置",
        "個人情報保護法等の遵守", "問い合わせおよび苦情", "業務の委託", "保守点検", "設置時の説明", "改廃",
        "対象の判定", "基本的な考え方",
    )  # fmt: skip
    assert set(needed) <= set(titles)


def test_word_has_the_same_articles_and_an_east_asian_face(body: SetUpBody) -> None:
    made = Document(io.BytesIO(regulations_docx(regulation_adopting.draft())))
    words = "\n".join(line.text for line in made.paragraphs)
    for chapter in regulation_text.chapters(running()):
        for article in chapter.articles:
            assert f"({article.title})" in words
            assert article.paragraphs[0].text in words
    face = made.styles["Normal"].element.rPr.rFonts
    assert face.get(qn("w:eastAsia")) == "游明朝"


def test_the_public_copy_names_no_exact_place(body: SetUpBody) -> None:
    made = adopt(body)
    said = text_of(regulations_pdf(regulation_adopting.of_version(made, public=True)))
    assert "玄関右の軒下" not in said
    assert "玄関右の軒下" in text_of(bytes(made.pdf))
    assert made.sha256[:16] in said


def test_the_page_prints_adopts_and_puts_a_contradiction_into_the_next_version(body: SetUpBody) -> None:
    client: Client = browser(body.manager)
    page = client.get(reverse("regulations")).content.decode()
    number = regulations.digest(running())
    assert number[:16] in page
    assert client.get(reverse("regulations_draft_pdf")).content.startswith(b"%PDF")
    assert client.get(reverse("regulations_draft_docx")).content.startswith(b"PK")
    given = {"approved_by": "通常総会", "adopted_on": today().isoformat(), "sha256": number}
    assert client.post(reverse("regulations"), given).status_code == 422  # the paper was not compared
    answer = client.post(reverse("regulations"), given | {"same_paper": "on"})
    assert answer.status_code == 302
    kept = client.get(reverse("regulations_pdf", args=[1])).content
    assert kept == bytes(Regulations.objects.get().pdf)
    for name in ("regulations_docx", "regulations_public"):
        assert client.get(reverse(name, args=[1])).status_code == 200
    assert client.get(reverse("regulations_pdf", args=[9])).status_code == 404
    assert client.get(reverse("regulations_register")).content.startswith(b"%PDF")

    answer = client.post(reverse("setup_days", args=[body.camera.pk]), {"days": 21})
    assert answer["Location"] == reverse("regulations")
    assert keeping.current(body.camera).days == 14  # type: ignore[union-attr]
    waiting = PlannedChange.objects.get()
    assert waiting.days == 21
    assert str(body.camera) in client.get(reverse("regulations")).content.decode()
    client.post(reverse("regulations_give_up", args=[waiting.pk]))
    assert regulations.waiting() == []
