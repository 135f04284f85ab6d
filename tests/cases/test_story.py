"""A case from the letter to its end, through the real pages."""

from __future__ import annotations

import json
from datetime import date
from typing import TYPE_CHECKING

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from kuramori.access import granting, storehouse_session
from kuramori.access.models import Approval, Grant
from kuramori.cases import following, forgetting, signed_papers
from kuramori.cases.case_models import Case, Scope
from kuramori.clock import NS_PER_S
from kuramori.errors import Refusal
from kuramori.evidence.models import PACKED, Package, PackageCopy
from kuramori.footage.models import Finding, Order
from kuramori.guideline import judging, standing
from kuramori.guideline.ageing import WARNING_NS
from kuramori.guideline.reading_registers import end_ns
from kuramori.ledger.models import Entry
from kuramori.paper import scans
from kuramori.places.models import Body
from kuramori.policy import emergency, gates
from kuramori.policy.deviation_models import Deviation
from tests.audit.body import photo
from tests.cases.rig import PAPERS, browser, letter, local
from tests.footage.index_rows import footage
from tests.footage.world import judge

if TYPE_CHECKING:
    from django.test import Client

    from kuramori.clock import ManualClock
    from tests.footage.world import World

pytestmark = pytest.mark.django_db
MINUTE_NS = 60 * NS_PER_S


@pytest.fixture(autouse=True)
def no_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """The watch is a thread with a database connection of its own: it has tests of its own."""
    monkeypatch.setattr("kuramori.access.auto_lock.ensure_running", lambda: None)


def taken_in(page: Client, world: World, start_ns: int, **changed: str) -> Case:
    assert page.post("/cases/new/", letter(world, start_ns, **changed)).status_code == 302
    return Case.objects.latest("pk")


def do(page: Client, case: Case, act: str, said: dict[str, object] | None = None) -> int:
    status: int = page.post(f"/cases/{case.number}/do/{act}/", said or {}).status_code
    case.refresh_from_db()
    return status


def written(package: Package, at_ns: int) -> None:
    """As after packing and one whole writing (`tests/evidence` does both for real)."""
    Package.objects.filter(pk=package.pk).update(state=PACKED, manifest_sha256="a" * 64, packed_ns=at_ns)
    PackageCopy.objects.create(
        package=package, form="zip", began_ns=at_ns, ended_ns=at_ns, sha256="b" * 64, made_by=package.made_by
    )


def yes(case: Case, start_ns: int, minutes: int = 10) -> dict[str, object]:
    """The decision form with its first scope cut down."""
    scope = case.scopes.get()
    return {
        "words": "この時間で足りる", "viewings": "2",
        f"c{scope.pk}-allowed": "on",
        f"c{scope.pk}-start": local(start_ns),
        f"c{scope.pk}-end": local(start_ns + minutes * MINUTE_NS),
    }  # fmt: skip


def test_a_letter_becomes_a_case_its_footage_is_kept_and_only_the_cut_is_seen(
    world: World, now: ManualClock
) -> None:
    start_ns, _ = footage(world, now)
    clerk, manager = browser(world.operator), browser(world.manager)
    case = taken_in(clerk, world, start_ns)
    assert case.number == "2026-0001"
    assert Order.objects.filter(kind="hold").count() == 1, "kept at once, also when a clerk takes it in"
    assert do(clerk, case, "verify", {**PAPERS, "original_seen": ""}) == 422
    assert do(manager, case, "grant", yes(case, start_ns)) == 403, "papers first"
    assert do(clerk, case, "verify", PAPERS) == 302
    assert do(clerk, case, "grant", yes(case, start_ns)) == 403, "the manager decides"
    assert do(manager, case, "grant", yes(case, start_ns - MINUTE_NS)) == 403, "never wider than asked"
    assert Scope.objects.get().start_ns is None and not Approval.objects.exists()
    assert do(manager, case, "grant", yes(case, start_ns + MINUTE_NS)) == 302
    approval = Approval.objects.get()
    assert (approval.start_ns, approval.end_ns) == (start_ns + MINUTE_NS, start_ns + 11 * MINUTE_NS)
    assert (approval.asked_by, approval.witness, approval.may_copy) == (None, True, False)
    storehouse_session.unlock(world.passphrase, world.manager)
    look = f"/cases/{case.number}/let/{approval.id}/"
    assert clerk.post(look, {"viewer": world.operator.pk, "minutes": "60"}).status_code == 403
    answer = manager.post(look, {"viewer": world.manager.pk, "minutes": "60"})
    assert answer["Location"] == f"/playback/{Grant.objects.get().id}/", "outside asks: the manager operates"
    assert manager.post(f"{answer['Location']}begin").status_code == 302
    assert case.number in manager.get("/cases/register/").content.decode()


