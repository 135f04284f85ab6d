"""The one-page paper of a hand-over (引継書), before or after the successor has accepted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori.access.models import KeyHolder
from kuramori.desk import hand_over
from kuramori.paper.sheets import Sheet, Table, sheet_pdf
from kuramori.people import print_outs
from kuramori.people.enrolment import offices_of

if TYPE_CHECKING:
    from kuramori.people.models import Account, Appointment

TICK = "□"


def hand_over_pdf(successor: Appointment, leaver: Account) -> bytes:
    """What passes from whom to whom, each thing with a box to tick, and three lines to sign."""
    work = hand_over.open_work()
    cases = work["cases"]
    keys = "、".join(f"{room} {key}" for room, key in hand_over.lent(leaver)) or "台帳に貸出しなし"
    rows = [
        ["保管庫(蔵)の鍵", _key_words(successor, leaver), TICK],
        ["復旧用紙・緊急用封筒", "新しく作り、古いものは裁断する", TICK],
        ["部屋の鍵", keys, TICK],
        ["パソコンの操作端末", "前任者が持ち帰るものの登録を取り消す", TICK],
        ["進行中の案件", "、".join(cases) if isinstance(cases, list) and cases else "なし", TICK],
        ["未回答の苦情・報告待ちの事故", f"{work['complaints']}件・{work['leaks']}件", TICK],
        ["管理・運用規程、台帳、記録媒体", "保管場所で現物を確かめる", TICK],
        ["秘密を守る義務", "前任者は、退いた後も期限なく負う", TICK],
    ]
    roles = "、".join(print_outs.role_words(one) for one in offices_of(successor))
    return sheet_pdf(
        Sheet(
            title="役割の引継書",
            title_en="Hand-over",
            form="様式 F05(引継ぎ)",
            body=print_outs.body_name(),
            printed=print_outs.printed(),
            rows=[
                ("前任", leaver.full_name),
                ("後任", successor.account.full_name),
                ("後任の職", successor.post or "―"),
                ("役割", roles),
                ("後任の任期", f"{print_outs.instant(successor.ends_ns)} まで"),
                ("引継ぎの日時", print_outs.instant(successor.accepted_at_ns) or "後任が承諾した時"),
            ],
            tables=[Table("引き継ぐもの", ["もの", "内容", "確認"], rows)],
            signs=["前任 署名", "後任 署名", "設置者(代表者) 署名"],
            notes=[
                print_outs.ON_FILE,
                "後任が承諾し、誓約と研修を済ませた時に、前任の指定、使用中の画面および鍵は終わります。",
            ],
        )
    )


def _key_words(successor: Appointment, leaver: Account) -> str:
    held = KeyHolder.objects.filter(ended_ns=None)
    if successor.accepted_at_ns is None:
        return "承諾の時に、前任の鍵を終え、後任に新しい鍵を渡す"
    gone = "前任の鍵は終わった" if not held.filter(account=leaver).exists() else "前任の鍵が残っている"
    given = "後任は鍵を持つ" if held.filter(account=successor.account).exists() else "後任は鍵を持たない"
    return f"{gone}。{given}"
