"""The sheet of the self-inspection (自己点検・監査票, F26): filled with how each clause stands now."""

from __future__ import annotations

from django.utils import translation

from kuramori import clock, local_time
from kuramori.cases.models import Inspection
from kuramori.guideline import lights, standing
from kuramori.paper.era import era_date
from kuramori.paper.sheets import Sheet, Table, sheet_pdf
from kuramori.places import bodies

STANDS = {lights.GOOD: "よい", lights.NOTICE: "近く期限", lights.SHUT: "欠けている"}
LEAD = "録画機が判定したいまの状態です。現物と紙を見て、右の欄に書き、登録簿「自己点検」に入力してください。"
TO_TICK = "□よい\n□一部\n□いいえ"


def sheet() -> bytes:
    """One row for each clause: evidence, how it stands, what was found last time, and room to write."""
    now_ns, body = clock.now_ns(), bodies.current()
    today = local_time.day_of(now_ns)
    with translation.override("ja"):
        last = {row.clause: row for row in Inspection.objects.standing().order_by("done_on", "pk")}
        rows = [
            [
                f"{one.clause.id} {one.clause.title}",
                str(one.clause.evidence),
                _stands(one),
                _before(last.get(one.clause.id)),
                TO_TICK,
            ]
            for one in lights.now(standing.missing(now_ns))
        ]
        return sheet_pdf(
            Sheet(
                title="自己点検・監査票",
                title_en="Self-inspection",
                form="F26",
                body=body.name if body else "",
                printed=era_date(today),
                lead=LEAD,
                tables=[
                    Table(
                        "条項ごと",
                        ["条項", "証拠", "いまの判定", "前回の自己点検・改善計画", "自己判定"],
                        rows,
                    )
                ],
                signs=["実施者", "管理責任者"],
            )
        )


def _stands(one: lights.Light) -> str:
    missing = dict.fromkeys(f"{each.words.title} {each.about}".strip() for each in one.missing)
    return "\n".join([STANDS[one.light], *missing])


def _before(row: Inspection | None) -> str:
    if row is None:
        return "—"
    plan = f"\n{row.plan}(期限 {era_date(row.due_on)})" if row.plan and row.due_on else ""
    return f"{era_date(row.done_on)} {row.get_judged_display()}{plan}"
