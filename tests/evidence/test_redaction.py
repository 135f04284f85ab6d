"""A package with a redacted part: what is in it, what is not, and everything that must not lead to one."""

from __future__ import annotations

import contextlib
import dataclasses
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from django.db import IntegrityError, transaction

from kuramori.access import storehouse_session
from kuramori.access.models import Grant
from kuramori.clock import NS_PER_S
from kuramori.errors import BadInput, Refusal
from kuramori.evidence import choosing, packing, redacted_films, redactions, signing
from kuramori.evidence.choosing import Choice
from kuramori.evidence.models import Package, Redaction
from kuramori.ledger.models import Entry
from kuramori.pictures.redaction_boxes import METHODS
from kuramori.places.models import Body
from tests.evidence.covered import boxes, checked, rendered
from tests.evidence.test_package import opened, verified
from tests.pictures import moving_code
from tests.pictures.moving_code import SECRET, codes_in

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.evidence.models import PackagePart
    from kuramori.evidence.packing import Ready
    from tests.footage.world import World

pytestmark = pytest.mark.django_db
needs_zbar = pytest.mark.skipif(shutil.which("zbarimg") is None, reason="no zbarimg: make test installs it")


def packed(world: World, part: PackagePart) -> Ready:
    return packing.pack(world.manager, part.package, packing.begin(world.manager, part.package))


def nothing_packed(world: World, part: PackagePart, why: str) -> None:
    with pytest.raises(Refusal, match=why):
        packing.begin(world.manager, part.package)
    assert Package.objects.get().state == "chosen" and not packing.is_ready(part.package_id)
    assert not Grant.objects.filter(kind="packing", ended_ns=None).exists()


@needs_zbar
@pytest.mark.parametrize("method", METHODS)
def test_the_package_holds_the_covered_film_alone(
    world: World, part: PackagePart, method: str, tmp_path: Path, data: Path
) -> None:
    row = checked(world, rendered(world, part, method))
    folder = opened(packed(world, part), world, tmp_path)
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert {"2-redacted/cam01_1_0001.mp4", "3-stills/cam01_1_01.jpg"} <= names
    assert not [name for name in names if name.startswith(("1-", "2-viewing"))], "no original"
    report = verified(folder, "--signer", signing.fingerprint())
    assert report.returncode == 0 and report.stdout.endswith("WHOLE\n"), report.stdout + report.stderr
    [camera] = json.loads((folder / "manifest.json").read_bytes())["footage"]
    [made] = camera["derivatives"]
    assert camera["clips"] == [] and made["sha256"] == row.films[0] and made["pictures"] == 29
    assert made["redaction"]["boxes_sha256"] == row.boxes_sha256 and made["redaction"]["method"] == method
    assert made["redaction"]["checked_by"] == "Operator" and not made["redaction"]["checked_by_maker"]
    assert made["covered_pictures"] == 29 and made["undecodable_pictures"] == 0
    assert made["made_from"]["segments"][0]["sha256"] and made["made_from"]["original_sha256"]
    assert made["encoder"]["codec"] == "libx264" and "500" not in json.dumps(made.get("boxes", ""))
    seen = _pictures_of(folder / made["file"])
    assert len(seen) == 29 and codes_in(seen[::4], tmp_path / "seen") == ""
    still = folder / "3-stills/cam01_1_01.jpg"
    assert still.read_bytes()[:2] == b"\xff\xd8" and moving_code.read([still]) == ""
    assert not [path for path in data.rglob("*") if path.is_file() and SECRET.encode() in path.read_bytes()]


def test_a_redacted_page_opens_itself_without_the_original(world: World, part: PackagePart) -> None:
    checked(world, rendered(world, part))
    ready = packed(world, part)
    names = [member.name for member in ready.members(world.manager)]
    assert "2-redacted/cam01_1_0001.mp4" in names and not any(name.startswith("1-") for name in names)


def test_without_a_check_nothing_is_packed(world: World, part: PackagePart) -> None:
    row = redactions.set_boxes(world.manager, part, boxes(part), "fill")
    nothing_packed(world, part, "redaction-not-checked")
    redacted_films.make(world.manager, row, redacted_films.begin(world.manager, row), lambda _bytes: None)
    nothing_packed(world, part, "redaction-not-checked")


def test_whoever_made_it_does_not_check_it(world: World, part: PackagePart) -> None:
    row = rendered(world, part)
    with pytest.raises(Refusal, match="redaction-own-check"):
        redactions.check(world.manager, row, row.films)
    with pytest.raises(IntegrityError), transaction.atomic():
        Redaction.objects.filter(pk=row.pk).update(
            checked_by=world.manager, checked_ns=1, checked_sha256="0" * 64
        )
    nothing_packed(world, part, "redaction-not-checked")


def test_a_body_of_one_checks_itself_and_it_is_marked(world: World, part: PackagePart) -> None:
    Body.objects.update(one_person=True)
    row = rendered(world, part)
    redactions.check(world.manager, row, row.films)
    [film] = packed(world, part).said["footage"][0]["derivatives"]
    assert film["redaction"]["checked_by_maker"] and row.self_checked
    assert Entry.objects.filter(act="redaction-checked", text__contains='"self_approved":true').count() == 1


def test_nobody_checks_what_they_did_not_fetch_to_its_end(world: World, part: PackagePart) -> None:
    row = rendered(world, part)
    assert redacted_films.seen(row, world.operator.pk) == []
    with pytest.raises(BadInput, match="redaction-not-seen"):
        redactions.check(world.operator, row, redacted_films.seen(row, world.operator.pk))
    with pytest.raises(BadInput, match="redaction-not-seen"):
        redactions.check(world.operator, row, ["0" * 64])


