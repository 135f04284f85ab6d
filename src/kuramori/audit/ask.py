#!/usr/bin/env python3
"""Answers an auditor's twenty questions from an audit bundle. Stands alone: any Python from 3.9.

    python3 ask.py BUNDLE.zip            all questions
    python3 ask.py BUNDLE.zip NUMBER     one of them

BUNDLE may also be the folder of an opened bundle. Everything is counted from the tables and the record in the
bundle; nothing is taken from a ready-made answer. Whether the bundle is whole, `verify.py` says.
"""

from __future__ import annotations

import json
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from io import TextIOWrapper
from pathlib import Path
from typing import Any

Row = dict[str, Any]
GOOD, LOOK, NOTHING = "good", "look", "nothing"
SAID = {GOOD: "よい", LOOK: "見てください", NOTHING: "該当なし"}
MOST = 20
"""Lines of one kind before the rest is only counted."""
DAY = timedelta(days=1)


class Bundle:
    """The files of a bundle, from its ZIP or the folder of an opened one."""

    def __init__(self, source: zipfile.ZipFile | Path) -> None:
        self._source = source
        self.said: Row = json.loads(self._lines("manifest.json", whole=True)[0])
        self.begin, self.end = self.said["begin"], self.said["end"]
        self.now = min(self.end, self.said["made_at"])
        """The last instant that the bundle tells of."""
        self.periods: dict[str, int] = self.said["periods"]

    def rows(self, table: str) -> Iterator[Row]:
        """The rows of a table; none where the bundle has no such table."""
        try:
            lines = iter(self._lines(f"tables/{table}.jsonl"))
        except (KeyError, FileNotFoundError):
            return
        next(lines)
        for line in lines:
            yield json.loads(line)

    def entries(self) -> Iterator[Row]:
        """The entries of the record whose words are in the bundle, and which lie in its period."""
        lines = iter(self._lines("record/ledger.jsonl"))
        next(lines)
        for line in lines:
            if "text" in (told := json.loads(line)):
                entry = json.loads(told["text"])
                if self.begin <= entry["at"] < self.end:
                    yield entry

    def day(self, instant: str) -> date:
        """The local day of an instant."""
        here = timezone(timedelta(minutes=self.said["utc_offset_minutes"]))
        return _utc(instant).astimezone(here).date()

    @property
    def today(self) -> date:
        return self.day(self.now) if self.now < self.end else self.day(self.end) - DAY

    def cameras(self) -> list[Row]:
        """Those in use at the end of the period."""
        return [one for one in self.rows("cameras") if not one["retired"] or one["retired"] > self.now]

    def tables_of(self, clause: str) -> list[str]:
        """The names of the tables that answer for a clause."""
        return [one["name"] for one in self.said["tables"] if one["clause"] == clause]

    def _lines(self, name: str, *, whole: bool = False) -> Any:
        if isinstance(self._source, Path):
            text = (self._source / name).open(encoding="utf-8")
        else:
            text = TextIOWrapper(self._source.open(name), encoding="utf-8")
        return [text.read()] if whole else text


@dataclass
class Answer:
    """What came out: `found` are things to look into, `told` what is so."""

    told: list[str] = field(default_factory=list)
    found: list[str] = field(default_factory=list)
    nothing: bool = False

    @property
    def verdict(self) -> str:
        return LOOK if self.found else NOTHING if self.nothing else GOOD

    def lines(self) -> list[str]:
        """Everything to be read, what needs looking into first."""
        more = len(self.found) - MOST
        return [f"! {one}" for one in self.found[:MOST]] + ([f"! 他{more}件"] if more > 0 else []) + self.told


@dataclass(frozen=True)
class Question:
    """One question. `tables`: where whoever doubts the answer can count again."""

    number: int
    clauses: str
    text: str
    english: str
    tables: tuple[str, ...]
    answer: Callable[[Bundle], Answer]


def _utc(instant: str) -> datetime:
    return datetime.fromisoformat(instant.replace("Z", "+00:00"))


def _day(text: str) -> date:
    return date.fromisoformat(text)


