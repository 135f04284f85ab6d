"""What stands on the printed forms about people: appointment (F05), pledge (F06), training (F25)."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.conf import settings

from kuramori import clock
from kuramori.paper.sheets import Sheet, Table, era_date, sheet_pdf
from kuramori.people.models import Pledge, Training
from kuramori.places.bodies import current

if TYPE_CHECKING:
    from kuramori.people.models import Appointment

ROLES = {"manager": "管理責任者", "operator": "操作取扱者"}
ON_FILE = "この用紙の内容は、蔵守の記録から印刷したものです。"


def day(at_ns: int | None) -> str:
    """An instant as a date of the papers, where the body is; "" for none."""
    if at_ns is None:
        return ""
    local = clock.utc(at_ns).astimezone(ZoneInfo(settings.TIME_ZONE))
    return era_date(local.year, local.month, local.day)


def instant(at_ns: int | None) -> str:
    """The same with hours and minutes."""
    if at_ns is None:
        return ""
    local = clock.utc(at_ns).astimezone(ZoneInfo(settings.TIME_ZONE))
    return f"{day(at_ns)} {local:%H:%M}"


def body_name() -> str:
    body = current()
    return body.name if body else ""


def printed() -> str:
    return f"印刷 {instant(clock.now_ns())}"


def role_words(appointment: Appointment) -> str:
    words = ROLES.get(appointment.role, appointment.role)
    return f"{words}(代理)" if appointment.deputy else words


def appointment_pdf(one: Appointment) -> bytes:
    """F05 管理責任者・操作取扱者 指定(解除)書."""
    rows = [
        ("氏名", one.account.full_name),
        ("職", one.post or "―"),
        ("役割", role_words(one)),
        ("操作範囲", one.scope_text or "規程のとおり"),
        (
            "期間",
            f"{instant(one.starts_ns)} から {instant(one.ends_ns)} まで(後任が承諾したときはその時まで)",
        ),
        ("指定者", one.appointed_by.full_name if one.appointed_by else body_name()),
        ("本人承諾", instant(one.accepted_at_ns) or "まだ"),
        *([("所属", one.contract.firm)] if one.contract else []),
        ("前任", one.succeeds.account.full_name if one.succeeds else "―"),
    ]
    if one.revoked_at_ns is not None:
        rows += [("解除日", instant(one.revoked_at_ns)), ("解除理由", why_words(one.ended_why))]
    return sheet_pdf(
        Sheet(
            title="管理責任者・操作取扱者 指定(解除)書",
            title_en="Appointment",
            form="様式 F05",
            body=body_name(),
            printed=printed(),
            rows=rows,
            signs=["設置者(代表者) 署名", "本人 署名"],
            notes=[ON_FILE, "指定は、本人の承諾、誓約、研修がそろっている間だけ効力を持ちます。"],
        )
    )


def why_words(why: str) -> str:
    return "後任の就任" if why == "succeeded" else why or "―"


def pledge_pdf(one: Appointment) -> bytes:
    """F06 秘密保持誓約書: as signed, or blank to be signed by hand where nothing was signed yet."""
    from kuramori.people import duties

    signed = Pledge.objects.filter(account=one.account).order_by("-signed_ns").first()
    said = signed.text if signed else duties.words().text
    version = signed.version if signed else duties.words().version
    return sheet_pdf(
        Sheet(
            title="秘密保持誓約書",
            title_en="Pledge of secrecy",
            form="様式 F06",
            body=body_name(),
            printed=printed(),
            text=[line for line in said.split("\n") if line.strip()],
            rows=[
                ("氏名", one.account.full_name),
                ("所属・職", one.post or body_name()),
                ("文面の版", f"第{version}版"),
                ("誓約した日時", instant(signed.signed_ns) if signed else "まだ"),
                ("退任後", "2と3は期限なく続きます" if version == 1 else "文面のとおり"),
            ],
            signs=["本人 署名", "管理責任者 確認"],
            notes=[ON_FILE],
        )
    )


def training_pdf() -> bytes:
    """F25 教育・研修 記録, newest first."""
    rows = [
        [row.account.full_name, day(row.done_ns), f"教材 {row.lesson}", "5問 全問正解", day(row.until_ns)]
        for row in Training.objects.select_related("account").order_by("-done_ns")
    ]
    head = ["対象者", "日", "内容", "理解確認", "次回まで"]
    return sheet_pdf(
        Sheet(
            title="教育・研修 記録",
            title_en="Training record",
            form="様式 F25",
            body=body_name(),
            printed=printed(),
            tables=[Table("受講した人", head, rows)],
            notes=[ON_FILE],
        )
    )
