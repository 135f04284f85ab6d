"""What a package's page offers when: a page that opens itself only where one fits, handing over only what
was written, and nothing of what was dropped or taken back while it was being packed."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest
from django.db import transaction

from kuramori.access import approving
from kuramori.access.models import Approval, Grant
from kuramori.errors import BadInput, Refusal
from kuramori.evidence import copies, jobs, packing, reader_page
from kuramori.evidence.models import Package, PackageCopy
from kuramori.ledger import verify_ledger
from kuramori.ledger.models import Entry
from tests.cases.rig import browser
from tests.evidence.fixtures import Footage, begun, pack, written
from tests.evidence.test_package import opened
from tests.footage.world import person

if TYPE_CHECKING:
    from pathlib import Path

    from django.test import Client

    from kuramori.evidence.packing import Ready
    from tests.footage.world import World

pytestmark = pytest.mark.django_db
ADDRESS = "/packages/2026-000001/"
NO_PAGE = "自分で開くページ(.html)はありません"


def shown(page: Client) -> str:
    return str(page.get(ADDRESS).content.decode())


def read(pdf: bytes) -> str:
    """What a person reads on the paper, without spaces and line ends."""
    said = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True, check=True).stdout
    return "".join(said.decode().split())


def test_the_page_that_opens_itself_is_written_up_to_the_limit_and_not_a_byte_beyond(
    packed: Ready, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (reader_page.fits(400 * 1024**2), reader_page.fits(400 * 1024**2 + 1)) == (True, False)
    assert packed.watched_bytes == sum(
        one.size_bytes for one in packed.members(world.manager) if one.name[:2] in ("2-", "3-")
    )
    monkeypatch.setattr(reader_page, "LARGEST_BYTES", packed.watched_bytes)
    assert written(packed, "page", world, tmp_path).stat().st_size > packed.watched_bytes
    monkeypatch.setattr(reader_page, "LARGEST_BYTES", packed.watched_bytes - 1)
    with pytest.raises(BadInput, match="page-too-large"):
        copies.begin(packed, "page", world.manager)
    assert [copy.form for copy in PackageCopy.objects.all()] == ["page"], "a copy that was refused is none"


def test_a_package_without_such_a_page_is_whole_and_says_so_on_page_and_papers(
    world: World, footage: Footage, case: Approval, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reader_page, "LARGEST_BYTES", 1000)
    ready, page = pack(world, footage), browser(world.manager)
    text = shown(page)
    assert "自分で開くページはありません" in text and "7-Zip" in text
    assert "write/page/" not in text and "write/zip/" in text and "write/disc/" in text
    assert page.post(f"{ADDRESS}write/page/").status_code == 400 and not PackageCopy.objects.exists()
    sheet = read(page.post(f"{ADDRESS}passphrase/").content)
    assert NO_PAGE in sheet and "ChromeかEdge" not in sheet
    assert NO_PAGE in ready.papers["README.txt"].decode()
    assert NO_PAGE in read(ready.papers["certificate.pdf"])
    folder = opened(ready, world, tmp_path)
    assert verify_ledger.verify_package(folder)
    assert {one.parent.name for one in folder.rglob("*.*")} >= {"1-original", "2-viewing", "3-stills"}


def test_where_the_page_fits_no_paper_says_that_there_is_none(packed: Ready, world: World) -> None:
    page = browser(world.manager)
    assert "write/page/" in shown(page) and "自分で開くページはありません" not in shown(page)
    assert "ChromeかEdge" in read(page.post(f"{ADDRESS}passphrase/").content)
    for name in ("README.txt", "certificate.pdf"):
        said = packed.papers[name]
        assert NO_PAGE not in (read(said) if name.endswith("pdf") else said.decode())


def test_handing_over_is_offered_when_a_copy_was_written_and_not_before(
    packed: Ready, world: World, tmp_path: Path
) -> None:
    page = browser(world.manager)
    before = shown(page)
    assert "do/hand-over/" not in before and "先に書き出してください" in before
    broken_off = copies.begin(packed, "zip", world.manager)
    next(broken_off.blocks)
    assert "do/hand-over/" not in shown(page), "a copy that was broken off is none"
    assert page.get(f"{ADDRESS}progress/").json()["written"] == 0
    written(packed, "disc", world, tmp_path)
    assert page.get(f"{ADDRESS}progress/").json()["written"] == 1, "by which the open page knows"
    after = shown(page)
    assert "do/hand-over/" in after and "先に書き出してください" not in after
    packing.forget(packed.package)
    assert "do/hand-over/" in shown(page), "what was written can be handed over later"


def test_a_package_forgotten_before_anything_was_written_offers_no_handing_over(
    packed: Ready, world: World
) -> None:
    page = browser(world.manager)
    assert page.post(f"{ADDRESS}drop/").status_code == 302
    text = shown(page)
    assert "do/hand-over/" not in text and "何も書き出していない" in text


def interrupted(world: World, footage: Footage, monkeypatch: pytest.MonkeyPatch, act: object) -> Package:
    """A package during whose packing, just before it is signed, `act` is done."""
    signed = packing._papers

    def meanwhile(*said: object) -> object:
        act()  # type: ignore[operator]
        return signed(*said)  # type: ignore[arg-type]

    monkeypatch.setattr(packing, "_papers", meanwhile)
    package = begun(world)
    jobs._run(world.manager, package, packing.begin(world.manager, package))
    package.refresh_from_db()
    return package


@pytest.fixture(autouse=True)
def one_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """A job closes the connection of its thread; here it runs in the test's own."""
    monkeypatch.setattr(jobs.connection, "close", lambda: None)