def _camera(row: Row) -> str:
    return f"カメラ{row['number']} {row['name']}"


def _last(rows: Iterator[Row] | list[Row]) -> dict[Any, Row]:
    """The newest version of each camera's rows."""
    return {row["camera.id"]: row for row in rows}


def _standing(rows: Iterator[Row]) -> list[Row]:
    return [row for row in rows if not row["replaced"]]


def scope(bundle: Bundle) -> Answer:
    """Who installs, which cameras, and whether a device on the network has no decision."""
    bodies, used = list(bundle.rows("body")), bundle.cameras()
    answer = Answer([f"設置者: {one['name']}({one['address']} 電話{one['telephone']})" for one in bodies])
    answer.told.append(f"使っているカメラ {len(used)}台")
    answer.told += [f"{_camera(one)}: {one['site.name']} {one['place_text']}" for one in used[:MOST]]
    answer.found += [] if len(bodies) == 1 else ["設置者が一つに定まっていない"]
    answer.found += [f"場所の記載がない: {_camera(one)}" for one in used if not one["site.name"]]
    answer.found += [
        f"判断のない機器: {one['manufacturer']} {one['model']} {one['serial']}"
        for one in bundle.rows("devices")
        if one["state"] == "found"
    ]
    return answer


def assessed(bundle: Bundle) -> Answer:
    """Is there an assessment of each camera, from before it was put up, and not overdue?"""
    rows = [row for row in bundle.rows("register-assessments") if row["assessed_on"] <= str(bundle.today)]
    answer = Answer(nothing=not bundle.cameras())
    for one in bundle.cameras():
        mine = [row for row in rows if row["camera.id"] == one["id"]]
        if not mine:
            answer.found.append(f"評価がない: {_camera(one)}")
            continue
        first, last = min(row["assessed_on"] for row in mine), max(row["review_on"] for row in mine)
        answer.told.append(f"{_camera(one)}: 最初の評価 {first}、見直し期限 {last}")
        if _day(first) > bundle.day(one["created"]):
            answer.found.append(f"最初の評価({first})がカメラの登録より後: {_camera(one)}")
        if _day(last) < bundle.today:
            answer.found.append(f"見直しの期限({last})を過ぎた: {_camera(one)}")
    return answer


def deviations(bundle: Bundle) -> Answer:
    """Is every deviation reasoned, approved by another, and over in time?"""
    rows = list(bundle.rows("deviations"))
    answer = Answer(nothing=not rows)
    for one in rows:
        name = f"逸脱{one['pk']}({one['clause']}) {one['reason']}"
        if not one["approved_at"]:
            answer.told.append(f"承認されていない(効力なし): {name}")
            continue
        by, end = one["approved_by.full_name"], bundle.day(one["ends"])
        answer.told.append(f"{name}: 承認 {by}、期限 {end}")
        if not one["reason"].strip():
            answer.found.append(f"理由がない: {name}")
        if one["self_approved"]:
            answer.found.append(f"自己承認: {name}")
    return answer


def purposes(bundle: Bundle) -> Answer:
    """Does every look have a purpose and, looking back, a case that exists?"""
    known = {one["number"] for one in bundle.rows("cases")}
    answer, counted = Answer(), Counter()  # type: ignore[var-annotated]
    for one in bundle.rows("permissions"):
        counted[one["purpose_code"]] += 1
        name = f"{bundle.day(one['created'])} {one['account.full_name']} カメラ{one['camera.number']}"
        if not one["purpose_code"] or not one["reason"].strip():
            answer.found.append(f"目的のない閲覧: {name}")
        free = one["kind"] == "live" or one["purpose_code"] == "equipment-check" or one["emergency.id"]
        if not free and one["case_text"] not in known:
            answer.found.append(f"案件のない閲覧: {name}({one['case_text'] or '番号なし'})")
    refused = sum(one["outcome"] == "refused" for one in bundle.entries())
    answer.told.append(f"許可 {sum(counted.values())}件")
    words = bundle.said["purposes"]
    answer.told += [f"{words.get(code, code)} {number}件" for code, number in sorted(counted.items())]
    answer.told.append(f"断られて記録に残った操作 {refused}件")
    return answer


