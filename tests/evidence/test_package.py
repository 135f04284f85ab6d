"""A package, opened and checked with what a receiver has: 7-Zip, openssl, ffprobe, the one-file verifier."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av
import pytest

from kuramori.access.models import Grant
from kuramori.evidence import packing, sealed_zip, signing
from kuramori.evidence.models import PackageCopy
from kuramori.ledger import verify_ledger
from kuramori.ledger.models import Entry
from kuramori.pictures import asking
from tests.evidence.fixtures import SEI, Footage, pack, written

if TYPE_CHECKING:
    from kuramori.evidence.packing import Ready
    from tests.footage.world import World

pytestmark = pytest.mark.django_db
ALONE = [sys.executable, "-I", "-S"]


def opened(ready: Ready, world: World, folder: Path) -> Path:
    """The sealed ZIP, opened by 7-Zip with the passphrase from the paper."""
    sealed = written(ready, "zip", world, folder)
    done = subprocess.run(["7z", "x", "-y", f"-p{ready.passphrase}", f"-o{folder / 'x'}", str(sealed)],
                          capture_output=True, text=True)  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return folder / "x"


def manifest_of(folder: Path) -> dict[str, Any]:
    said: dict[str, Any] = json.loads((folder / "manifest.json").read_bytes())
    return said


def verified(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """The one-file verifier, by a Python that knows nothing of this project."""
    argv = [*ALONE, verify_ledger.__file__, str(folder), *more]
    return subprocess.run(argv, capture_output=True, text=True, cwd="/")


def test_everything_holds_with_what_a_receiver_has(packed: Ready, world: World, tmp_path: Path) -> None:
    folder = opened(packed, world, tmp_path)
    said = subprocess.run(["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True)
    assert said.returncode == 0 and said.stdout.count(": OK") == len(list(folder.rglob("*.*"))) - 1 - 0
    check = [
        "openssl",
        "cms",
        "-verify",
        "-binary",
        "-inform",
        "DER",
        "-purpose",
        "any",
        "-CAfile",
        "signer.pem",
    ]
    for name in ("manifest.json", "SHA256SUMS"):
        argv = [*check, "-in", f"{name}.p7s", "-content", name, "-out", "/dev/null"]
        subprocess.run(argv, cwd=folder, check=True, capture_output=True)
    report = verified(folder, "--signer", signing.fingerprint())
    assert report.returncode == 0, report.stdout + report.stderr
    assert report.stdout.endswith("WHOLE\n") and "names the same hashes" in report.stdout
    assert verified(folder, "--signer", "00 11").returncode == 1


def test_the_original_is_bit_for_bit_what_was_stored(
    packed: Ready, world: World, footage: Footage, tmp_path: Path
) -> None:
    folder = opened(packed, world, tmp_path)
    # A key frame every 2 s: second 3 begins at the key frame of second 2; the end cuts to the fragment.
    expected = footage.init + b"".join(footage.fragments[5:18])
    assert (folder / "1-original/cam01_1_0001.mp4").read_bytes() == expected
    assert (folder / "1-original/cam01_1_0001.mp4").read_bytes().count(SEI) == 3
    assert (folder / "2-viewing/cam01_1_0001.mp4").read_bytes().count(SEI) == 3, (
        "what signs it is still there"
    )


def test_the_viewing_copy_has_the_same_pictures_at_the_same_times(
    packed: Ready, world: World, tmp_path: Path
) -> None:
    folder = opened(packed, world, tmp_path)
    [clip] = manifest_of(folder)["footage"][0]["clips"]
    times = []
    for kind in ("original", "viewing"):
        path = folder / clip[kind]["file"]
        argv = ["ffmpeg", "-v", "error", "-i", str(path), "-map", "0:v", "-c", "copy"]
        argv += ["-f", "streamhash", "-hash", "sha256", "-"]
        told = subprocess.run(argv, check=True, capture_output=True, text=True).stdout
        assert told.strip() == f"0,v,SHA256={clip['stream_sha256']}"
        with av.open(str(path)) as container:
            packets = [packet for packet in container.demux(video=0) if packet.size]
            times.append([packet.pts - packets[0].pts for packet in packets])
        with av.open(str(path)) as container:
            assert sum(1 for _ in container.decode(video=0)) == clip["pictures"] == 78
    assert times[0] == times[1]
    shown = subprocess.run(["ffprobe", "-v", "error", "-show_format", str(folder / clip["viewing"]["file"])],
                           check=True, capture_output=True, text=True).stdout  # fmt: skip
    assert "duration=5.2" in shown


def test_a_second_parser_reads_both(packed: Ready, world: World, tmp_path: Path) -> None:
    folder, found = opened(packed, world, tmp_path), shutil.which("gst-discoverer-1.0")
    if found is None:
        pytest.skip("no GStreamer")
    for kind in ("1-original", "2-viewing"):
        address = (folder / kind / "cam01_1_0001.mp4").as_uri()
        told = subprocess.run([found, "-v", address], capture_output=True, text=True).stdout
        assert "video" in told and "H.264" in told, told


def test_single_pictures_are_marked_and_the_films_are_not(
    packed: Ready, world: World, tmp_path: Path
) -> None:
    folder = opened(packed, world, tmp_path)
    stills = manifest_of(folder)["footage"][0]["stills"]
    assert ["09:00:03" in stills[0]["at"], "09:00:05" in stills[1]["at"]] == [True, True], stills
    for one in stills:
        mark, clear = asking.mark_in((folder / one["file"]).read_bytes())
        assert (mark.hex(), clear > 0.3) == (one["invisible_mark"], True), clear


def test_the_manifest_says_where_it_came_from(packed: Ready, world: World, tmp_path: Path) -> None:
    said = manifest_of(opened(packed, world, tmp_path))
    assert said["case"]["basis"] == "捜査関係事項照会書"
    assert [step["act"] for step in said["custody"]] == [
        "footage-approved",
        "package-begun",
        "packing-granted",
    ]
    [camera] = said["footage"]
    assert "09:00:03" in camera["chosen"]["from"]["utc"]
    assert "09:00:02" in camera["clips"][0]["from"]["utc"], "back to the key frame before"
    assert camera["clips"][0]["segments"][0]["sha256"], "the segment's hash stands in the ledger too"
    [gap] = camera["gaps"]
    assert (gap["reason"], camera["unreadable_segments"]) == ("unreachable", []), "the camera answers nobody"


def test_each_copy_is_counted_and_has_its_hash_in_the_ledger(
    packed: Ready, world: World, tmp_path: Path
) -> None:
    written(packed, "zip", world, tmp_path)
    written(packed, "page", world, tmp_path)
    rows = list(PackageCopy.objects.values_list("form", "sha256"))
    told = [json.loads(text)["detail"]["sha256"] for text in
            Entry.objects.filter(act="package-copied").values_list("text", flat=True)]  # fmt: skip
    assert [form for form, _ in rows] == ["zip", "page"]
    assert sorted(told) == sorted(digest for _, digest in rows)


def test_two_packages_of_the_same_footage_share_neither_passphrase_nor_number(
    packed: Ready, world: World, footage: Footage
) -> None:
    second = pack(world, footage)
    assert packed.passphrase != second.passphrase
    assert (packed.package, second.package) == ("EXP-2026-000001", "EXP-2026-000002")
    assert packed.papers["manifest.json"] != second.papers["manifest.json"]
    assert packed.stills[0].jpeg != second.stills[0].jpeg, "marked for their receiver"


def test_names_in_the_zip_are_neutral_and_nothing_opens_without_the_passphrase(
    packed: Ready, world: World, tmp_path: Path
) -> None:
    sealed = written(packed, "zip", world, tmp_path)
    listed = subprocess.run(
        ["7z", "l", "-slt", str(sealed)], capture_output=True, text=True, check=True
    ).stdout
    assert "AES-256" in listed and "ZipCrypto" not in listed and "山田" not in listed
    assert subprocess.run(["7z", "t", "-p0000", str(sealed)], capture_output=True).returncode != 0
    assert b"ftyp" not in sealed.read_bytes()


def test_the_disc_image_holds_the_same_zip(packed: Ready, world: World, tmp_path: Path) -> None:
    image = written(packed, "disc", world, tmp_path)
    subprocess.run(["7z", "x", "-y", f"-o{tmp_path / 'disc'}", str(image)], check=True, capture_output=True)
    [inner] = (tmp_path / "disc").iterdir()
    assert inner.name == f"{packed.package}.zip"
    done = subprocess.run(["7z", "t", f"-p{packed.passphrase}", str(inner)], capture_output=True)
    assert done.returncode == 0


def test_a_forgotten_package_is_gone_and_its_grants_are_over(packed: Ready, world: World) -> None:
    packing.forget(packed.package)
    assert not packing.is_ready(packed.package)
    assert not Grant.objects.filter(kind="packing", ended_ns=None).exists()


def test_the_length_of_a_zip_is_known_before_it_is_made() -> None:
    members = [sealed_zip.Member("a/b", 5, lambda: (b"12", b"345")), sealed_zip.Member("c", 0, lambda: ())]
    outlet = sealed_zip.Outlet()
    made = b"".join(sealed_zip.stream(members, "1" * 29, 10**18, outlet))
    assert len(made) == outlet.size_bytes == sealed_zip.size_bytes(members, 10**18)
    wrong = [sealed_zip.Member("a", 4, lambda: (b"12345",))]
    with pytest.raises(ValueError, match="5 bytes instead of 4"):
        list(sealed_zip.stream(wrong, "1" * 29, 10**18, sealed_zip.Outlet()))
