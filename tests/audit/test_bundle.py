"""One file for an auditor: whole without this program, without a secret or picture, and hard to lie with."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import reverse

from kuramori import clock
from kuramori.access import approving, grant_check, viewings
from kuramori.access.models import Grant, KeyHolder, KeyWrap, Viewing
from kuramori.audit import bundling, jobs
from kuramori.audit.period import Period
from kuramori.evidence import manifest, signing
from kuramori.guideline import judging
from kuramori.guideline.registry import CLAUSES
from kuramori.health.models import CameraDay
from kuramori.ledger import checkpoints, entries, verify_ledger
from kuramori.ledger.models import CheckpointLeft, Entry
from kuramori.ledger.verify_ledger import Wrong
from kuramori.people.models import Account
from kuramori.places.models import Sign
from kuramori.public import figures
from tests.audit.body import period, photo
from tests.audit.conftest import Scene
from tests.cases.rig import browser
from tests.guideline import entering
from tests.guideline.set_up import PASSWORD, today
from tests.paper.test_papers import text_of

pytestmark = pytest.mark.django_db


def made(folder: Path) -> Path:
    path = folder / "audit.zip"
    path.write_bytes(bundling.bundle(period(), "佐藤 花子")[0])
    return path


def stand_alone(program: str, path: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """As an auditor runs it: the program out of the file itself, in a Python that knows nothing of ours."""
    with zipfile.ZipFile(path) as archive:
        archive.extract(program, path.parent)
    argv = [sys.executable, "-I", "-S", str(path.parent / program), str(path), *more]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def refused(path: Path, words: str) -> None:
    with pytest.raises(Wrong, match=words):
        verify_ledger.verify_audit(path)


def rewritten(path: Path, changes: dict[str, Any], *, sign: bool = True) -> Path:
    """Files changed (or left out: None) by somebody who holds the signing key and makes good the rest."""
    with zipfile.ZipFile(path) as archive:
        held = {name: archive.read(name) for name in archive.namelist()}
    for name, change in changes.items():
        after = change(held[name]) if name in held and callable(change) else change
        held = {**held, name: after} if after is not None else {k: v for k, v in held.items() if k != name}
    if sign:
        held["manifest.json.p7s"] = signing.sign(held["manifest.json"])
        digests = {
            name: hashlib.sha256(data).hexdigest() for name, data in held.items() if "SUMS" not in name
        }
        held["SHA256SUMS"] = manifest.sums(digests)
        held["SHA256SUMS.p7s"] = signing.sign(held["SHA256SUMS"])
    out = path.with_name("changed.zip")
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in held.items():
            archive.writestr(name, data)
    return out


def test_it_is_whole_and_answers_without_this_program(scene: Scene, tmp_path: Path) -> None:
    path = made(tmp_path)
    key, signer = checkpoints.signer().verifier_key, signing.fingerprint()
    said = stand_alone("verify.py", path, "--signer", signer, "--key", key)
    assert said.returncode == 0, said.stdout + said.stderr
    assert said.stdout.rstrip().endswith("WHOLE")
    assert "1 rows of permissions are those of the record" in said.stdout
    assert "1 rows of register-rooms are those of the record" in said.stdout
    assert stand_alone("verify.py", path, "--signer", "00" * 32).returncode == 1
    answers = stand_alone("ask.py", path)
    assert answers.returncode == 0, answers.stderr
    assert len(re.findall(r"^\d+\. \[", answers.stdout, re.MULTILINE)) == 20
    one = stand_alone("ask.py", path, "12").stdout
    assert "14日" in one and "13. [" not in one
    opened = tmp_path / "opened"
    with zipfile.ZipFile(path) as archive:
        archive.extractall(opened)
        index = archive.read("index.html").decode()
    verify_ledger.verify_audit(opened)
    assert stand_alone("ask.py", path).stdout.count("→ ") == index.count('class="mark"') == 20
    for href in re.findall(r'href="([^"]+)"', index):
        assert (opened / href).exists(), href


def test_altered_added_left_out_or_signed_by_another(scene: Scene, tmp_path: Path) -> None:
    path = made(tmp_path)
    room = "tables/register-rooms.jsonl"
    louder = lambda text: text.replace("シリンダー錠".encode(), "金庫".encode())  # noqa: E731
    refused(rewritten(path, {room: louder}, sign=False), "altered")
    refused(rewritten(path, {"more.txt": b"x"}, sign=False), "not of this bundle")
    refused(rewritten(path, {room: None}, sign=False), "missing")
    lines = lambda text: b"".join(text.splitlines(keepends=True)[:1])  # noqa: E731
    refused(rewritten(path, {room: lines}), r"register-rooms \d+ is in the record, and not in its table")
    refused(rewritten(path, {"tables/permissions.jsonl": lines}), "permissions .* is in the record")
    terms = lambda text: text.replace(b"14", b"31")  # noqa: E731
    refused(rewritten(path, {"papers/regulations-1.json": terms}), "settings of regulations 1")
    paper = lambda text: text + b"\n"  # noqa: E731
    refused(rewritten(path, {"papers/regulations-1.pdf": paper}), "paper of regulations 1")
    double = rewritten(path, {})
    with zipfile.ZipFile(double, "a") as archive, pytest.warns(UserWarning):
        archive.writestr("index.html", "もう一つ")
    refused(double, "same name")


def test_a_row_that_was_slipped_in_or_taken_away_is_seen(scene: Scene, tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE access_grant SET id = %s", ["f" * 32])
    refused(made(tmp_path), "permissions .* is in the record, and not in its table")
    with connection.cursor() as cursor:
        old = json.loads(Entry.objects.get(act="live-look").text)["object"]["grant"]
        cursor.execute("UPDATE access_grant SET id = %s", [old])
        cursor.execute("UPDATE places_room SET id = 99")
    refused(made(tmp_path), r"register-rooms \d+ is in the record, and not in its table")


def _looked_at(scene: Scene) -> Viewing:
    """A look of a case with an officer and a witness at the screen."""
    body, now_ns = scene.body, scene.now.wall_ns()
    with transaction.atomic():
        approval = approving.approve(
            body.manager, body.camera, now_ns - 10**12, now_ns - 10**11, case_number="2026-0001",
            purpose_code="authority", reason="捜査",
        )  # fmt: skip
        grant = Grant.objects.create(
            id="e" * 32, kind="playback", account=body.manager, granted_by=body.manager, camera=body.camera,
            start_ns=approval.start_ns, end_ns=approval.end_ns, purpose_code="authority", reason="捜査",
            approval=approval, case_text="2026-0001", created_ns=now_ns, expires_at_ns=now_ns + 10**12,
        )  # fmt: skip
        look = {"grant": grant.id, "camera": grant.camera_id}
        entries.record("playback-granted", actor=body.manager.actor, obj=look, outcome="allowed")
    officer = viewings.Present("asker", "山田 巡査", "警察手帳 12345", "paper", "鳥取警察署")
    witness = viewings.Present("witness", "田中", "運転免許証", "screen")
    viewing = viewings.begin(grant, body.manager, "console", [officer, witness])
    scene.now.advance_s(120)
    return viewing


def test_who_was_at_the_screen_cannot_be_taken_out_added_or_renamed(
    scene: Scene, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By somebody who changes the database, or the bundle with the signing key."""
    monkeypatch.setattr(grant_check, "require_playback", lambda *_said: None)
    viewing = _looked_at(scene)
    path = made(tmp_path)
    report = verify_ledger.verify_audit(path)
    assert "1 looks are those of the record, with everybody at the screen" in report
    table, looks = "tables/onlookers.jsonl", "tables/looks.jsonl"
    none = lambda text: b"".join(text.splitlines(keepends=True)[:-1])  # noqa: E731
    renamed = lambda text: text.replace("山田 巡査".encode(), "山田".encode())  # noqa: E731
    twice = lambda text: text + text.splitlines(keepends=True)[-1]  # noqa: E731
    for change in (none, renamed, twice):
        refused(rewritten(path, {table: change}), "who was at the screen")
    refused(rewritten(path, {looks: none}), "look 1 by permission e+ is in the record, and not")
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM access_onlooker WHERE role = 'asker'")
    refused(made(tmp_path), "who was at the screen at look 1")
    Viewing.objects.filter(pk=viewing.pk).update(number=2)
    refused(made(tmp_path), "look 1 by permission e+ is in the record, and not in its table")