def ranges(bundle: Bundle) -> Answer:
    """Has each camera an approved range and purpose?"""
    purposes_of, now = _last(bundle.rows("purposes")), {}
    for row in bundle.rows("ranges"):
        if not row["revoked"] or row["revoked"] > bundle.now:
            now[row["camera.id"]] = row
    answer = Answer(nothing=not bundle.cameras())
    for one in bundle.cameras():
        purpose, mine = purposes_of.get(one["id"]), now.get(one["id"])
        if purpose is None:
            answer.found.append(f"目的がない: {_camera(one)}")
        if mine is None:
            answer.found.append(f"承認された撮影範囲がない: {_camera(one)}")
            continue
        answer.told.append(
            f"{_camera(one)}: 目的「{purpose['text'] if purpose else 'なし'}」、範囲 第{mine['version']}版"
            f"(塗りつぶし{len(mine['mask_polygons'])}か所、{bundle.day(mine['approved_at'])} "
            f"{mine['approved_by.full_name']})"
        )
    return answer


def signs(bundle: Bundle) -> Answer:
    """Does a sign with a dated, recent photo hang at each place with cameras?"""
    hanging = [one for one in bundle.rows("signs") if not one["removed"] or one["removed"] > bundle.now]
    answer = Answer(nothing=not bundle.cameras())
    oldest = bundle.today - timedelta(days=bundle.periods["SIGN_PHOTO_AGAIN_DAYS"])
    for place in sorted({one["site.name"] for one in bundle.cameras()}):
        mine = [one for one in hanging if one["site.name"] == place]
        if not mine:
            answer.found.append(f"表示がない: {place}")
        for one in mine:
            name = f"{place} {one['place_text']}"
            photo = bundle.day(one["photo_at"]) if one["photo_at"] else None
            answer.told.append(f"{name}: {one['hung_on']}から、写真 {photo or 'なし'}")
            if photo is None or photo < oldest:
                answer.found.append(f"写真がない、または1年より古い: {name}")
    return answer


def _in_force(row: Row) -> tuple[str, str]:
    """From when to when an appointment counted; empty where it never did."""
    if not row["accepted_at"]:
        return "", ""
    end = min(row["ends"], row["revoked_at"] or row["ends"])
    return max(row["starts"], row["accepted_at"]), end


def managers(bundle: Bundle) -> Answer:
    """Was there a manager at every instant since the first camera?"""
    rows = [one for one in bundle.rows("appointments") if one["role"] == "manager"]
    spans = sorted((*_in_force(one), one["account.full_name"]) for one in rows if one["accepted_at"])
    begun = min((one["created"] for one in bundle.rows("cameras")), default=bundle.now)
    at, answer = max(bundle.begin, begun), Answer()
    for start, end, name in spans:
        answer.told.append(f"{name}: {bundle.day(start)} 〜 {bundle.day(end)}")
        if start > at and at < bundle.now:
            answer.found.append(f"管理責任者のいない間: {at} 〜 {min(start, bundle.now)}")
        at = max(at, end)
    if at < bundle.now:
        answer.found.append(f"管理責任者のいない間: {at} 〜 {bundle.now}")
    return answer


def operators(bundle: Bundle) -> Answer:
    """Had everybody who looked an appointment at that moment?"""
    spans: dict[Any, list[tuple[str, str]]] = {}
    answer = Answer()
    for one in bundle.rows("appointments"):
        spans.setdefault(one["account.pk"], []).append(_in_force(one))
        start, end = _in_force(one)
        if start and start <= bundle.now < end:
            answer.told.append(
                f"{one['account.full_name']}: {bundle.said['roles'].get(one['role'], one['role'])}"
            )
    looked = 0
    for one in bundle.rows("permissions"):
        looked += 1
        mine = spans.get(one["account.pk"], [])
        if not any(start and start <= one["created"] < end for start, end in mine):
            answer.found.append(f"指定のない人の閲覧: {one['created']} {one['account.full_name']}")
    answer.told.append(f"許可 {looked}件を、指定の期間と照合した")
    return answer


