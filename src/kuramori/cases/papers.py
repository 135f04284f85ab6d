"""The forms F07 to F12 and F23, each filled from the case itself; what is empty is to be filled in by hand.

Their wording is Japanese and lives here, because a paper's wording is not a matter of translation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils import timezone, translation

from kuramori import clock
from kuramori.cases import register_rows
from kuramori.cases.bases import BASES, LAW_AS_OF
from kuramori.cases.words_for_cases import ACTS, STATES
from kuramori.evidence import signing
from kuramori.paper.case_forms import CaseForm, Rows, case_form_pdf
from kuramori.places import bodies

if TYPE_CHECKING:
    from collections.abc import Callable

    from kuramori.cases.case_models import Case, CaseStep

TERMS = [
    "この案件の目的のためだけに使い、ほかの目的に使いません。",
    "ほかの人に見せず、渡さず、公開しません。画面や映像を撮影・録音しません。",
    "見たこと、聞いたことを、この案件のため以外に話しません。役目を離れた後も同じです。",
    "受け取った媒体は鍵のかかる所で保管し、期限までに返すか、復元できないように消去して知らせます。",
]
YES_NO = {"yes": "確認した", "": "(未記入)"}
REFUSING = ("refuse", "disapprove", "revoke")


def made(case: Case, form: str) -> bytes:
    """The PDF of one of `FORMS` for `case`. Raises KeyError for another."""
    with translation.override("ja"):
        return case_form_pdf(FORMS[form](case))


def register_paper() -> bytes:
    """F10 over all cases."""
    with translation.override("ja"):
        return case_form_pdf(_register("全案件", register_rows.all_rows()))


def _application(case: Case) -> CaseForm:
    asker: Rows = [
        ("申請者 氏名", case.asker_name),
        ("所属・職", f"{case.asker_body} {case.asker_post}".strip()),
        ("連絡先", case.asker_contact),
    ]
    wanted: Rows = [
        ("根拠区分", str(BASES[case.basis].words)),
        ("文書番号・日付", f"{case.document_number} {case.document_date or ''}".strip()),
        ("事案の概要", case.summary),
        ("利用目的と必要な理由", case.need),
        ("閲覧か複写か", "複写" if case.wants_copy else "閲覧"),
        ("返却・消去の予定", str(case.return_by or "")),
        *_scopes(case, "求める範囲"),
    ]
    return _form(
        case, "F07", "閲覧・提供 申請書", "Application to view or receive footage",
        sections=[("申請者", asker), ("申請の内容", [("受付日時", _at(case.received_ns)), *wanted])],
        signatures=["申請者 署名", "受付者 署名"],
    )  # fmt: skip


def _papers_checked(case: Case) -> CaseForm:
    basis, step = BASES[case.basis], _last(case, "verify")
    said = step.said if step else {}
    rows: Rows = [(str(check.label), _answer(check.kind, said.get(check.code, ""))) for check in basis.checks]
    about: Rows = [
        ("照会の種別", str(basis.words)),
        (
            "任意・強制",
            "従う義務のあるもの" if basis.binding else "任意または文書による(応じるかは設置者が決める)",
        ),
        ("秘密保持の求め", ""),
        ("確認した人・日時", f"{step.by} {_at(step.at_ns)}" if step else ""),
    ]
    return _form(
        case, "F08", "照会受付確認票", "Check of an inquiry's papers",
        sections=[("照会", about), ("確かめたこと", rows)],
        signatures=["確認者 署名", "判断者 署名"],
    )  # fmt: skip


def _decision(case: Case) -> CaseForm:
    step = _last(case, "grant", "open", *REFUSING)
    no = step is not None and step.act in REFUSING
    confirmed = _last(case, "confirm")
    rows: Rows = [
        ("可否", "(未決定)" if step is None else "応じません" if no else "応じます"),
        ("根拠", str(BASES[case.basis].words)),
        ("理由", step.words if step else ""),
        *([] if no else _scopes(case, "許可した範囲", decided=True)),
        ("条件", _limits(step) if step and not no else ""),
        ("決定者・日時", f"{step.by} {_at(step.at_ns)}" if step else ""),
        ("第二者", step.second_person if step else ""),
        ("緊急時の事後承認", _who(confirmed)),
        ("通知日", ""),
    ]  # fmt: skip
    return _form(
        case, "F09", "決定書・通知書", "Decision and notice",
        lead=f"{case.asker_body} {case.asker_name} 様".strip(),
        sections=[("決定", rows)], signatures=["管理責任者 署名", "第二者 署名"],
    )  # fmt: skip


def _register_of(case: Case) -> CaseForm:
    return _register(case.number, register_rows.of_case(case.number))


def _register(number: str, rows: list[register_rows.Row]) -> CaseForm:
    told = [
        [
            row.case_number,
            "閲覧" if row.kind == "look" else "複写",
            f"{_at(row.began_ns)}〜{_at(row.ended_ns)}",
            row.operator,
            row.camera,
            f"{_at(row.start_ns)}〜{_at(row.end_ns)}" if row.start_ns else "",
            row.others,
            row.console,
            row.reason,
        ]
        for row in rows
    ]
    head = [
        "案件",
        "区分",
        "日時",
        "操作者",
        "カメラ",
        "録画の範囲",
        "相手・立会者・媒体",
        "端末",
        "理由・根拠",
    ]
    return _named("F10", "画像閲覧・提供 記録簿", "Register of looks and copies", number,
                  head=head, rows=told, wide=True)  # fmt: skip


def _receipt(case: Case) -> CaseForm:
    handed, back = _last(case, "hand-over"), _last(case, "return")
    said = handed.said if handed else {}
    medium: Rows = [
        ("受領者", str(said.get("receiver", ""))),
        ("媒体・番号", str(said.get("medium", ""))),
        ("パッケージ番号", str(said.get("package", ""))),
        ("媒体の内容のSHA-256", str(said.get("sha256", ""))),
        ("目録のSHA-256", str(said.get("manifest_sha256", ""))),
        ("署名の証明書のSHA-256", signing.fingerprint() if said.get("package") else ""),
        ("返却・消去の期限", str(said.get("return_by", ""))),
        ("渡した人・日時", f"{handed.by} {_at(handed.at_ns)}" if handed else ""),
    ]
    done: Rows = [
        ("実施日", str(back.said.get("done_on", "")) if back else ""),
        ("方法", back.words if back else ""),
        ("確認者", str(back.said.get("told_by", "")) if back else ""),
    ]
    return _form(
        case, "F11", "受領書・取扱誓約書/返却・消去報告", "Receipt, pledge, report of return or erasure",
        sections=[("受領", medium), ("返却・消去(返すとき、消したときに記入)", done)],
        terms=TERMS, signatures=["受領者 署名", "返却・消去した人 署名"],
    )  # fmt: skip


def _copies(case: Case) -> CaseForm:
    rows = [
        [
            _at(step.at_ns),
            "、".join(f"{one.camera} {_span(one.start_ns, one.end_ns)}" for one in case.scopes.all()),
            str(step.said.get("medium", "")),
            str(step.said.get("format", "")),
            str(step.said.get("sha256", "")),
            str(step.said.get("edit", "切り出しのみ")),
            case.need,
            str(step.said.get("copies", "1")),
            str(step.by or ""),
        ]
        for step in case.steps.filter(act="hand-over")
    ]
    head = ["日時", "元の区間", "複写先の媒体", "形式", "ハッシュ", "加工", "理由", "部数", "実施者"]
    return _form(case, "F12", "複写・加工 記録簿", "Register of copies and edits",
                 head=head, rows=rows, wide=True)  # fmt: skip


def _disclosure(case: Case) -> CaseForm:
    checked, decided = _last(case, "verify"), _last(case, "grant", *REFUSING)
    said = checked.said if checked else {}
    asked: Rows = [
        ("請求者(本人・代理人)", case.asker_name),
        ("本人確認書類", str(said.get("identity_seen", ""))),
        ("日時・場所・服装等", str(said.get("described", "")) or case.summary),
        ("方法の希望", "複写" if case.wants_copy else "閲覧"),
        ("保全番号", case.number),
        *_scopes(case, "求める範囲"),
    ]
    no = decided is not None and decided.act in REFUSING
    answer: Rows = [
        ("回答", "(未決定)" if decided is None else "開示しません" if no else "開示します"),
        ("理由", decided.words if decided else ""),
        ("第三者の映り込みの扱い", str(said.get("others", ""))),
        ("手数料", ""),
        ("回答日", _at(decided.at_ns) if decided else ""),
    ]
    return _form(
        case, "F23", "開示請求書・回答書", "Request of the person filmed, and answer",
        sections=[("請求", asked), ("回答", answer)], signatures=["請求者 署名", "管理責任者 署名"],
    )  # fmt: skip


FORMS: dict[str, Callable[[Case], CaseForm]] = {
    "F07": _application,
    "F08": _papers_checked,
    "F09": _decision,
    "F10": _register_of,
    "F11": _receipt,
    "F12": _copies,
    "F23": _disclosure,
}


def history(case: Case) -> Rows:
    """What was done so far, a line each."""
    return [
        (_at(step.at_ns), f"{ACTS.get(f'case-{step.act}', step.act)}: {step.words} {step.by or ''}".strip())
        for step in case.steps.select_related("by")
    ]


def _form(case: Case, form: str, title: str, title_en: str, **more: Any) -> CaseForm:
    sections = more.pop("sections", [])
    if form in ("F07", "F09", "F23"):
        rows = [("いまの状態", str(STATES[case.state])), *history(case)]
        sections = [*sections, ("これまでの手続き", rows)]
    return _named(form, title, title_en, case.number, sections=sections, **more)


def _named(form: str, title: str, title_en: str, number: str, **more: Any) -> CaseForm:
    body = bodies.current()
    name = body.name if body else ""
    printed = _at(clock.now_ns())
    return CaseForm(form=form, title=title, title_en=title_en, body=name, number=number,
                    law_as_of=LAW_AS_OF, printed_on=printed, **more)  # fmt: skip


def _scopes(case: Case, label: str, *, decided: bool = False) -> Rows:
    rows = []
    for one in case.scopes.select_related("camera"):
        start_ns, end_ns = (one.start_ns, one.end_ns) if decided else (one.asked_start_ns, one.asked_end_ns)
        shown = (
            f"(画像は {_at(one.shown_from_ns)} のキーフレームから)" if decided and one.shown_from_ns else ""
        )
        rows.append((label, f"{one.camera} {_span(start_ns, end_ns)}{shown}"))
    return rows


def _who(step: CaseStep | None) -> str:
    return f"{step.by} {step.second_person} {_at(step.at_ns)}" if step else ""


def _limits(step: CaseStep) -> str:
    copy = "複写を認める" if step.said.get("copy") else "閲覧だけ"
    return f"{copy}、{step.said.get('viewings', '')}回まで"


def _last(case: Case, *acts: str) -> CaseStep | None:
    return case.steps.filter(act__in=acts).select_related("by").last()


def _answer(kind: str, value: str) -> str:
    return YES_NO.get(value, value) if kind == "yes" else value or "(未記入)"


def _span(start_ns: int | None, end_ns: int | None) -> str:
    return f"{_at(start_ns)}〜{_at(end_ns)}" if start_ns and end_ns else "許可していません"


def _at(ns: int | None) -> str:
    return timezone.localtime(clock.utc(ns)).strftime("%Y-%m-%d %H:%M:%S") if ns else ""
