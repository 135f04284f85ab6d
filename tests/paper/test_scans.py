"""Uploads come from strangers: what is kept of them, what is refused, and that both are in the record."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import time
from typing import TYPE_CHECKING

import pytest
from PIL import Image
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter

from kuramori.errors import BadInput
from kuramori.ledger.models import Entry
from kuramori.paper import scans
from kuramori.paper.kept import Unchangeable
from kuramori.paper.models import JPEG, PDF, Scan
from kuramori.pictures import pdf_rules
from tests.footage.world import person
from tests.retention.test_pages import browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.django_db
EICAR = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
name = generic.NameObject


@pytest.fixture(autouse=True)
def kinds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scans, "_kinds", {})
    monkeypatch.delenv("KURAMORI_CLAMD", raising=False)
    scans.register_kind("pledge", "誓約書")
    scans.register_kind("sheet", "点検表", roles=("manager", "operator"))


def jpeg(**more: object) -> bytes:
    out = io.BytesIO()
    Image.effect_noise((320, 200), 50).convert("RGB").save(out, "JPEG", **more)
    return out.getvalue()


def pdf(pages: int = 1, root: dict[str, object] | None = None, *, stream_xrefs: bool = True) -> bytes:
    """A PDF with a word on each page; `root` is put into its catalogue."""
    writer = PdfFileWriter(stream_xrefs=stream_xrefs)
    for _ in range(pages):
        stream = generic.StreamObject(stream_data=b"BT (page) Tj ET")
        writer.insert_page(PageObject(contents=writer.add_object(stream), media_box=(0, 0, 200, 200)))
    for key, value in (root or {}).items():
        writer.root[name(key)] = value
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def action(kind: str) -> generic.DictionaryObject:
    return generic.DictionaryObject({name("/S"): name(kind)})


def annotated(subtype: str) -> generic.ArrayObject:
    return generic.ArrayObject([generic.DictionaryObject({name("/Subtype"): name(subtype)})])


HOSTILE = {
    "a program at opening": {"/OpenAction": action("/JavaScript")},
    "a program elsewhere": {"/X": generic.ArrayObject([action("/JavaScript")])},
    "a program of the form": {"/AcroForm": generic.DictionaryObject({name("/XFA"): name("/a")})},
    "starting a program": {"/X": action("/Launch")},
    "calling home": {"/X": action("/URI")},
    "sending a form": {"/X": action("/SubmitForm")},
    "another file": {"/X": action("/GoToR")},
    "files inside": {"/Names": generic.DictionaryObject({name("/EmbeddedFiles"): generic.ArrayObject()})},
    "what acts on its own": {"/AA": generic.DictionaryObject()},
    "a film": {"/Annots": annotated("/RichMedia")},
    "an attachment": {"/Annots": annotated("/FileAttachment")},
}


@pytest.mark.parametrize("stream_xrefs", [True, False])
@pytest.mark.parametrize("what", HOSTILE)
def test_a_pdf_with_more_than_pages_is_unsafe(what: str, stream_xrefs: bool) -> None:
    with pytest.raises(BadInput, match="pdf-unsafe"):
        pdf_rules.pages_of(pdf(root=HOSTILE[what], stream_xrefs=stream_xrefs))
    assert pdf_rules.pages_of(pdf(root={"/X": action("/Nothing")}, stream_xrefs=stream_xrefs)) == 1


def test_an_unsafe_pdf_is_not_kept_and_its_refusal_is_told() -> None:
    with pytest.raises(BadInput, match="pdf-unsafe"):
        scans.keep(pdf(root=HOSTILE["calling home"]), kind="pledge", by=person("clerk", "manager"))
    assert not Scan.objects.exists()
    told = Entry.objects.get(act="scan-refused")
    assert told.outcome == "refused" and json.loads(told.text)["reason"] == "pdf-unsafe"


def test_names_written_in_another_way_hide_nothing() -> None:
    plain = pdf(root={"/X": action("/Launch")}, stream_xrefs=False)
    hidden = plain.replace(b"/Launch", b"/L#61unch")
    shift = len(hidden) - len(plain)
    assert shift == 2
    with pytest.raises(BadInput):
        scans.keep(hidden, kind="pledge", by=person("clerk", "manager"))


def test_an_object_that_no_page_leads_to_is_looked_at_too() -> None:
    writer = PdfFileWriter(stream_xrefs=True)
    stream = writer.add_object(generic.StreamObject(stream_data=b"q Q"))
    writer.insert_page(PageObject(contents=stream, media_box=(0, 0, 9, 9)))
    writer.add_object(action("/JavaScript"))
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(BadInput, match="pdf-unsafe"):
        scans.keep(out.getvalue(), kind="pledge", by=person("clerk", "manager"))


def test_a_harmless_pdf_is_kept_as_it_came() -> None:
    upload = pdf(3)
    kept = scans.keep(upload, kind="pledge", subject="7", by=person("clerk", "manager"), from_paper=True)
    assert (kept.media_type, kept.pages, bytes(kept.content)) == (PDF, 3, upload)
    assert kept.from_paper and kept.virus_checked == ""
    entry = json.loads(Entry.objects.get(act="scan-kept").text)
    assert entry["detail"]["sha256"] == kept.sha256 and entry["object"]["pledge"] == "7"
    assert [one.pk for one in scans.of("pledge", "7")] == [kept.pk]


def test_a_paper_of_our_own_is_kept() -> None:
    from kuramori.paper import documents

    own = documents.recovery_sheet_pdf(name="商店街", passphrase="1", key_id="1", made_on="1", made_by="1")
    assert scans.keep(own, kind="pledge", by=person("clerk", "manager")).pages == 1


@pytest.mark.parametrize(
    "upload",
    [
        b"%PDF-1.7\n%%EOF",
        b"%PDF-" + b"\0" * 500,
        pdf() + b"<script>alert(1)</script>",
        pdf()[:-200],
        pdf().replace(b"endobj", b"endobx"),
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF",
    ],
)
def test_a_broken_pdf_is_refused(upload: bytes) -> None:
    with pytest.raises(BadInput, match="pdf-unreadable"):
        scans.keep(upload, kind="pledge", by=person("clerk", "manager"))
    assert not Scan.objects.exists()


def test_a_small_pdf_that_unfolds_to_gigabytes_takes_no_memory_of_ours() -> None:
    import zlib

    inside = zlib.compress(b"1 0 " * 100_000_000, 9)
    head = b"%PDF-1.5\n5 0 obj\n<</Type/ObjStm/N 9999/First 9999/Filter/FlateDecode/Length "
    body = head + str(len(inside)).encode() + b">>stream\n" + inside + b"\nendstream\nendobj\n"
    with pytest.raises(BadInput):
        scans.keep(body + b"startxref\n9\n%%EOF", kind="pledge", by=person("clerk", "manager"))


@pytest.mark.parametrize(
    "upload",
    [
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
        b"<html><script>1</script>",
        b"GIF89a" + b"\0" * 99,
        b"PK\x03\x04" + b"\0" * 99,
        b"MZ" + b"\0" * 99,
        b" " + pdf(),
    ],
)
def test_other_kinds_of_file_are_refused_whatever_their_name_says(upload: bytes) -> None:
    with pytest.raises(BadInput, match="scan-unknown-type"):
        scans.keep(upload, kind="pledge", by=person("clerk", "manager"))


@pytest.mark.parametrize(
    ("upload", "code"), [(b"", "scan-empty"), (b"\xff\xd8\xff" + b"\0" * 16_000_000, "picture-too-large")]
)
def test_nothing_and_too_much_are_refused(upload: bytes, code: str) -> None:
    with pytest.raises(BadInput, match=code):
        scans.keep(upload, kind="pledge", by=person("clerk", "manager"))


def test_a_picture_with_a_web_page_inside_is_made_anew() -> None:
    exif = Image.Exif()
    exif[0x010E] = "<script>alert(1)</script> 35.5N 134.2E"
    upload = jpeg(exif=exif, comment=b"<script>") + b"<html><script>alert(2)</script>"
    kept = scans.keep(upload, kind="pledge", by=person("clerk", "manager"))
    assert kept.media_type == JPEG and bytes(kept.content).startswith(b"\xff\xd8\xff")
    assert b"script" not in bytes(kept.content) and b"134.2E" not in bytes(kept.content)


def test_a_scan_is_never_changed_or_deleted() -> None:
    kept = scans.keep(jpeg(), kind="pledge", by=person("clerk", "manager"))
    for change in (kept.save, kept.delete, Scan.objects.all().delete, lambda: Scan.objects.update(pages=9)):
        with pytest.raises(Unchangeable):
            change()


def test_each_look_is_in_the_record_and_only_the_permitted_look() -> None:
    manager, operator = person("manager", "manager"), person("operator", "operator")
    pledge = scans.keep(jpeg(), kind="pledge", by=manager)
    sheet = scans.keep(pdf(), kind="sheet", by=manager)
    answer = browser(manager).get(f"/scans/{pledge.pk}/content")
    assert answer.content == bytes(pledge.content) and answer["Content-Type"] == JPEG
    assert answer["X-Content-Type-Options"] == "nosniff" and "no-store" in answer["Cache-Control"]
    assert Entry.objects.filter(act="scan-seen", actor=manager.actor).count() == 1
    assert "誓約書" in browser(manager).get(f"/scans/{pledge.pk}/").content.decode()
    other = browser(operator)
    assert other.get(f"/scans/{pledge.pk}/").status_code == 403
    assert other.get(f"/scans/{pledge.pk}/content").status_code == 403
    assert other.get(f"/scans/{sheet.pk}/content")["Content-Type"] == PDF
    assert not Entry.objects.filter(
        act="scan-seen", actor=operator.actor, text__contains=f'"scan":{pledge.pk}'
    ).exists()
    scans._kinds.pop("pledge")
    assert browser(manager).get(f"/scans/{pledge.pk}/content").status_code == 403, "a kind nobody registered"


@pytest.fixture(scope="module")
def clamd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A real clamd on a socket of its own, with one signature: the harmless test file's."""
    if not shutil.which("clamd"):
        pytest.skip("no clamd on this machine")
    home = tmp_path_factory.mktemp("clamd")
    (home / "db").mkdir()
    (home / "db" / "own.ndb").write_text(f"Own.Test:0:*:{EICAR.encode().hex()}\n")
    socket = home / "clamd.ctl"
    (home / "clamd.conf").write_text(
        f"LocalSocket {socket}\nDatabaseDirectory {home}/db\nForeground yes\nLogFile {home}/log\n"
        "TemporaryDirectory /dev/shm\nStreamMaxLength 20M\nUser root\n"
    )
    running = subprocess.Popen(["clamd", "-c", str(home / "clamd.conf")], stdout=subprocess.DEVNULL)
    until = time.monotonic() + 30
    while not socket.exists() and running.poll() is None and time.monotonic() < until:
        time.sleep(0.05)
    yield socket
    running.terminate()
    running.wait()


def test_a_virus_scanner_that_is_there_is_asked(clamd: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KURAMORI_CLAMD", str(clamd))
    who = person("clerk", "manager")
    assert scans.keep(jpeg(), kind="pledge", by=who).virus_checked.startswith("ClamAV")
    with pytest.raises(BadInput, match="virus-found"):
        scans.keep(jpeg(comment=EICAR.encode()), kind="pledge", by=who)
    assert Scan.objects.count() == 1
    assert json.loads(Entry.objects.get(act="scan-refused").text)["reason"] == "virus-found"


def test_a_virus_scanner_that_should_be_there_and_is_not_stops_uploads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KURAMORI_CLAMD", str(tmp_path / "nobody"))
    with pytest.raises(BadInput, match="virus-check-failed"):
        scans.keep(jpeg(), kind="pledge", by=person("clerk", "manager"))
    assert not Scan.objects.exists()