def promised(bundle: Bundle) -> Answer:
    """Had everybody who looked a pledge and a training that counted at that moment?"""
    found: dict[str, dict[Any, list[tuple[str, str]]]] = {"pledges": {}, "trainings": {}}
    for table, begins in (("pledges", "signed"), ("trainings", "done")):
        for one in bundle.rows(table):
            found[table].setdefault(one["account.pk"], []).append((one[begins], one["until"] or "9999"))
    answer = Answer()
    for table, words in (("pledges", "誓約"), ("trainings", "研修")):
        answer.told.append(f"{words} {sum(map(len, found[table].values()))}件({len(found[table])}人)")
    for one in bundle.rows("permissions"):
        for table, words in (("pledges", "誓約"), ("trainings", "研修")):
            mine = found[table].get(one["account.pk"], [])
            if not any(start <= one["created"] < end for start, end in mine):
                answer.found.append(f"有効な{words}がない閲覧: {one['created']} {one['account.full_name']}")
    return answer


def exports(bundle: Bundle) -> Answer:
    """Are the copies in the record those of the register, each of a case that was decided?"""
    granted = {
        one["case.number"] for one in bundle.rows("case-steps") if one["after"] in ("granted", "emergency")
    }
    granted |= {one["case_number"] for one in bundle.rows("approvals")}
    packed = [one for one in bundle.rows("packages") if one["packed"]]
    copies = [one for one in bundle.rows("copies") if one["ended"]]
    acts = Counter(one["act"] for one in bundle.entries())
    answer = Answer(
        [f"パッケージ {len(packed)}件、書き出し {len(copies)}件"], nothing=not packed and not copies
    )
    answer.told.append(f"記録: 作成 {acts['package-packed']}件、書き出し {acts['package-copied']}件")
    if acts["package-packed"] != len(packed) or acts["package-copied"] != len(copies):
        answer.found.append("記録の件数と登録簿の件数が違う")
    answer.found += [
        f"決定のない写し: {one['number']}" for one in packed if one["case_number"] not in granted
    ]
    return answer


def locked(bundle: Bundle) -> Answer:
    """Were locks and keys looked at, and are all media where they should be?"""
    rooms, answer = _standing(bundle.rows("register-rooms")), Answer()
    oldest = bundle.today - timedelta(days=bundle.periods["ROOM_CHECK_DAYS"])
    for one in rooms:
        answer.told.append(f"{one['name']}: 施錠の確認 {one['checked_on']}")
        if _day(one["checked_on"]) < oldest:
            answer.found.append(f"施錠の確認が古い: {one['name']} {one['checked_on']}")
    answer.found += [] if rooms or not bundle.cameras() else ["部屋と施錠の記録がない"]
    holding = {(one["room"], one["key"]): one for one in _standing(bundle.rows("register-keys"))}
    answer.told += [
        f"鍵 {one['key']}({one['room']}): {one['person']} {one['done_on']}" for one in holding.values()
    ]
    where = {one["medium.number"]: one for one in bundle.rows("media-acts")}
    answer.told.append(f"記録媒体 {len(where)}点")
    answer.found += [
        f"棚卸で見つからない媒体: {number}" for number, one in where.items() if one["act"] == "missed"
    ]
    return answer


def kept(bundle: Bundle) -> Answer:
    """How long is footage kept, how old is the oldest, and is any past its day?"""
    rules, living = _last(bundle.rows("keeping")), _last(bundle.rows("footage"))
    answer = Answer(nothing=not bundle.cameras())
    for one in bundle.cameras():
        rule, now = rules.get(one["id"]), living.get(one["id"])
        if rule is None:
            answer.found.append(f"保管期間がない: {_camera(one)}")
            continue
        length = f"{rule['days']}日" if rule["days"] else "1か月"
        oldest = bundle.day(now["oldest"]) if now else "なし"
        answer.told.append(f"{_camera(one)}: {length}、最も古い録画 {oldest}")
    answer.found += [
        f"期日を過ぎた録画 {one['overdue']}件: カメラ{one['camera.number']}"
        for one in living.values()
        if one["overdue"]
    ]
    holds = list(bundle.rows("holds"))
    answer.told.append(f"保全 {len(holds)}件")
    answer.found += [
        f"期限({bundle.day(one['ends_at'])})を過ぎた保全: {one['case_text']}"
        for one in holds
        if one["state"] == "held" and one["ends_at"] < bundle.now
    ]
    return answer