def test_words_of_the_period_cannot_be_left_out(scene: Scene, tmp_path: Path) -> None:
    path = made(tmp_path)
    seq = Entry.objects.get(act="live-look").seq

    def silent(text: bytes) -> bytes:
        told = [json.loads(line) for line in text.decode().splitlines()]
        for line in told:
            if line.get("seq") == seq:
                del line["salt"], line["text"]
        return "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in told).encode()

    refused(rewritten(path, {"record/ledger.jsonl": silent}), f"entry {seq} lies in the period")


def test_a_record_written_anew_does_not_fit_what_is_outside(scene: Scene, tmp_path: Path) -> None:
    note = checkpoints.signer().checkpoint(3, b"\x01" * 32)
    row = CheckpointLeft.objects.get()
    CheckpointLeft.objects.create(size=3, note=note, way="mail", at_ns=row.at_ns)
    refused(made(tmp_path), "the first 3 entries are not those of the checkpoint")


def test_what_lies_outside_the_period_comes_without_words(scene: Scene, tmp_path: Path) -> None:
    body = scene.body
    before = Entry.objects.count()
    scene.now.advance_s(40 * 86_400)
    entering.walk_round(entering.browser(body.manager), body)
    path = tmp_path / "audit.zip"
    path.write_bytes(bundling.bundle(Period(today(), today()), "佐藤 花子")[0])
    verify_ledger.verify_audit(path)
    with zipfile.ZipFile(path) as archive:
        told = [json.loads(line) for line in archive.read("record/ledger.jsonl").splitlines()[1:]]
    assert len(told) > before
    assert not any("text" in line for line in told[: before - 1])
    assert all("text" in line for line in told[before:])


