"""Every common paper with the worst we could think of: no word beyond the page, none lost, few pages."""

from __future__ import annotations

import re
import subprocess

import pytest

from kuramori.paper import case_forms, documents, sheets
from kuramori.paper.printing import pdf
from tests.paper.test_papers import LONG, pages_of, text_of

RARE = "髙﨑・𠮷田 剝塡頰𠮟 商店"
UNBROKEN = "0858-22-0000" * 12
REASON = "確認に時間がかかるため。" * 3
HUNDRED = [
    [
        str(number),
        "T6d",
        "1か月より長い保管",
        f"{number} {RARE}",
        "確認に時間がかかるため。" * 3,
        "𠮷田 太郎",
        "有効",
    ]
    for number in range(100)
]
HEAD = ["番号", "条項", "異なる取扱い", "対象", "理由", "申請した者", "状態"]


def register(rows: list[list[str]]) -> bytes:
    return documents.register_pdf(
        title="逸脱 台帳", title_en="Register", body=LONG, made_on="令和8年", head=HEAD, rows=rows,
        empty="ありません。",
    )  # fmt: skip


def sheet() -> bytes:
    table = sheets.Table("一覧", ["番号", "名称", "場所"], [[str(n), f"{RARE}{n}", LONG] for n in range(100)])
    rows = [("氏名", RARE), ("所属", LONG * 2), ("連絡先", UNBROKEN)]
    return sheets.sheet_pdf(
        sheets.Sheet(title="指定書", body=LONG, printed="令和8年", rows=rows, tables=[table], signs=["本人"])
    )


def case_form(wide: bool, rows: list[list[str]] = HUNDRED) -> bytes:
    form = case_forms.CaseForm(
        form="F10", title="記録簿", title_en="Register", body=LONG, number="2026-0001", law_as_of="2026-01",
        printed_on="令和8年", sections=[("申請", [("氏名", RARE), ("連絡先", UNBROKEN)])],
        head=HEAD, rows=rows, terms=["目的外に使わない"], signatures=["受領者"], wide=wide,
    )  # fmt: skip
    return case_forms.case_form_pdf(form)


def row_form() -> bytes:
    said = {"body": LONG, "title": "苦情 処理簿", "form": "F18", "today": "令和8年", "number": "1"}
    rows = [["内容", UNBROKEN], ["相手", RARE]]
    steps = [["令和8年", RARE, UNBROKEN]]
    return pdf("register-row", {**said, "rows": rows, "steps": steps, "versions": [], "scans": []})


def listed(rows: list[list[str]]) -> bytes:
    said = {"body": LONG, "title": "苦情 処理簿", "form": "F18", "today": "令和8年"}
    return pdf("register-list", {**said, "labels": ["内容", "相手"], "rows": rows})


PAPERS = {
    "register": (lambda: register(HUNDRED), 12),
    "register empty": (lambda: register([]), 1),
    "sheet": (sheet, 7),
    "case form": (lambda: case_form(wide=False), 12),
    "case form wide": (lambda: case_form(wide=True), 10),
    "case form empty": (lambda: case_form(wide=True, rows=[]), 1),
    "row": (row_form, 1),
    "list": (lambda: listed([[str(n), UNBROKEN, RARE, "期限内", ""] for n in range(100)]), 14),
    "list empty": (lambda: listed([]), 1),
}


@pytest.mark.parametrize("name", PAPERS)
def test_nothing_runs_over_the_page_and_the_law_is_named(name: str) -> None:
    make, most_pages = PAPERS[name]
    made = make()
    assert pages_of(made) <= most_pages
    for width, height, words in boxes(made):
        for right, bottom in words:
            assert right <= width - 10, name
            assert bottom <= height - 10, name
    said = text_of(made)
    assert "法律相談ではありません" in said
    assert ("ありません。" in said.replace("法律相談ではありません。", "")) is ("empty" in name)
    if "empty" not in name:
        assert "𠮷" in said
        assert "髙﨑" in said.replace("\u200b", "")


def boxes(made: bytes) -> list[tuple[float, float, list[tuple[float, float]]]]:
    """Of each page: its size, and the right and lower edge of each word (points)."""
    argv = ["pdftotext", "-bbox", "-", "-"]
    said = subprocess.run(argv, input=made, capture_output=True, check=True).stdout.decode()
    pages = []
    for page in said.split("<page ")[1:]:
        size = re.match(r'width="([\d.]+)" height="([\d.]+)"', page)
        assert size is not None
        words = re.findall(r'xMax="([\d.]+)" yMax="([\d.]+)"', page)
        pages.append((float(size[1]), float(size[2]), [(float(x), float(y)) for x, y in words]))
    return pages
