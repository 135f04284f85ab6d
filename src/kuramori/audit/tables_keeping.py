"""Tables of what is kept, held, erased and destroyed, of each camera's days, and of troubles."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db.models import Count, Max, Min, Q

from kuramori import clock
from kuramori.audit.table import Row, Table, lasting, of_model, until, within
from kuramori.cameras.models import Camera
from kuramori.cameras.state_words import WORDS
from kuramori.footage.models import LIVING, Finding, Gap, HeldSegment, Segment
from kuramori.health.models import Alarm, CameraDay, SelfCheck
from kuramori.ledger.models import CheckpointLeft
from kuramori.retention import assurance_words, holds
from kuramori.retention.models import Certificate, Hold, Medium, MediumAct

if TYPE_CHECKING:
    from kuramori.audit.period import Period


def tables() -> list[Table]:
    """Also how far the newest proofs of the record are outside the house."""
    return [*_kept(), *_erased(), *_running()]


def _kept() -> list[Table]:
    return [
        Table(
            "footage",
            "残っている録画",
            "T6d",
            {
                "camera.id": "カメラ(内部)",
                "camera.number": "カメラ",
                "pieces": "録画の数",
                "oldest_ns": "最も古い録画",
                "newest_ns": "最も新しい録画",
                "last_day_ns": "最も遅い消去予定",
                "overdue": "期日を過ぎた録画(保全を除く)",
            },
            _footage,
        ),
        Table(
            "holds",
            "保管期間の延長(保全)",
            "T6d",
            {
                "camera.number": "カメラ",
                "start_ns": "始め",
                "end_ns": "終わり",
                "case_text": "案件",
                "basis": "根拠",
                "reason": "理由",
                "asked_by": "求めた人",
                "made_by.full_name": "入力した人",
                "made_at_ns": "入力",
                "approved_by.full_name": "承認した人",
                "second_person": "第二者",
                "automatic": "受付時の自動保全",
                "review_at_ns": "見直し日",
                "ends_at_ns": "期限",
                "reviews": "見直しの回数",
                "state": "状態",
                "end_reason": "解除の理由",
            },
            _holds,
            {
                "state": {
                    "waiting": "承認待ち",
                    "ordered": "指示済み",
                    "held": "保全中",
                    "refused": "できなかった",
                    "ended": "終わった",
                }
            },
        ),
    ]


def _erased() -> list[Table]:
    return [
        of_model(
            "certificates",
            "消去証明",
            "T6e",
            Certificate,
            {
                "id": "番号",
                "camera": "カメラ(内部)",
                "hour_start_s": "対象の時(1970年からの秒)",
                "erase_at_ns": "期日",
                "erased_at_ns": "消去",
                "reason": "契機",
                "verified": "検証に成功",
                "level": "確かさの段階",
                "ledger_index": "記録の番号",
                "made_at_ns": "作成",
                "document_sha256": "証明のハッシュ",
                "document": "証明",
            },
            within("made_at_ns"),
            hidden=("document", "hour_start_s"),
            values={"reason": assurance_words.reason},
        ),
        of_model(
            "media",
            "記録媒体",
            "T6c",
            Medium,
            {
                "number": "番号",
                "kind": "種類",
                "make": "型式",
                "serial": "製造番号",
                "in_use_since": "使用開始",
            },
        ),
        of_model(
            "media-acts",
            "記録媒体の出来事",
            "T6c",
            MediumAct,
            {
                "medium.number": "媒体",
                "act": "出来事",
                "done_on": "日",
                "place": "保管場所",
                "person": "実施者",
                "second": "立会者",
                "reason": "理由",
                "method": "方法",
                "paper": "業者の証明書番号",
                "by.full_name": "入力した人",
                "at_ns": "入力",
            },
            until("at_ns"),
        ),
    ]


def _running() -> list[Table]:
    names = {code: str(words.name) for code, words in WORDS.items()}
    return [
        of_model(
            "days",
            "カメラごとの一日",
            "T12",
            CameraDay,
            {
                "camera": "カメラ(内部)",
                "day": "日",
                "expected_ms": "録画すべき時間(ミリ秒)",
                "covered_ms": "録画した時間(ミリ秒)",
                "gaps_ms": "欠けの理由(ミリ秒)",
                "clock_error_ms": "時刻のずれ(ミリ秒)",
                "disk": "記憶装置",
                "erasure_on_time": "消去は期日どおり",
            },
            lambda period: Q(day__gte=period.first, day__lte=period.last),
        ),
        of_model(
            "gaps",
            "録画の欠け",
            "T12",
            Gap,
            {"camera": "カメラ(内部)", "since_ns": "始め", "until_ns": "終わり", "reason": "理由"},
            lasting("since_ns", "until_ns"),
            values={"reason": names},
        ),
        of_model(
            "alarms",
            "警報",
            "T12",
            Alarm,
            {
                "code": "内容",
                "subject": "対象",
                "light": "色",
                "since_ns": "始め",
                "over_ns": "終わり",
                "acknowledged_ns": "確認",
                "acknowledged_by.full_name": "確認した人",
            },
            within("since_ns"),
        ),
        of_model(
            "findings",
            "異常の発見",
            "T5",
            Finding,
            {"code": "内容", "subject": "対象", "found_ns": "発見", "cleared_ns": "解消"},
            lasting("found_ns", "cleared_ns"),
        ),
        of_model(
            "self-checks",
            "録画機の自己点検",
            "T6f",
            SelfCheck,
            {"faults": "見つかったこと", "since_ns": "この時から", "looked_ns": "最後に調べた"},
            lasting("since_ns", "looked_ns"),
        ),
        of_model(
            "checkpoints-left",
            "外に残した確認点",
            "T5",
            CheckpointLeft,
            {"size": "記録の数", "way": "方法", "at_ns": "日時"},
            until("at_ns"),
            values={
                "way": {
                    "paper": "紙",
                    "mail": "メール",
                    "time-stamp": "時刻認証",
                    "package": "証拠パッケージ",
                }
            },
        ),
    ]


def _footage(period: Period) -> Iterable[Row]:
    """What lives now, camera by camera: the period has no say in it."""
    numbers = dict(Camera.objects.values_list("id", "number"))
    held = HeldSegment.objects.filter(ended_ns=None).values("segment")
    due = Q(erase_at_ns__lt=clock.now_ns()) & ~Q(id__in=held)
    found = Segment.objects.filter(state__in=LIVING).values("camera").order_by("camera")
    for one in found.annotate(
        pieces=Count("id"),
        oldest_ns=Min("start_ns"),
        newest_ns=Max("start_ns"),
        last_day_ns=Max("erase_at_ns"),
        overdue=Count("id", filter=due),
    ):
        yield {"camera.id": one["camera"], "camera.number": numbers.get(one["camera"]), **one}


def _holds(period: Period) -> Iterable[Row]:
    chosen = Q(made_at_ns__lt=period.end_ns, ends_at_ns__gte=period.begin_ns)
    rows = Hold.objects.filter(chosen).select_related("camera", "made_by", "approved_by")
    rows = rows.annotate(reviewed=Count("reviews")).order_by("pk")
    states = holds.states(rows)
    for hold in rows:
        yield {
            "camera.number": hold.camera.number,
            **{
                name: getattr(hold, name)
                for name in (
                    "start_ns",
                    "end_ns",
                    "case_text",
                    "basis",
                    "reason",
                    "asked_by",
                    "made_at_ns",
                    "second_person",
                    "automatic",
                    "review_at_ns",
                    "ends_at_ns",
                    "end_reason",
                )
            },
            "made_by.full_name": hold.made_by.full_name,
            "approved_by.full_name": hold.approved_by.full_name if hold.approved_by else "",
            "reviews": hold.reviewed,
            "state": states[hold.pk],
        }
