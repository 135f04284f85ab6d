"""Tables of people: who was appointed, what they promised and learned, who holds keys."""

from __future__ import annotations

from kuramori.access.models import EmergencyOpening, KeyHolder
from kuramori.audit.table import Table, lasting, of_model, until
from kuramori.people.models import Appointment, Pledge, Training

PERSON = {"account.pk": "人(内部)", "account.full_name": "氏名"}


def tables() -> list[Table]:
    """No password, code or key is among the columns, in whatever form it is kept."""
    return [
        of_model(
            "appointments",
            "指定",
            "T4a",
            Appointment,
            {
                "pk": "番号",
                **PERSON,
                "role": "役割",
                "post": "職",
                "scope_text": "操作の範囲",
                "deputy": "代理",
                "starts_ns": "開始",
                "ends_ns": "終了",
                "accepted_at_ns": "本人の承諾",
                "revoked_at_ns": "解除",
                "ended_why": "解除の理由",
                "appointed_by.full_name": "指定した人",
                "created_ns": "入力",
            },
            lasting("created_ns", "ends_ns"),
        ),
        of_model(
            "pledges",
            "誓約",
            "T8a",
            Pledge,
            {**PERSON, "version": "版", "text": "文面", "signed_ns": "誓約した日時", "until_ns": "有効期限"},
            until("signed_ns"),
            hidden=("text",),
        ),
        of_model(
            "trainings",
            "研修",
            "T5",
            Training,
            {**PERSON, "lesson": "教材", "done_ns": "修了", "until_ns": "有効期限", "tries": "回数"},
            lasting("done_ns", "until_ns"),
        ),
        of_model(
            "key-holders",
            "蔵の鍵を持つ人・もの",
            "T6c",
            KeyHolder,
            {
                "kind": "種類",
                "account.full_name": "氏名",
                "created_ns": "渡した日時",
                "used_ns": "最後に使った日時",
                "ended_ns": "終わった日時",
                "ended_why": "理由",
            },
            lasting("created_ns", "ended_ns"),
        ),
        of_model(
            "emergencies",
            "非常用封筒の開封",
            "T7",
            EmergencyOpening,
            {
                "id": "番号(内部)",
                "account.full_name": "開けた人",
                "reason": "何が起きたか",
                "case_text": "案件",
                "start_ns": "映像の始め",
                "end_ns": "映像の終わり",
                "opened_ns": "開封",
                "until_ns": "期限",
            },
            until("opened_ns"),
        ),
    ]
