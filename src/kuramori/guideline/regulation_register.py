"""The register of the regulations' versions on paper (規程・改廃・逸脱 台帳, the part on versions)."""

from __future__ import annotations

from kuramori import local_time
from kuramori.paper import documents
from kuramori.paper.era import era_date
from kuramori.places.models import Body
from kuramori.policy.regulation_models import Regulations


def paper(now_ns: int) -> bytes:
    """All versions, newest first. Raises BadInput `faces-missing`."""
    body = Body.objects.first()
    rows = [
        [
            str(one.version),
            era_date(one.adopted_on),
            one.approved_by,
            "\n".join(one.changes),
            one.sha256,
            f"{one.entered_by.full_name}\n{_day(one.entered_ns)}",
        ]
        for one in Regulations.objects.defer("pdf").select_related("entered_by")
    ]
    return documents.register_pdf(
        title="規程・改廃・逸脱 台帳(規程の部)",
        title_en="Register of the regulations",
        body=body.name if body else "",
        made_on=_day(now_ns),
        head=["版", "決定日", "決定した者", "変更点", "設定の要約値", "入力"],
        rows=rows,
        empty="まだ定められていません。",
    )


def _day(ns: int) -> str:
    return era_date(local_time.day_of(ns))