def erased(bundle: Bundle) -> Answer:
    """Was everything erased in time, for certain, with a certificate?"""
    count, unsure, late, longest, levels = 0, 0, 0, timedelta(0), Counter()  # type: ignore[var-annotated]
    for one in bundle.rows("certificates"):
        count, unsure = count + 1, unsure + (not one["verified"])
        delay = _utc(one["erased_at"]) - _utc(one["erase_at"])
        late, longest = late + (delay > DAY), max(longest, delay)
        levels[one["level"]] += 1
    answer = Answer([f"消去証明 {count}件"], nothing=not count)
    if not count:
        return answer
    answer.told.append(
        "確かさの段階 " + "、".join(f"{level}: {number}件" for level, number in sorted(levels.items()))
    )
    answer.told.append(f"期日からの最大の遅れ {longest}")
    answer.found += [f"検証に成功しなかった消去 {unsure}件"] if unsure else []
    answer.found += [f"期日から1日より遅れた消去 {late}件"] if late else []
    return answer


def pcs(bundle: Bundle) -> Answer:
    """Was each PC on which pictures were seen checked, and good, not long before?"""
    first_of = {one["number"]: one["first"] for one in bundle.rows("register-pcs")}
    checks = list(bundle.rows("register-pc-checks"))
    most = bundle.periods["PC_CHECK_DAYS"] + bundle.periods["WARNING_DAYS"]
    answer, seen = Answer(), 0
    live = ((one["created"], one["pc"]) for one in bundle.rows("permissions") if one["kind"] == "live")
    past = ((one["began"], one["pc"]) for one in bundle.rows("looks"))
    for at, number in (*live, *past):
        seen += 1
        if number is None:
            continue
        days = [
            one["checked_on"]
            for one in checks
            if one["pc.id"] == first_of.get(number) and _day(one["checked_on"]) <= bundle.day(at)
        ]
        if not days or bundle.day(at) - _day(max(days)) > timedelta(days=most):
            answer.found.append(f"点検のないPC{number}での閲覧: {at}")
    answer.told += [f"閲覧 {seen}件を、PCの点検 {len(checks)}件と照合した", f"PC {len(first_of)}台"]
    return answer


def passwords(bundle: Bundle) -> Answer:
    """Has each camera a password of its own, nothing open, and support?"""
    checks, answer = _last(bundle.rows("device-checks")), Answer(nothing=not bundle.cameras())
    for one in bundle.cameras():
        day = bundle.day(one["password_checked"]) if one["password_checked"] else None
        answer.told.append(f"{_camera(one)}: パスワードの確認 {day or 'なし'}")
        if day is None:
            answer.found.append(f"パスワードを確かめていない: {_camera(one)}")
        findings = checks.get(one["id"], {}).get("findings", {})
        open_ones = [name for name, state in findings.items() if state == "on"]
        answer.found += [f"開いている: {_camera(one)} {'、'.join(open_ones)}"] if open_ones else []
    answer.found += [
        f"サポートが終わった: {one['manufacturer']} {one['model']}"
        for one in bundle.rows("devices")
        if one["state"] != "out" and one["support_until"] and _day(one["support_until"]) < bundle.today
    ]
    return answer


