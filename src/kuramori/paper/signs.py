"""Signs (設置の表示): standard wordings in four languages, A3 to A5, one page for each place of a vehicle.

The words in other languages are ours and short; names stay as the body wrote them.
"""

from __future__ import annotations

from dataclasses import dataclass

from kuramori.paper.printing import pdf, png, qr_svg

WORDING_VERSION = 2
SIZES = {"a4": 1.0, "a3": 1.414, "a5": 0.707}
LANGUAGES = ("en", "zh", "ko")


@dataclass(frozen=True, slots=True)
class Words:
    """One thing said in Japanese and, one line each, in English, Chinese and Korean."""

    ja: str
    en: str
    zh: str
    ko: str


HEADS = {
    "working": Words(
        "防犯カメラ作動中", "Security camera in operation",
        "监控摄像头运行中", "방범 카메라 작동 중",
    ),
    "recording": Words(
        "防犯カメラ録画中", "Security camera recording",
        "监控摄像头录像中", "방범 카메라 녹화 중",
    ),
    "installed": Words(
        "防犯カメラ設置", "Security cameras installed",
        "已安装监控摄像头", "방범 카메라 설치",
    ),
    "vehicle": Words(
        "車内防犯カメラ作動中", "Security camera on board",
        "车内监控运行中", "차내 방범 카메라 작동 중",
    ),
}  # fmt: skip
LABELS = (
    Words("設置者", "Installed by", "设置方", "설치자"),
    Words("目的", "Purpose", "目的", "목적"),
    Words("連絡先(管理責任者)", "Contact", "联系方式", "연락처"),
    Words("くわしくは", "More about this camera", "关于本摄像头", "이 카메라에 대한 안내"),
)
PURPOSES = {
    "crime-prevention": Words(
        "", "Crime prevention",
        "预防犯罪", "범죄 예방",
    ),
    "crime-accident": Words(
        "", "Preventing crime and accidents",
        "预防犯罪和事故", "범죄 및 사고 예방",
    ),
    "crime-dumping": Words(
        "", "Preventing crime and dumping",
        "预防犯罪和乱扔垃圾", "범죄 및 무단 투기 예방",
    ),
    "crime-fire": Words(
        "", "Preventing crime, noticing fire",
        "预防犯罪和火灾", "범죄 예방 및 화재 발견",
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class SignSaid:
    """What a sign says. `purpose_codes`: of the ready purposes; with another one, only Japanese is printed.

    `places`: one page each, named in small at its foot (前扉, 後扉, 車内); none: one page. Without
    `notice_url` there is no QR code: it would lead nowhere.
    """

    name: str
    purpose: str
    purpose_codes: tuple[str, ...]
    telephone: str
    notice_url: str = ""
    wording: str = "working"
    languages: tuple[str, ...] = LANGUAGES
    places: tuple[str, ...] = ()
    size: str = "a4"


def sign_pdf(said: SignSaid) -> bytes:
    """The signs of `said`, one page for each place. Raises BadInput `faces-missing`."""
    return pdf("sign", _data(said))


def sign_png(said: SignSaid) -> bytes:
    """The first of them as a small picture for the page that offers it."""
    return png("sign", _data(said), dots_per_inch=round(60 / SIZES[said.size]))


def _data(said: SignSaid) -> dict[str, object]:
    head = HEADS[said.wording]
    known = [PURPOSES[code] for code in said.purpose_codes if code in PURPOSES]
    whole = bool(known) and len(known) == len(said.purpose_codes)
    return {
        "scale": SIZES[said.size],
        "paper": said.size,
        "pages": [
            {"head": head.ja, "heads": _others(head, said.languages), "place": place}
            for place in said.places or ("",)
        ],
        "name": said.name,
        "labels": [{"ja": one.ja, "others": _others(one, said.languages)} for one in LABELS],
        "purpose": said.purpose,
        "purposes": [
            {"lang": lang, "words": _joined(lang).join(getattr(one, lang) for one in known)}
            for lang in said.languages
            if whole
        ],
        "telephone": said.telephone,
        "qr": qr_svg(said.notice_url) if said.notice_url else "",
        "version": WORDING_VERSION,
    }


def _others(words: Words, languages: tuple[str, ...]) -> list[dict[str, str]]:
    return [{"lang": lang, "words": getattr(words, lang)} for lang in languages]


def _joined(lang: str) -> str:
    return "; " if lang == "en" else "、" if lang == "zh" else ", "
