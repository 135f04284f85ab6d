"""What happened is read out of an auditor's bundle by a program that knows nothing of ours."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from django.db import transaction

from kuramori.access import approving
from kuramori.cases import intake
from kuramori.cases.bases import BASES
from kuramori.cases.case_models import Case
from kuramori.clock import NS_PER_S
from kuramori.ledger import entries
from tests.audit.conftest import Scene
from tests.audit.test_bundle import made, stand_alone

pytestmark = pytest.mark.django_db
HOUR_NS = 3600 * NS_PER_S


def _case(scene: Scene, summary: str) -> Case:
    now_ns = scene.now.wall_ns()
    wanted = [(scene.body.camera, now_ns - HOUR_NS, now_ns - HOUR_NS // 2)]
    said = {"asker_name": "山田 太郎", "summary": summary, "need": "確かめるため"}
    case = intake.take_in(scene.body.manager, "inquiry", wanted, **said)
    scene.now.advance_s(60)
    return case


def _permitted(scene: Scene, case: Case) -> None:
    """Approved by the act that the page uses; a look as `granting` tells of one: its end names no case."""
    scope, by = case.scopes.get(), scene.body.manager
    with transaction.atomic():
        approving.approve(
            by,
            scene.body.camera,
            scope.asked_start_ns,
            scope.asked_end_ns,
            case_number=case.number,
            purpose_code=BASES[case.basis].purpose,
            reason="必要な時間だけ",
        )
        look = {"grant": "a" * 32, "camera": scene.body.camera.id}
        said = {"case": case.number, "viewer": by.actor}
        entries.record("playback-granted", actor=by.actor, obj=look, outcome="allowed", detail=said)
        entries.record("playback-ended", actor=by.actor, obj=look)
        other = {"grant": "b" * 32, "camera": scene.body.camera.id}
        entries.record("playback-ended", actor=by.actor, obj=other, reason="ほかの案件")


def test_everything_of_the_period_is_told_in_words(scene: Scene, tmp_path: Path) -> None:
    path = made(tmp_path)
    said = stand_alone("tell.py", path)
    assert said.returncode == 0, said.stderr
    lines = said.stdout.splitlines()
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
        told = [json.loads(line) for line in archive.read("record/ledger.jsonl").splitlines()[1:]]
    texts = [json.loads(one["text"]) for one in told if "text" in one]
    within = [one for one in texts if manifest["begin"] <= one["at"] < manifest["end"]]
    assert len(within) > 10
    assert len(lines) == len(within) + 1 and lines[-1].startswith(f"{len(within)}件")
    for entry, line in zip(within, lines, strict=False):
        assert f"#{entry['seq'] + 1} " in line
        assert entry["act"] not in line.split(), f"no words for {entry['act']}"
        assert "account:" not in line
    assert scene.body.manager.full_name in said.stdout


def test_one_case_is_told_whole_and_alone(scene: Scene, tmp_path: Path) -> None:
    first, second = _case(scene, "自転車が盗まれた"), _case(scene, "窓が割られた")
    _permitted(scene, first)
    path = made(tmp_path)
    listed = stand_alone("tell.py", path, "--cases").stdout
    assert "自転車が盗まれた" in listed and "窓が割られた" in listed
    told = stand_alone("tell.py", path, first.number)
    assert told.returncode == 0, told.stdout + told.stderr
    with zipfile.ZipFile(path) as archive:
        words = json.loads(archive.read("words.json"))["acts"]
    for act in ("case-received", "footage-approved", "playback-granted", "playback-ended"):
        assert words[act] in told.stdout, act
    assert "account:" not in told.stdout
    assert "ほかの案件" not in told.stdout and second.number not in told.stdout
    assert stand_alone("tell.py", path, "2020-0001").returncode == 2


def test_an_opened_bundle_tells_the_same_and_a_broken_one_says_so(scene: Scene, tmp_path: Path) -> None:
    path = made(tmp_path)
    with zipfile.ZipFile(path) as archive:
        archive.extractall(tmp_path / "opened")
    whole = stand_alone("tell.py", path).stdout
    opened = (tmp_path / "opened").rename(tmp_path / "audit.d")
    said = path.rename(tmp_path / "kept.zip")
    assert stand_alone("tell.py", said).stdout == whole
    (opened / "words.json").unlink()
    broken = tmp_path / "kept.zip"
    broken.write_bytes(broken.read_bytes()[: len(broken.read_bytes()) // 2])
    from kuramori.audit import tell

    assert tell.main([str(broken)]) == 2
    assert tell.main([str(opened)]) == 2


def test_what_was_typed_tells_of_no_entry_that_is_none(scene: Scene, tmp_path: Path) -> None:
    false = "x\n2026-11-25 10:00:00  #1  佐藤  鍵を渡した\x1b[2J\u202e"
    _permitted(scene, _case(scene, false))
    entries.record_now("counted", actor=scene.body.manager.actor, reason=false)
    path = made(tmp_path)
    for more in ((), ("2026-0001",), ("--cases",)):
        said = stand_alone("tell.py", path, *more).stdout
        assert not [line for line in said.splitlines() if line.endswith("鍵を渡した")], more
        assert not set("\x1b\u202e") & set(said)
    assert "x\\n2026-11-25" in stand_alone("tell.py", path, "--cases").stdout