def test_a_no_is_written_as_fully_as_a_yes_and_ends_what_was_allowed(world: World, now: ManualClock) -> None:
    start_ns, _ = footage(world, now)
    page = browser(world.manager)
    case = taken_in(page, world, start_ns)
    assert do(page, case, "refuse", {"words": ""}) == 422
    assert do(page, case, "refuse", {"words": "原本がない"}) == 302
    entry = json.loads(Entry.objects.get(act="case-refuse").text)
    assert (entry["outcome"], entry["reason"], entry["detail"]["basis"]) == (
        "refused",
        "原本がない",
        "inquiry",
    )
    assert do(page, case, "verify", PAPERS) == 403
    assert do(page, case, "close", {"words": "済"}) == 302
    assert case.state == "closed"


def test_a_permission_taken_back_ends_at_once(world: World, now: ManualClock) -> None:
    start_ns, _ = footage(world, now)
    page = browser(world.manager)
    case = taken_in(page, world, start_ns)
    do(page, case, "verify", PAPERS)
    do(page, case, "grant", yes(case, start_ns))
    assert do(page, case, "revoke", {"words": "照会が取り下げられた"}) == 302
    assert Approval.objects.get().withdrawn_ns == now.wall_ns()


def test_danger_opens_first_two_hours_at_most_and_somebody_else_confirms(
    world: World, now: ManualClock
) -> None:
    start_ns, _ = footage(world, now, 240)
    page = browser(world.manager)
    case = taken_in(page, world, start_ns, basis="danger", **{"s0-end": local(start_ns + 180 * MINUTE_NS)})
    why = {"danger": "行方不明の子ども", "cannot_wait": "夜になる"}
    assert do(page, case, "open", yes(case, start_ns, 121) | why) == 403
    assert do(page, case, "open", yes(case, start_ns, 60)) == 422, "what is in danger has to be said"
    assert do(page, case, "open", yes(case, start_ns, 60) | why) == 302
    assert Approval.objects.get().expires_at_ns == now.wall_ns() + 24 * 60 * MINUTE_NS
    assert do(page, case, "confirm", {"words": "やむを得ない"}) == 403, "not by who opened it"
    assert do(page, case, "confirm", {"words": "x", "second_person": world.manager.full_name}) == 403
    now.advance_s(3 * 24 * 3600 + 1)
    assert following.remind() == 1
    assert do(page, case, "confirm", {"words": "やむを得ない", "second_person": "会計 鈴木"}) == 302
    assert following.remind() == 0
    assert Finding.objects.get(code="emergency-unapproved").cleared_ns is None, "late stays late"


def test_danger_passes_a_sealed_camera_for_a_day_and_no_longer(world: World, now: ManualClock) -> None:
    start_ns, _ = footage(world, now, 60)
    judge(world.camera, "sealed")
    storehouse_session.unlock(world.passphrase, world.manager)
    page = browser(world.manager)
    case = taken_in(page, world, start_ns, basis="danger")
    why = {"danger": "行方不明の子ども", "cannot_wait": "夜になる"}
    assert do(page, case, "open", yes(case, start_ns, 20) | why) == 302
    approval = Approval.objects.get()
    let = {"viewer": world.manager.pk, "minutes": "60"}
    assert page.post(f"/cases/{case.number}/let/{approval.id}/", let).status_code == 302
    assert Grant.objects.count() == 1
    with pytest.raises(Refusal):  # for its case alone: nobody else sees the camera by it, nor live
        granting.grant_live(world.operator, world.camera)
    with pytest.raises(Refusal):
        gates.require_viewable(world.camera.id, world.manager, now.wall_ns(), "2026-9999")
    gates.require_viewable(world.camera.id, world.manager, now.wall_ns(), case.number)
    assert [gate.gate for gate in gates.closed("camera", world.camera.id, now.wall_ns())] == ["sealed"]
    assert do(page, case, "disapprove", {"words": "必要がなかった"}) == 302
    gates_now = [gate.gate for gate in gates.closed("camera", world.camera.id, now.wall_ns())]
    assert gates_now == ["sealed"], "closed again at once"
    assert Deviation.objects.get().ends_ns == now.wall_ns() + 24 * 60 * MINUTE_NS