def requests(bundle: Bundle) -> Answer:
    """Who asked, what was refused, were papers verified, and was nothing wider shown than was decided?"""
    cases = [one for one in bundle.rows("cases") if bundle.begin <= one["received"]]
    answer = Answer([f"受け付けた案件 {len(cases)}件"], nothing=not cases)
    counted = Counter(one["basis"] for one in cases)
    answer.told += [
        f"{bundle.said['bases'].get(basis, basis)} {number}件" for basis, number in sorted(counted.items())
    ]
    steps = list(bundle.rows("case-steps"))
    refused = {one["case.number"] for one in steps if one["after"] == "refused"}
    answer.told.append(f"断った案件 {len(refused)}件")
    verified = {one["case.number"] for one in steps if one["act"] == "verify"}
    granted = {one["case.number"] for one in steps if one["act"] == "grant"}
    answer.found += [
        f"文書を確かめずに認めた案件: {one['number']}"
        for one in cases
        if one["kind"] == "investigators" and one["number"] in granted - verified
    ]
    allowed = {one["id"]: one for one in bundle.rows("approvals")}
    for one in bundle.rows("permissions"):
        approval = allowed.get(one["approval.id"])
        if approval and not approval["start"] <= one["start"] < one["end"] <= approval["end"]:
            answer.found.append(f"決定より広い閲覧: 案件{one['case_text']} {one['created']}")
    wrong = Counter(one["verdict"] for one in bundle.rows("key-releases") if one["verdict"] not in ("", "ok"))
    answer.found += [f"許可と合わない鍵の放出({code}) {number}件" for code, number in wrong.items()]
    return answer


def returned(bundle: Bundle) -> Answer:
    """Has everybody who received a copy returned or erased it in time?"""
    out = [one for one in bundle.rows("cases") if one["state"] in ("handed", "receipted")]
    answer = Answer([f"渡したままの案件 {len(out)}件"], nothing=not out)
    for one in out:
        answer.told.append(f"案件{one['number']}: 期限 {one['return_by'] or 'なし'}")
        if not one["return_by"] or _day(one["return_by"]) < bundle.today:
            answer.found.append(f"返却・消去の期限を過ぎた: 案件{one['number']}({one['return_by']})")
    count = sum(1 for _one in bundle.rows("onlookers"))
    answer.told.append(f"条件を承諾して同席した人 {count}人")
    answer.nothing = answer.nothing and not count
    return answer


def complaints(bundle: Bundle) -> Answer:
    """Were questions answered and leaks reported in time?"""
    rows, answer = _standing(bundle.rows("register-complaints")), Answer()
    steps: dict[int, list[Row]] = {}
    for one in bundle.rows("register-complaint-steps"):
        steps.setdefault(one["number"], []).append(one)
    limit = timedelta(days=bundle.periods["COMPLAINT_ANSWER_DAYS"])
    for one in rows:
        mine = {step["kind"]: _day(step["done_on"]) for step in steps.get(one["number"], [])}
        received, done = bundle.day(one["received_at"]), mine.get("answered") or mine.get("closed")
        answer.told.append(f"{received} {one['content'][:40]}: 回答 {done or 'まだ'}")
        if (done or bundle.today) - received > limit:
            answer.found.append(f"{limit.days}日以内に答えていない: {received} {one['content'][:40]}")
    reports: dict[int, list[Row]] = {}
    for one in bundle.rows("register-incident-steps"):
        reports.setdefault(one["number"], []).append(one)
    incidents = _standing(bundle.rows("register-incidents"))
    limit = timedelta(days=bundle.periods["LEAK_FIRST_REPORT_DAYS"])
    for one in incidents:
        known = bundle.day(one["aware_at"])
        sent = [_day(step["done_on"]) for step in reports.get(one["number"], []) if step["kind"] == "prompt"]
        answer.told.append(f"漏えい等 認知 {known}、速報 {min(sent) if sent else 'まだ'}")
        if one["trigger"] != "none" and (min(sent, default=bundle.today) - known) > limit:
            answer.found.append(f"速報が{limit.days}日より遅い: 認知 {known}")
    answer.nothing = not rows and not incidents
    return answer


