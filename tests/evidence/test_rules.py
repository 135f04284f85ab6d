"""Only what was decided is packed, by whom it may be, and no longer than it may be; through the pages too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import IntegrityError, transaction

from kuramori.access import approving, grant_check, granting, matching, storehouse_session
from kuramori.access.models import Approval, Grant
from kuramori.clock import NS_PER_S
from kuramori.errors import BadInput, Refusal
from kuramori.evidence import choosing, copies, packing
from kuramori.evidence.choosing import Choice
from kuramori.evidence.models import Package
from kuramori.footage import intake
from kuramori.ledger.models import Entry
from tests.access.approved import approved_grant
from tests.cases.rig import browser
from tests.evidence.fixtures import Footage, approved, begun, pack
from tests.footage.world import judge

if TYPE_CHECKING:
    from collections.abc import Callable

    from kuramori.clock import ManualClock
    from kuramori.evidence.packing import Ready
    from tests.footage.world import World

pytestmark = pytest.mark.django_db


def test_never_wider_than_approved(world: World, footage: Footage, case: Approval) -> None:
    package = begun(world)
    [part] = package.parts.all()
    for start_ns, end_ns in ((case.start_ns - 1, case.end_ns), (case.start_ns, case.end_ns + 1)):
        with pytest.raises(Refusal, match="grant-other-interval"):
            choosing.choose(world.manager, package, [Choice(part, start_ns, end_ns)])
        with pytest.raises(Refusal, match="grant-other-interval"):
            granting.grant_packing(world.manager, case, start_ns, end_ns, package="x")
    with pytest.raises(BadInput, match="still-outside"):
        choosing.choose(world.manager, package, [Choice(part, case.start_ns, case.end_ns, [case.end_ns + 1])])


def test_without_leave_to_copy_there_is_no_package(world: World, footage: Footage) -> None:
    only_look = approved(world, footage.start_ns, footage.start_ns + NS_PER_S, may_copy=False)
    with pytest.raises(Refusal, match="copy-not-approved"):
        begun(world)
    with pytest.raises(Refusal, match="copy-not-approved"):
        granting.grant_packing(world.manager, only_look, only_look.start_ns, only_look.end_ns, package="x")


def test_an_operator_does_not_pack(world: World, footage: Footage, case: Approval) -> None:
    with pytest.raises(Refusal, match="role"):
        granting.grant_packing(world.operator, case, case.start_ns, case.end_ns, package="x")
    begun(world)
    page = browser(world.operator)
    assert page.get("/packages/2026-000001/").status_code == 403
    assert page.post("/packages/2026-000001/pack/").status_code == 403


def test_a_grant_to_look_packs_nothing_and_one_to_pack_shows_nothing(
    packed: Ready, world: World, footage: Footage
) -> None:
    [grant] = packed.grants
    page = browser(world.manager)
    assert page.get(f"/playback/{grant.id}/").status_code == 403
    assert page.get(f"/playback/{grant.id}/index.m3u8").status_code == 403
    look = approved_grant(
        world.manager, world.operator, world.camera, footage.start_ns, footage.start_ns + NS_PER_S
    )
    with pytest.raises(Refusal, match="no-grant"):
        grant_check.require_packing(look, world.operator, look.created_ns)
    with pytest.raises(IntegrityError), transaction.atomic():
        Grant.objects.filter(pk=grant.pk).update(approval=None)


def take_back(world: World, ready: Ready) -> None:
    with transaction.atomic():
        approving.take_back(Approval.objects.get(id=ready.grants[0].approval_id), world.manager)


WAYS: dict[str, Callable[[World, Ready], object]] = {
    "locked": lambda world, _ready: storehouse_session.lock(world.manager),
    "withdrawn": lambda world, ready: granting.withdraw(ready.grants[0], world.manager),
    "taken back": take_back,
    "gate": lambda world, _ready: judge(world.camera, "no-export"),
}


@pytest.mark.parametrize("why", sorted(WAYS))
def test_writing_stops_at_once(
    packed: Ready, world: World, why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kuramori.evidence.sealed_zip.BLOCK_BYTES", 1)
    monkeypatch.setattr("kuramori.access.granted_footage.BATCH_BYTES", 1)
    writing = copies.begin(packed, "zip", world.manager)
    next(writing.blocks), next(writing.blocks)
    WAYS[why](world, packed)
    with pytest.raises(Refusal):
        list(writing.blocks)
    assert packed.papers and not copies.written(Package.objects.get()), "the copy never has an end"
    with pytest.raises(Refusal):
        packing.ready(packed.package, world.manager)


def test_what_was_released_for_packing_is_matched_with_its_grant(packed: Ready, world: World) -> None:
    intake.take_in()
    assert matching.match_releases() == 0
    assert Entry.objects.filter(act="segment-key-asked", text__contains=packed.grants[0].id).exists()


def test_an_erased_hour_is_not_packed(
    world: World, footage: Footage, case: Approval, now: ManualClock
) -> None:
    package = begun(world)
    taken = packing.begin(world.manager, package)
    now.advance_s(15 * 24 * 3600)
    with pytest.raises((Refusal, BadInput)):
        packing.pack(world.manager, package, taken)
    package.refresh_from_db()
    assert package.state == "failed" and package.why


def test_damaged_footage_is_not_packed_as_if_it_were_whole(
    world: World, footage: Footage, case: Approval
) -> None:
    data = bytearray(footage.path.read_bytes())
    data[len(data) // 2] ^= 1
    footage.path.write_bytes(bytes(data))
    storehouse_session.forget_grant("")
    with pytest.raises(Exception, match="record|damaged|segment"):
        pack(world, footage)
    assert Package.objects.get().state == "failed"
    assert Entry.objects.filter(act="package-failed", outcome="failed").count() == 1


def test_the_pages_lead_from_choosing_to_the_passphrase(
    world: World, footage: Footage, case: Approval, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kuramori.evidence.jobs.start", packing.pack)
    package, page = begun(world), browser(world.manager)
    address = "/packages/2026-000001/"
    shown = page.get(address).content.decode()
    assert "この内容で作る" in shown and "18:00:01" in shown.replace("T", " ")
    [part] = package.parts.all()
    said = {f"p{part.pk}-take": "on", f"p{part.pk}-start": "2026-11-23T18:00:03",
            f"p{part.pk}-end": "2026-11-23T18:00:07", f"p{part.pk}-stills": "18:00:05"}  # fmt: skip
    for wrong in ({"start": "2026-11-23T18:00:08"}, {"stills": "25:00:00"}, {"stills": "17:00:00"}):
        changed = said | {f"p{part.pk}-{name}": value for name, value in wrong.items()}
        assert page.post(f"{address}pack/", changed).status_code == 422
    wide = said | {f"p{part.pk}-end": "2026-11-23T18:00:59"}
    assert page.post(f"{address}pack/", wide).status_code == 403
    assert page.post(f"{address}look/{part.pk}/", said).status_code == 302
    assert "data-playlist" in page.get(address).content.decode()
    assert page.post(f"{address}pack/", said).status_code == 302
    assert page.get(f"{address}progress/").json() == {"state": "packed", "percent": 0, "written": 0}
    sheet = page.post(f"{address}passphrase/")
    assert sheet.content.startswith(b"%PDF") and sheet["Cache-Control"] == "no-store, private"
    assert page.post(f"{address}pack/", said).status_code in (302, 422), "packed once"
    assert page.post(f"{address}write/rubbish/").status_code in (400, 403, 422)
    assert page.post(f"{address}drop/").status_code == 302
    assert page.post(f"{address}passphrase/").status_code == 403
    acts = list(
        Entry.objects.filter(act__startswith="package-").order_by("seq").values_list("act", flat=True)
    )
    assert acts == [
        "package-begun",
        "package-sealed",
        "package-packed",
        "package-passphrase-printed",
        "package-dropped",
    ]
