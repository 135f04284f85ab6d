"""A first set on paper: what it proposes and who has which duty."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori.paper import law, signs
from kuramori.paper.sheets import Sheet, Table, sheet_pdf

if TYPE_CHECKING:
    from kuramori.desk.starting import Start

VEHICLE, PUBLIC = "車両等の中を撮影する", "不特定多数の者が出入りする場所を撮影する"
NOTE = "時点の法令と指針をもとにした例で、法律相談ではありません。"
LANGUAGES = {"en": "英語", "zh": "中国語", "ko": "韓国語"}


def start_sheet_pdf(start: Start, printed: str) -> bytes:
    """The first set as one sheet, Japanese. Raises BadInput `faces-missing`."""
    languages = "、".join(LANGUAGES[one] for one in start.sign.languages)
    places = "、".join(start.sign.places)
    rows = [
        ("目的", start.purpose_text),
        ("保管日数", f"{start.days}日"),
        ("一人運営", "はい" if start.one_person else "いいえ"),
        ("表示", f"「{signs.HEADS[start.sign.wording].ja}」 {start.sign.size.upper()} 日本語・{languages}"),
        ("表示の場所", places or start.sign_place),
        ("規程を決める者", start.adopted_by),
        (
            "対象の判定",
            "車両等の中を撮影する" if start.vehicle else "不特定多数の者が出入りする場所を撮影する",
        ),
        ("必要性の例", start.need),
        ("影響を減らす例", start.mitigation),
    ]
    return sheet_pdf(
        Sheet(
            title="最初の一式",
            title_en="First set",
            body=start.title_ja,
            printed=printed,
            lead="初めの設定で提案される内容です。すべて、実際に合わせて変えられます。",
            rows=rows,
            tables=[
                Table("カメラの例", ["名前", "設置場所"], [[one.name, one.place] for one in start.cameras]),
                Table("だれが何をするか", ["番号", "すること"], _numbered(start.duties)),
            ],
            notes=[law.in_words() + NOTE],
        )
    )


def _numbered(duties: tuple[str, ...]) -> list[list[str]]:
    return [[str(count), words] for count, words in enumerate(duties, start=1)]
