"""Papers say what they were given, as it was given, and fit on their page."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kuramori.errors import BadInput
from kuramori.paper import documents, faces, printing, signs

LONG = (
    "鳥取県東伯郡湯梨浜町はわい温泉・東郷温泉ふるさと通り商店街振興組合連合会"
    "防犯対策委員会(はわい地区第二支部)"
)
RARE = "髙﨑邊邉鄧 商店"
HOSTILE = '#set page(fill: red) $x^2$ *bold* _it_ `raw` \\ @ref <label> "quote" #read("/etc/passwd") ]['
PASSPHRASE = "1234-5678-9012-3456-7890-1234"


def text_of(pdf: bytes) -> str:
    """What pdftotext reads, without spaces and line ends."""
    done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    return "".join(done.stdout.decode().split())


def pages_of(pdf: bytes) -> int:
    done = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True)
    return int(
        next(line.split()[1] for line in done.stdout.decode().splitlines() if line.startswith("Pages"))
    )


def sign(name: str = "倉吉商店会", purpose: str = "犯罪の防止", url: str = "") -> signs.SignSaid:
    return signs.SignSaid(name, purpose, ("crime-prevention",), "0858-22-0000", url)


@pytest.mark.parametrize("name", ["倉吉商店会", LONG, RARE, HOSTILE, "株"])
def test_a_sign_says_who_why_and_whom_to_call_on_one_page(name: str) -> None:
    pdf = signs.sign_pdf(sign(name))
    said = text_of(pdf)
    assert "防犯カメラ作動中" in said
    assert "犯罪の防止" in said
    assert "0858-22-0000" in said
    assert "".join(name.split()) in said
    assert pages_of(pdf) == 1


def test_a_long_purpose_still_fits(tmp_path: Path) -> None:
    purpose = "犯罪の防止、不法投棄の防止および来店者・通行者の安全の確保ならびに事故発生時の状況の確認のため"
    pdf = signs.sign_pdf(sign(LONG, purpose, "https://www.example.jp/notice"))
    assert pages_of(pdf) == 1
    assert purpose in text_of(pdf)


def test_there_is_a_qr_code_only_where_there_is_an_address_for_the_notice() -> None:
    with_address = signs.sign_pdf(sign(url="https://www.example.jp/notice"))
    without = signs.sign_pdf(sign())
    assert "くわしくは" in text_of(with_address)
    assert "くわしくは" not in text_of(without)


def test_the_picture_of_a_sign_is_a_png() -> None:
    assert signs.sign_png(sign()).startswith(b"\x89PNG")


def test_the_recovery_sheet_carries_its_passphrase_in_fours() -> None:
    pdf = documents.recovery_sheet_pdf(
        name=LONG, passphrase=PASSPHRASE, key_id="0123456789abcdef", made_on="2026-11-23", made_by="山田 太郎"
    )
    said = text_of(pdf)
    for group in PASSPHRASE.split("-"):
        assert group in said
    assert "0123456789abcdef" in said
    assert pages_of(pdf) == 1


def test_an_erasure_certificate_breaks_a_long_number_instead_of_cutting_it() -> None:
    number = "0123456789abcdef" * 8
    pdf = documents.erasure_certificate_pdf(
        body="倉吉商店会",
        rows=[("時間の鍵", number)],
        level=1,
        level_words="復元できないとは言えません",
        number="7",
    )
    assert number in text_of(pdf).replace("\u200b", "")


def test_an_unconfirmed_erasure_is_not_called_one() -> None:
    said = {
        "body": "倉吉商店会",
        "rows": [("理由", "期限")],
        "level": 1,
        "level_words": "水準",
        "number": "7",
    }
    assert "読み直して確かめました" in text_of(documents.erasure_certificate_pdf(**said))
    unsure = text_of(documents.erasure_certificate_pdf(**said, verified=False))
    assert "読み直して確かめました" not in unsure
    assert "消去されていないもの" in unsure


def test_a_template_reads_no_file_that_data_names() -> None:
    said = text_of(signs.sign_pdf(sign(HOSTILE)))
    assert "root:" not in said
    assert "#read" in said


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("山田\u202eOTTUGAK", "山田[U+202E]OTTUGAK"),
        ("山\u200b田", "山[U+200B]田"),
        ("a\u2066b\u2069", "a[U+2066]b[U+2069]"),
        ("a\x1b[2Jb", "a[U+001B][2Jb"),
        ("山\U000e0041田", "山[U+E0041]田"),
    ],
)
def test_a_name_cannot_turn_a_paper_around_or_hide_in_it(name: str, shown: str) -> None:
    assert shown in text_of(signs.sign_pdf(sign(name)))


def test_what_japanese_names_need_is_printed_as_it_is() -> None:
    kept = "葛\U000e0100城\u3000髙﨑\n二行目\tか\u3099"
    assert printing.seen({"name": [kept], "n": 3, "none": None}) == {"name": [kept], "n": 3, "none": None}
    assert printing.seen("一\r\n二\r三") == "一\n二\n三"


def test_characters_that_the_sign_cannot_show_are_named() -> None:
    assert faces.unprintable("倉吉商店会 髙﨑 ABC 123 ー・()") == []
    assert faces.unprintable("𠮷田屋と𠮷川") == []  # the sign face lacks it, the second face has it
    assert faces.unprintable("倉\U00031350吉") == ["\U00031350"]


def test_without_the_faces_nothing_is_printed(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(faces, "DEBIAN", (tmp_path,))
    assert faces.missing() == list(faces.FILES)
    with pytest.raises(BadInput, match="faces-missing"):
        signs.sign_pdf(sign())