@pytest.mark.parametrize("gate", ["sealed", "no-view"])
def test_danger_passes_nothing_that_nobody_may_pass(world: World, now: ManualClock, gate: str) -> None:
    judge(world.camera, gate, code="mask-waits")
    assert emergency.pass_gates(world.manager, world.camera.id, "2026-0001", "x") == []


def said_of_returns(at_ns: int) -> set[str]:
    """What stands then about copies that are out."""
    judging.judge_all(at_ns)
    return {one.code for one in standing.missing(at_ns) if one.code.startswith("return-")}


def test_receipt_and_return_are_chased(world: World, now: ManualClock) -> None:
    start_ns, _ = footage(world, now)
    page = browser(world.manager)
    case = taken_in(page, world, start_ns, wants_copy="on")
    do(page, case, "verify", PAPERS)
    do(page, case, "grant", yes(case, start_ns) | {"may_copy": "on"})
    handed = {"medium": "USB-1", "receiver": "山田", "return_by": "2026-12-01"}
    assert do(page, case, "hand-over", handed) == 403, "nothing was packed"
    assert do(page, case, "pack", {"receiver": "山田", "return_by": "2026-12-01"}) == 302
    handed["package"] = Package.objects.get().number
    assert do(page, case, "hand-over", handed) == 422, "chosen, but on no medium yet"
    written(Package.objects.get(), now.wall_ns())
    assert do(page, case, "hand-over", handed | {"package": "EXP-2026-999999"}) == 422
    assert do(page, case, "hand-over", handed) == 302
    assert do(page, case, "hand-over", handed) == 422, "it is out"
    assert do(page, case, "close", {"words": "x"}) == 403, "a copy is out"
    assert following.remind() == 0
    assert said_of_returns(end_ns(date(2026, 12, 1))) == {"return-due"}
    assert said_of_returns(end_ns(date(2026, 12, 1)) + WARNING_NS) == {"return-late"}
    now.advance_s(9 * 24 * 3600)
    assert following.remind() == 2  # receipt after a week, return after its day
    assert following.remind() == 0
    assert do(page, case, "receipt", {"signed_by": "山田", "signed_on": "2026-12-01"}) == 302
    returned = {"how": "消去報告書", "done_on": "2026-12-02", "told_by": "山田"}
    assert do(page, case, "return", returned) == 302
    assert not Finding.objects.filter(cleared_ns=None).exists()
    assert do(page, case, "close", {"words": "済"}) == 302


def test_an_own_case_needs_two_persons_unless_declared_one(world: World, now: ManualClock) -> None:
    start_ns, _ = footage(world, now)
    storehouse_session.unlock(world.passphrase, world.manager)
    page = browser(world.manager)
    said = {"camera": world.camera.id, "start": local(start_ns), "minutes": "10", "reason": "窓が割れた"}
    assert page.post("/cases/own/", said).status_code == 302
    case = Case.objects.get()
    assert case.state == "received" and not Approval.objects.exists()
    assert do(page, case, "grant", yes(case, start_ns)) == 403
    assert do(page, case, "grant", yes(case, start_ns) | {"second_person": "隣の店主"}) == 302
    Body.objects.update(one_person=True)
    answer = page.post("/cases/own/", said)
    assert answer["Location"].startswith("/playback/")
    assert Approval.objects.filter(self_approved=True).count() == 1


def test_many_short_scopes_are_no_way_around_the_hour(world: World, now: ManualClock) -> None:
    from kuramori.cases import deciding, intake
    from kuramori.errors import Refusal

    Body.objects.update(one_person=True)
    start_ns, _ = footage(world, now, 120)
    wanted = [(world.camera, start_ns + part * 50 * MINUTE_NS, start_ns + (part * 50 + 50) * MINUTE_NS)
              for part in range(2)]  # fmt: skip
    said = {"asker_name": "x", "summary": "x", "need": "x"}
    case = intake.take_in(world.manager, "own", wanted, **said)
    cuts = [deciding.Cut(one, one.asked_start_ns, one.asked_end_ns) for one in case.scopes.all()]
    with pytest.raises(Refusal, match="own-request-too-long"):
        deciding.grant(world.manager, case, cuts, words="x")


def test_only_keeping_shows_nobody_anything(world: World, now: ManualClock) -> None:
    start_ns, _ = footage(world, now)
    page = browser(world.manager)
    case = taken_in(page, world, start_ns, basis="keep")
    assert do(page, case, "grant", yes(case, start_ns)) == 403
    assert do(page, case, "keep", {"words": "依頼のため"}) == 302
    assert not Approval.objects.exists()
    page_text = page.get(f"/cases/{case.number}/").content.decode()
    assert "do/close/" in page_text and "do/grant/" not in page_text