def upkeep(bundle: Bundle) -> Answer:
    """Was it looked after: days without footage, rounds, explanations, contractors?"""
    names, answer = {one["id"]: _camera(one) for one in bundle.rows("cameras")}, Answer()
    expected, covered = Counter(), Counter()  # type: ignore[var-annotated]
    for one in bundle.rows("days"):
        expected[one["camera"]] += one["expected_ms"]
        covered[one["camera"]] += one["covered_ms"]
        if one["expected_ms"] and not one["covered_ms"]:
            answer.found.append(f"録画のない日: {names.get(one['camera'], one['camera'])} {one['day']}")
    answer.told += [
        f"{names.get(camera, camera)}: 録画 {100 * covered[camera] / whole:.1f} %"
        for camera, whole in expected.items()
        if whole
    ]
    rounds = [one["done_on"] for one in _standing(bundle.rows("register-rounds"))]
    answer.told.append(f"点検 {len(rounds)}回、最後 {max(rounds, default='なし')}")
    oldest = bundle.today - timedelta(days=bundle.periods["WALK_ROUND_DAYS"] + bundle.periods["WARNING_DAYS"])
    begun = min((bundle.day(one["created"]) for one in bundle.cameras()), default=bundle.today)
    if max([_day(one) for one in rounds] + [begun]) < oldest:
        answer.found.append("見回り点検が6か月より古い")
    explained = {one["camera.id"] for one in _standing(bundle.rows("register-explanations"))}
    limit = timedelta(days=bundle.periods["EXPLANATION_DAYS"])
    answer.found += [
        f"施工・販売業者の説明がない: {_camera(one)}"
        for one in bundle.cameras()
        if one["id"] not in explained and bundle.today - bundle.day(one["created"]) > limit
    ]
    for table in bundle.tables_of("T11"):
        answer.told.append(f"委託の登録({table}) {sum(1 for _one in bundle.rows(table))}件")
    waiting = sum(not one["acknowledged"] for one in bundle.rows("alarms"))
    answer.found += [f"確認されていない警報 {waiting}件"] if waiting else []
    return answer


def regulations(bundle: Bundle) -> Answer:
    """Are there regulations, does what runs agree with them, and is the record proved outside?"""
    rows, answer = sorted(bundle.rows("regulations"), key=lambda one: one["version"]), Answer()
    if not rows:
        answer.found.append("管理・運用規程がない")
    for one in rows:
        answer.told.append(
            f"規程 第{one['version']}版 {one['adopted_on']} {one['approved_by']} {one['sha256'][:16]}…"
        )
    answer.found += [f"規程と設定が違う: {one}" for one in bundle.said["drift"]]
    if rows and not bundle.said["drift"]:
        answer.told.append("規程に印刷されたハッシュと、いまの設定のハッシュは同じ")
    left = list(bundle.rows("checkpoints-left"))
    if not left:
        answer.found.append("記録の確認点が一度も外に残されていない")
    else:
        last = max(left, key=lambda one: one["at"])
        answer.told.append(f"最後に外に残した確認点 {bundle.day(last['at'])}({last['size']}件まで)")
    answer.told.append(f"記録 {bundle.said['entries']}件")
    return answer


