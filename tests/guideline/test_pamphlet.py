"""Every bullet and row of the pamphlet has its clause here. Skips where the pamphlet is not at hand."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kuramori.guideline.registry import CLAUSES

PLACES = (Path(__file__).resolve().parents[depth] / "shared" for depth in (3, 4))
PAMPHLET = next((one for one in PLACES if one.is_dir()), Path("shared")) / "guideline-pamphlet-ja.txt"
# The words by which a bullet is known, and the clause that it became; the more telling words first.
KNOWN_BY = (
    ("容貌", "P1"),
    ("何らかの規制", "P2"),
    ("個人情報の保護に関する法律", "P5"),
    ("個人情報保護法等に定める", "T9"),
    ("設置目的の明確化", "T1"),
    ("撮影範囲", "T2b"),
    ("防犯カメラ設置の表示", "T3"),
    ("操作取扱者を指定", "T4b"),
    ("管理責任者を指定", "T4a"),
    ("責務", "T5"),
    ("複写", "T6a"),
    ("立入禁止", "T6b"),
    ("保管庫に施錠", "T6c"),
    ("復元不能", "T6e"),
    ("必要最小限の期間", "T6d"),
    ("ウイルス", "T6f"),
    ("ウィルス", "T6f"),
    ("無線", "T6g"),
    ("画像の利用・閲覧等制限", "T7"),
    ("みだりに漏らし", "T8a"),
    ("閲覧等した者", "T8b"),
    ("苦情", "T10"),
    ("業務の委託", "T11"),
    ("保守点検", "T12"),
    ("セキュリティ対策等の説明", "T13"),
)


def bullets() -> list[str]:
    """Each bullet of the text and each row of the table, a row with bullets as its bullets."""
    found = []
    for line in PAMPHLET.read_text(encoding="utf-8").splitlines():
        if line.startswith("- "):
            found.append(line)
        elif "\t" in line and not line.startswith("項目"):
            inside = re.findall(r"●([^●<]+)", line)
            found += inside or [line]
    return found


def clause_of(bullet: str) -> str:
    return next((clause for words, clause in KNOWN_BY if words in bullet), "")


@pytest.mark.skipif(not PAMPHLET.exists(), reason="the pamphlet is not at hand")
def test_every_bullet_and_row_has_its_clause() -> None:
    assert len(bullets()) >= 30
    assert [bullet for bullet in bullets() if clause_of(bullet) not in CLAUSES] == []


@pytest.mark.skipif(not PAMPHLET.exists(), reason="the pamphlet is not at hand")
def test_every_clause_of_the_second_part_comes_from_a_bullet() -> None:
    reached = {clause_of(bullet) for bullet in bullets()}
    from_prose = {"P2", "P3", "P4", "T1", "T2a", "T2b", "T14"}  # headings and running text, not bullets
    assert set(CLAUSES) - reached <= from_prose