def secrets_of(scene: Scene) -> dict[str, bytes]:
    """What nobody may find: what people hold, what the database keeps hashed or locked, key files."""
    found = {"password": PASSWORD.encode(), "photo": photo()[:200]}
    for number, phrase in enumerate(scene.passphrases):
        found[f"passphrase {number}"] = phrase.encode()
    for path in (scene.data / "keys").iterdir():
        content = path.read_bytes()
        found[path.name] = content if len(content) < 200 else content[40:160]
        if path.suffix == ".key":
            found[f"{path.name} hex"], found[f"{path.name} base64"] = (
                content.hex().encode(),
                base64.b64encode(content),
            )
    for account in Account.objects.all():
        found[f"hash {account.pk}"] = account.password.encode()
    for holder in KeyHolder.objects.all():
        found |= {f"locked {holder.pk} {key}": str(value).encode() for key, value in holder.locked.items()
                  if len(str(value)) > 15}  # fmt: skip
    found |= {f"wrap {one.pk}": one.sealed.encode() for one in KeyWrap.objects.all()}
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator UNION SELECT session_key FROM django_session")
        for number, (value,) in enumerate(cursor.fetchall()):
            found |= {
                f"factor {number} {part[:4]}": part.encode() for part in re.findall(r"[\w$./+=-]{16,}", value)
            }
    found["address of the camera"] = b"rtsp://"
    return {name: value for name, value in found.items() if value}


def test_no_secret_and_no_picture_is_in_it(scene: Scene, tmp_path: Path) -> None:
    signing.pair()  # made at first use
    secrets = secrets_of(scene)
    assert len(scene.passphrases) == 2 and {"ledger.key", "evidence.pem"} <= set(secrets)
    assert len(secrets) > 12
    assert Sign.objects.get().photo_jpeg
    with zipfile.ZipFile(made(tmp_path)) as archive:
        for name in archive.namelist():
            content = archive.read(name)
            for which, secret in secrets.items():
                assert secret not in content, (name, which)
            assert not content.startswith((b"\xff\xd8\xff", b"\x89PNG", b"RIFF")), name
            assert b"\xff\xd8\xff\xe0" not in content and b"JFIF" not in content, name
            assert b"PRIVATE KEY" not in content, name