QUESTIONS = tuple(
    Question(number, *told)
    for number, told in enumerate(
        (
            (
                "P3 P4 T2a",
                "設置者はだれで、カメラは何台どこにあり、判断のない機器はありませんか。",
                "Who installs which cameras where; is any device undecided?",
                ("body", "cameras", "devices"),
                scope,
            ),
            (
                "P1",
                "カメラごとに、撮り始める前に人権への影響を検討し、見直していますか。",
                "Was each camera's effect on privacy weighed before it filmed, and reviewed?",
                ("register-assessments", "cameras"),
                assessed,
            ),
            (
                "P2",
                "指針と違うことをしているなら、理由と承認と期限がありますか。",
                "Are deviations reasoned, approved and limited?",
                ("deviations",),
                deviations,
            ),
            (
                "T1",
                "見るたびに、目的と案件がありますか。目的のない閲覧はありませんか。",
                "Does each look have a purpose and a case?",
                ("permissions", "cases"),
                purposes,
            ),
            (
                "T2b T1",
                "カメラごとの目的と、承認された撮影範囲は何ですか。",
                "What is each camera for, and what range was approved?",
                ("ranges", "purposes"),
                ranges,
            ),
            (
                "T3",
                "表示はどこにありますか。写真は新しいですか。",
                "Where are the signs; are their photos recent?",
                ("signs",),
                signs,
            ),
            (
                "T4a",
                "管理責任者のいない間はありませんでしたか。",
                "Was there ever no manager?",
                ("appointments",),
                managers,
            ),
            (
                "T4b",
                "指定されていない人が見たことはありませんか。",
                "Did anybody look who was not appointed?",
                ("permissions", "appointments"),
                operators,
            ),
            (
                "T5 T8a",
                "見た人は、そのとき有効な誓約と研修がありましたか。",
                "Had whoever looked a pledge and a training?",
                ("pledges", "trainings", "permissions"),
                promised,
            ),
            (
                "T6a",
                "写しは何件で、記録と登録簿の件数は同じですか。",
                "Do record and register count the same copies?",
                ("packages", "copies", "approvals"),
                exports,
            ),
            (
                "T6b T6c",
                "部屋の施錠、鍵、記録媒体は確かめていますか。",
                "Are locks, keys and media looked after?",
                ("register-rooms", "register-keys", "media", "media-acts"),
                locked,
            ),
            (
                "T6d",
                "保管期間は何日で、最も古い録画はいつで、期日を過ぎたものはありませんか。",
                "How long is footage kept; is any past its day?",
                ("keeping", "footage", "holds"),
                kept,
            ),
            (
                "T6e",
                "期日どおり、復元できないように消去していますか。",
                "Was everything erased in time?",
                ("certificates",),
                erased,
            ),
            (
                "T6f",
                "画像を見たPCは、そのとき点検されていましたか。",
                "Were the PCs checked?",
                ("looks", "permissions", "register-pcs", "register-pc-checks"),
                pcs,
            ),
            (
                "T6g",
                "カメラのパスワードと接続は安全ですか。サポートは続いていますか。",
                "Are passwords and connections safe?",
                ("cameras", "device-checks", "devices"),
                passwords,
            ),
            (
                "T7",
                "だれから求めがあり、何を断り、決定の範囲を超えて見せていませんか。",
                "Who asked, what was refused, was the decision kept to?",
                ("cases", "case-steps", "approvals", "permissions", "key-releases"),
                requests,
            ),
            (
                "T8b",
                "渡した写しは、期限までに返却・消去されましたか。",
                "Were copies returned or erased?",
                ("cases", "onlookers"),
                returned,
            ),
            (
                "T9 T10",
                "苦情には期限までに答え、漏えい等は期限までに報告しましたか。",
                "Were complaints answered and leaks reported in time?",
                (
                    "register-complaints",
                    "register-complaint-steps",
                    "register-incidents",
                    "register-incident-steps",
                ),
                complaints,
            ),
            (
                "T11 T12 T13",
                "録画の欠けた日、点検、施工・販売業者の説明、委託はどうなっていますか。",
                "Days without footage, rounds, explanations, contractors?",
                ("days", "gaps", "register-rounds", "register-explanations", "alarms"),
                upkeep,
            ),
            (
                "T14",
                "管理・運用規程は動いている設定と同じですか。記録の確認点は外にありますか。",
                "Do the regulations agree with what runs; is the record proved outside?",
                ("regulations", "checkpoints-left"),
                regulations,
            ),
        ),
        start=1,
    )
)


def main(arguments: list[str]) -> int:
    """The command line. Ends with 0 whatever the answers are, with 2 where the bundle cannot be read."""
    if not 1 <= len(arguments) <= 2:
        print(__doc__)
        return 2
    path = Path(arguments[0])
    wanted = {int(arguments[1])} if len(arguments) == 2 else {one.number for one in QUESTIONS}
    try:
        bundle = Bundle(path if path.is_dir() else zipfile.ZipFile(path))
        for one in QUESTIONS:
            if one.number in wanted:
                answer = one.answer(bundle)
                print(
                    f"{one.number}. [{one.clauses}] {one.text}\n   {one.english}\n   → {SAID[answer.verdict]}"
                )
                print("".join(f"     {line}\n" for line in answer.lines()))
    except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
        print(f"読めません: {error!r}")
        return 2
    print("この束が手を加えられていないことは verify.py で確かめます。")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
