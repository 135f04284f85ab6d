"""Signs: each size and language on one page, vehicles a page for each place, nothing cut off."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from kuramori.paper import signs
from kuramori.paper.signs import SignSaid
from tests.paper.test_papers import LONG, pages_of, text_of

SIZES_MM = {"a3": (297, 420), "a4": (210, 297), "a5": (148, 210)}
LONG_PURPOSE = (
    "犯罪の防止、不法投棄の防止および来店者・通行者の安全の確保ならびに事故発生時の状況の確認のため"
)


def said(name: str = "倉吉商店会", **changed: object) -> SignSaid:
    given = {"purpose": "犯罪の防止", "purpose_codes": ("crime-prevention",), "telephone": "0858-22-0000"}
    return SignSaid(name, **(given | changed))  # type: ignore[arg-type]


@pytest.mark.parametrize("size", SIZES_MM)
def test_a_sign_has_its_size_and_four_languages(size: str) -> None:
    pdf = signs.sign_pdf(said(size=size))
    info = subprocess.run(["pdfinfo", "-"], input=pdf, capture_output=True, check=True).stdout.decode()
    width, height = (float(word) for word in info.split("Page size:")[1].split()[0:3:2])
    assert (round(width / 72 * 25.4), round(height / 72 * 25.4)) == SIZES_MM[size]
    text = text_of(pdf)
    for words in (
        "防犯カメラ作動中",
        "Securitycamerainoperation",
        "监控摄像头运行中",
        "방범카메라작동중",
        "범죄예방",
    ):
        assert words in text


@pytest.mark.parametrize("name", [LONG, "髙﨑・𠮷田 剝塡頰𠮟 商店", "株"])
@pytest.mark.parametrize("size", ["a3", "a5"])
def test_long_and_rare_names_stay_on_the_page(name: str, size: str, tmp_path: Path) -> None:
    pdf = signs.sign_pdf(
        said(name, purpose=LONG_PURPOSE, purpose_codes=(), notice_url="https://e.jp/a", size=size)
    )
    assert pages_of(pdf) == 1
    text = text_of(pdf)
    assert "".join(name.split()) in text
    assert LONG_PURPOSE in text
    inside_the_frame(pdf, tmp_path)


def test_a_purpose_of_ones_own_has_no_made_up_translation() -> None:
    text = text_of(signs.sign_pdf(said(purpose="来店者の安全", purpose_codes=("other",))))
    assert "Crimeprevention" not in text
    assert "범죄예방" not in text


def test_a_vehicle_has_a_page_for_each_door_and_the_inside(tmp_path: Path) -> None:
    pdf = signs.sign_pdf(said(wording="vehicle", places=("前扉", "後扉", "車内"), size="a5"))
    assert pages_of(pdf) == 3
    text = text_of(pdf)
    assert text.count("車内防犯カメラ作動中") == 3
    assert all(place in text for place in ("前扉", "後扉"))
    inside_the_frame(pdf, tmp_path)


def test_languages_are_chosen() -> None:
    text = text_of(signs.sign_pdf(said(languages=("en",))))
    assert "Securitycamera" in text
    assert "방범" not in text


def inside_the_frame(pdf: bytes, folder: Path) -> None:
    """The margin outside the frame is white on every page: nothing runs over it."""
    from PIL import Image

    (folder / "sign.pdf").write_bytes(pdf)
    subprocess.run(
        ["pdftoppm", "-r", "40", "-gray", "-png", folder / "sign.pdf", folder / "page"], check=True
    )
    for page in folder.glob("page*.png"):
        picture = Image.open(page).convert("L")
        rim = max(2, picture.width // 40)
        for box in (
            (0, 0, picture.width, rim),
            (0, picture.height - rim, picture.width, picture.height),
            (0, 0, rim, picture.height),
            (picture.width - rim, 0, picture.width, picture.height),
        ):
            assert picture.crop(box).getextrema()[0] > 250