def test_a_request_without_a_camera_or_for_tomorrow_is_not_taken_in(world: World, now: ManualClock) -> None:
    page = browser(world.manager)
    start_ns, _ = footage(world, now)
    nothing = {key: value for key, value in letter(world, start_ns).items() if not key.startswith("s0")}
    assert page.post("/cases/new/", nothing).status_code == 422
    assert page.post("/cases/new/", letter(world, now.wall_ns())).status_code == 422
    assert not Case.objects.exists()


def granted_with_a_second_person(world: World, now: ManualClock) -> tuple[Client, Case]:
    """A case of one's own, allowed on the word of somebody who signs by hand."""
    start_ns, _ = footage(world, now)
    page = browser(world.manager)
    said = {"camera": world.camera.id, "start": local(start_ns), "minutes": "10", "reason": "窓が割れた"}
    assert page.post("/cases/own/", said).status_code == 302
    case = Case.objects.get()
    assert do(page, case, "grant", yes(case, start_ns) | {"second_person": "隣の店 田中"}) == 302
    return page, case


def test_the_second_persons_signature_is_asked_for_until_it_is_here(world: World, now: ManualClock) -> None:
    """They have no account: the form they signed is scanned, and what is missing for two weeks is said."""
    page, case = granted_with_a_second_person(world, now)
    address = f"/cases/{case.number}/"
    assert "隣の店 田中 さんが紙に署名しています" in page.get(address).content.decode()
    now.advance_s(13 * 24 * 3600)
    following.remind()
    assert not Finding.objects.filter(code=signed_papers.MISSING).exists()
    now.advance_s(2 * 24 * 3600)
    assert following.remind() >= 1
    assert Finding.objects.filter(code=signed_papers.MISSING, cleared_ns=None).count() == 1
    wrong = SimpleUploadedFile("form.jpg", b"no picture", content_type="image/jpeg")
    answer = page.post(f"{address}scan/", {"scan": wrong}, follow=True)
    assert "JPEG、PNG、WebP" in answer.content.decode() and signed_papers.of(case) == []
    form = SimpleUploadedFile("form.jpg", photo(), content_type="image/jpeg")
    text = page.post(f"{address}scan/", {"scan": form}, follow=True).content.decode()
    (kept,) = signed_papers.of(case)
    assert f"/scans/{kept.pk}/" in text and "さんが紙に署名しています" not in text
    assert not Finding.objects.filter(code=signed_papers.MISSING, cleared_ns=None).exists()
    assert page.get(f"/scans/{kept.pk}/content")["Content-Type"] == "image/jpeg"
    assert scans.forget(signed_papers.KIND, case.number) == 1
    assert "消去しました" in page.get(f"/scans/{kept.pk}/").content.decode()
    assert signed_papers.of(case)[0].sha256 == kept.sha256


def test_closing_a_case_is_no_way_around_the_second_persons_paper(world: World, now: ManualClock) -> None:
    page, case = granted_with_a_second_person(world, now)
    assert do(page, case, "close", {"words": "済"}) == 302
    missing = Finding.objects.filter(code=signed_papers.MISSING, subject=case.number, cleared_ns=None)
    now.advance_s(13 * 24 * 3600)
    following.remind()
    assert not missing.exists()
    now.advance_s(2 * 24 * 3600)
    following.remind()
    following.remind()
    assert missing.count() == 1
    assert "隣の店 田中 さんが紙に署名しています" in page.get(f"/cases/{case.number}/").content.decode()
    form = SimpleUploadedFile("form.jpg", photo(), content_type="image/jpeg")
    assert page.post(f"/cases/{case.number}/scan/", {"scan": form}).status_code == 302
    assert not missing.exists() and following.remind() == 0


def test_a_forgotten_case_owes_no_paper_any_more(world: World, now: ManualClock) -> None:
    page, case = granted_with_a_second_person(world, now)
    assert do(page, case, "close", {"words": "済"}) == 302
    missing = Finding.objects.filter(code=signed_papers.MISSING, cleared_ns=None)
    now.advance_s((3 * 366 - 1) * 24 * 3600)
    following.remind()
    assert missing.count() == 1, "to its last day"
    now.advance_s(2 * 24 * 3600)
    assert forgetting.forget_old() == 1
    assert not missing.exists() and following.remind() == 0