def test_the_page_makes_it_shows_the_answers_and_hands_it_out(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = scene.body
    monkeypatch.setattr(jobs.threading, "Thread", _AtOnce)
    monkeypatch.setattr(jobs.connection, "close", lambda: None)
    jobs._jobs.clear()
    client = browser(body.manager)
    begins = client.get(reverse("audit"))
    assert begins.status_code == 200 and client.post(reverse("audit_bundle")).status_code == 302
    days = {"first": period().first, "last": period().last}
    assert client.post(reverse("audit"), days | {"last": "2040-01-01"}).status_code == 422
    assert client.post(reverse("audit"), days).status_code == 302
    assert client.get(reverse("audit_progress")).json() == {"state": "ready", "percent": 95}
    page = client.get(reverse("audit")).content.decode()
    assert page.count("<details") >= 20 and 'id="q20"' in page and "許可 1件" in page
    answer = client.post(reverse("audit_bundle"))
    assert zipfile.ZipFile(io.BytesIO(answer.content)).testzip() is None
    digest = hashlib.sha256(answer.content).hexdigest()
    assert digest in page
    told = [json.loads(one.text) for one in Entry.objects.filter(act__startswith="audit-").order_by("seq")]
    assert [one["act"] for one in told] == ["audit-bundle-begun", "audit-bundle-made", "audit-bundle-taken"]
    assert told[1]["detail"]["sha256"] == told[2]["detail"]["sha256"] == digest
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert "audit-bundle-begun" in archive.read("record/ledger.jsonl").decode()
    scene.now.advance_s(3601)
    assert jobs.current() is None
    assert client.post(reverse("audit_drop")).status_code == 302


def test_only_a_manager_asks_for_it(scene: Scene) -> None:
    stranger = browser(Account.objects.create_user("tanuki", full_name="狸 五郎"))
    for name in ("audit", "audit_progress"):
        assert stranger.get(reverse(name)).status_code in (302, 403)
    for name in ("audit", "audit_bundle", "audit_drop"):
        assert stranger.post(reverse(name)).status_code in (302, 403)
    assert not Entry.objects.filter(act__startswith="audit-").exists()


class _AtOnce:
    """A thread that is over before it has begun."""

    def __init__(self, *, target: Any, args: tuple[Any, ...], **_more: Any) -> None:
        self._run = lambda: target(*args)

    def start(self) -> None:
        self._run()


def test_the_period_begins_and_ends_at_midnight_where_the_body_is() -> None:
    days = Period(today(), today())
    assert days.end_ns - days.begin_ns == 86_400 * clock.NS_PER_S


def test_the_papers_of_the_year_say_what_the_rows_say(scene: Scene, tmp_path: Path) -> None:
    camera = str(scene.body.camera)
    CameraDay.objects.create(
        camera=scene.body.camera.pk, day=today(), expected_ms=1000, covered_ms=250, clock_error_ms=1500
    )
    client = browser(scene.body.manager)
    year = figures.year_of(today())
    answer = client.get(reverse("audit_annual", args=[year]))
    (tmp_path / "annual.pdf").write_bytes(answer.content)
    said = plain(answer.content)
    for words in ("倉吉商店会", "".join(camera.split()), "14日", "25.0%", "1.5秒", "佐藤花子", "F17"):
        assert words in said, words
    looks = {label: number for label, _english, number in figures.of(year).rows}
    assert f"閲覧の許可(作動確認を含む){looks['閲覧の許可(作動確認を含む)']}" in said
    assert client.get(reverse("audit_annual", args=[1999])).status_code == 404
    sheet = client.get(reverse("audit_inspection"))
    (tmp_path / "sheet.pdf").write_bytes(sheet.content)
    told = plain(sheet.content)
    assert all(clause in told for clause in CLAUSES) and "よい" in told and "F26" in told
    Sign.objects.update(removed_ns=clock.now_ns() - 1)
    judging.judge_all(actor="program:work")
    assert "欠けている" in plain(client.get(reverse("audit_inspection")).content)


def plain(pdf: bytes) -> str:
    """The words of a paper without spaces and places to break."""
    return "".join(text_of(pdf).replace("\u200b", "").split())