def test_what_is_dropped_while_it_is_packed_stays_dropped(
    world: World, footage: Footage, case: Approval, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = browser(world.manager)
    package = interrupted(world, footage, monkeypatch, lambda: page.post(f"{ADDRESS}drop/"))
    assert (package.state, package.manifest_sha256) == ("dropped", "")
    assert not packing.is_ready(package.number) and not package.copies.exists()
    assert not Grant.objects.filter(kind="packing", ended_ns=None).exists()
    assert page.post(f"{ADDRESS}write/zip/").status_code == 403
    assert page.post(f"{ADDRESS}passphrase/").status_code == 403


def test_what_was_taken_back_while_it_is_packed_is_never_written(
    world: World, footage: Footage, case: Approval, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the case is closed meanwhile: closing takes its approvals back."""

    def taken_back() -> None:
        with transaction.atomic():
            approving.take_back(Approval.objects.get(id=case.id), world.manager)

    page = browser(world.manager)
    package = interrupted(world, footage, monkeypatch, taken_back)
    assert (package.state, package.why) == ("failed", "grant-withdrawn")
    assert not packing.is_ready(package.number)
    assert page.post(f"{ADDRESS}write/zip/").status_code == 403
    assert Entry.objects.filter(act="package-failed").count() == 1


def test_a_guessed_number_gives_another_manager_nothing(packed: Ready, world: World) -> None:
    """Numbers count up and are no secret: who packed is asked each time, and the no is in the record."""
    other = browser(person("deputy", "manager"))
    for number in ("2026-000002", "2025-000001", "9999-999999"):
        assert other.get(f"/packages/{number}/").status_code == 404
    for act in ("write/zip/", "write/disc/", "write/page/", "usb/", "passphrase/"):
        assert other.post(f"{ADDRESS}{act}", {"device": "/dev/sdb1"}).status_code == 403, act
    assert Entry.objects.filter(outcome="refused", text__contains="package-not-ready").count() == 5
    assert not PackageCopy.objects.exists()
    with pytest.raises(Refusal, match="package-not-ready"):
        packing.ready(packed.package, person("another", "manager"))