def test_other_boxes_after_the_check_make_it_void(world: World, part: PackagePart) -> None:
    checked(world, rendered(world, part))
    moved = [[[moment[0], *(side - 1 for side in moment[1:])] for moment in boxes(part)[0]]]
    redactions.set_boxes(world.manager, part, moved, "fill")
    nothing_packed(world, part, "redaction-not-checked")


def test_what_was_edited_in_the_database_after_the_check_is_refused(world: World, part: PackagePart) -> None:
    row = checked(world, rendered(world, part))
    [box] = boxes(part)
    small = [[[box[0][0], 0, 0, 60, 60], [box[1][0], 0, 0, 60, 60]]]
    Redaction.objects.filter(pk=row.pk).update(boxes=small)
    nothing_packed(world, part, "redaction-changed")
    Redaction.objects.filter(pk=row.pk).update(boxes=[box], method="pixelate")
    nothing_packed(world, part, "redaction-changed")
    Redaction.objects.filter(pk=row.pk).update(method="fill", films=["0" * 64])
    nothing_packed(world, part, "redaction-changed")


def test_other_seconds_after_the_check_are_refused(world: World, part: PackagePart) -> None:
    checked(world, rendered(world, part))
    choice = Choice(part, part.start_ns, part.end_ns - NS_PER_S // 2)
    choosing.choose(world.manager, part.package, [choice])
    nothing_packed(world, part, "redaction-changed")


def test_a_film_that_comes_out_otherwise_is_not_packed(
    world: World, part: PackagePart, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(world, rendered(world, part))
    real = redacted_films.of_clips

    def other(*arguments: Any) -> Any:
        return [dataclasses.replace(film, data=film.data + b"\0") for film in real(*arguments)]

    monkeypatch.setattr(redacted_films, "of_clips", other)
    taken = packing.begin(world.manager, part.package)
    with pytest.raises(Refusal, match="redaction-changed"):
        packing.pack(world.manager, part.package, taken)
    assert Package.objects.get().state == "failed" and not packing.is_ready(part.package_id)


def test_a_worker_that_dies_while_packing_leaves_nothing(
    world: World, part: PackagePart, monkeypatch: pytest.MonkeyPatch
) -> None:
    checked(world, rendered(world, part))
    monkeypatch.setattr("kuramori.pictures.redaction_film.MODULE", "kuramori.pictures.frames")
    taken = packing.begin(world.manager, part.package)
    with pytest.raises(BadInput, match="redaction-failed"):
        packing.pack(world.manager, part.package, taken)
    assert Package.objects.get().state == "failed" and not packing.is_ready(part.package_id)
    assert not Grant.objects.filter(kind="packing", ended_ns=None).exists()


def test_a_person_s_own_footage_is_not_packed_with_others_in_it(world: World, part: PackagePart) -> None:
    Package.objects.update(case={"basis_code": "person"})
    part.package.refresh_from_db()
    nothing_packed(world, part, "redaction-needed")
    why = "ほかの人は映っていない"
    choosing.choose(world.manager, part.package, [Choice(part, part.start_ns, part.end_ns, [], why)])
    ready = packed(world, part)
    assert ready.said["footage"][0]["as_recorded_because"] == why and ready.clips and not ready.films
    assert Entry.objects.filter(act="redaction-left-out").count() == 1


def test_boxes_taken_away_leave_a_person_s_footage_refused(world: World, part: PackagePart) -> None:
    Package.objects.update(case={"basis_code": "person"})
    part.package.refresh_from_db()
    checked(world, rendered(world, part))
    redactions.set_boxes(world.manager, part, [], "fill")
    nothing_packed(world, part, "redaction-needed")


@pytest.mark.parametrize(
    "text", ["[", "{}", "null", "[" * 100_000, "[" + "0," * 300_000 + "0]", "[[[NaN,0,0,9,9]]]"]
)
def test_rubbish_from_a_form_is_refused(world: World, part: PackagePart, text: str) -> None:
    with pytest.raises(BadInput, match="boxes"):
        redactions.set_boxes(world.manager, part, redactions.parsed(text) or [0], "fill")
    assert not Redaction.objects.exists()


def test_a_box_outside_the_approved_time_and_another_method_are_refused(
    world: World, part: PackagePart
) -> None:
    late = [[[moment[0] + 10_000, *moment[1:]] for moment in boxes(part)[0]]]
    with pytest.raises(BadInput, match="boxes-outside"):
        redactions.set_boxes(world.manager, part, late, "fill")
    with pytest.raises(BadInput, match="boxes"):
        redactions.set_boxes(world.manager, part, boxes(part), "blur")
    with pytest.raises(Refusal, match="role"):
        redactions.set_boxes(world.operator, part, boxes(part), "fill")


def test_a_locked_storehouse_makes_no_film(world: World, part: PackagePart) -> None:
    row = redactions.set_boxes(world.manager, part, boxes(part), "fill")
    grant = redacted_films.begin(world.manager, row)
    storehouse_session.lock(world.manager)
    with contextlib.suppress(BadInput), pytest.raises(Refusal):
        redacted_films.make(world.manager, row, grant, lambda _bytes: None)
    assert redacted_films.held(row) == []
    grant.refresh_from_db()
    assert grant.ended_ns is not None


def _pictures_of(path: Path) -> list[Any]:
    import av

    with av.open(str(path)) as container:
        return list(container.decode(video=0))
