"""Somebody alters a package and makes good what they can. The one-file verifier has to say so."""

from __future__ import annotations

import hashlib
import json
import shutil
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from kuramori.evidence import manifest, packing, signing
from kuramori.ledger import verify_ledger
from kuramori.ledger.verify_ledger import Wrong

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.evidence.packing import Ready
    from tests.footage.world import World

pytestmark = pytest.mark.django_db
ORIGINAL, VIEWING = "1-original/cam01_1_0001.mp4", "2-viewing/cam01_1_0001.mp4"


def laid_out(ready: Ready, world: World, folder: Path) -> Path:
    """The package's files as an opened ZIP has them."""
    folder = folder / "opened"
    for member in ready.members(world.manager):
        path = folder / member.name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"".join(bytes(part) for part in member.parts()))
    return folder


def sums_again(folder: Path) -> None:
    """What anybody can make good without a key."""
    names = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    listed = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in names
              if not name.startswith("SHA256SUMS")}  # fmt: skip
    (folder / "SHA256SUMS").write_bytes(manifest.sums(listed))


def rewritten(folder: Path, change: Any, *, sign: bool = False) -> None:
    """The manifest changed, and everything after it that is possible made good."""
    said = json.loads((folder / "manifest.json").read_bytes())
    change(said)
    (folder / "manifest.json").write_bytes(manifest.written(said))
    if sign:
        (folder / "manifest.json.p7s").write_bytes(signing.sign((folder / "manifest.json").read_bytes()))
    sums_again(folder)
    if sign:
        (folder / "SHA256SUMS.p7s").write_bytes(signing.sign((folder / "SHA256SUMS").read_bytes()))


def refused(folder: Path, words: str, **more: Any) -> None:
    with pytest.raises(Wrong, match=words):
        verify_ledger.verify_package(folder, **more)


def test_altered_shortened_spliced_swapped_added_or_left_out(
    packed: Ready, world: World, tmp_path: Path
) -> None:
    whole = laid_out(packed, world, tmp_path / "whole")
    verify_ledger.verify_package(whole)
    film = (whole / VIEWING).read_bytes()
    changes = {
        "altered": lambda at: (at / VIEWING).write_bytes(film[:5000] + bytes([film[5000] ^ 1]) + film[5001:]),
        "shortened": lambda at: (at / ORIGINAL).write_bytes((at / ORIGINAL).read_bytes()[:-100]),
        "spliced": lambda at: (at / ORIGINAL).write_bytes((at / ORIGINAL).read_bytes() + film),
        "swapped": lambda at: (at / ORIGINAL).write_bytes(film),
        "added": lambda at: (at / "2-viewing/more.mp4").write_bytes(film),
        "left out": lambda at: (at / VIEWING).unlink(),
    }
    for number, change in enumerate(changes.values()):
        folder = shutil.copytree(whole, tmp_path / str(number))
        change(folder)
        refused(folder, "altered|not of this package|missing")
        sums_again(folder)
        refused(folder, "not what was signed|missing|not of this package")


def test_an_old_signature_under_new_sums_does_not_pass(packed: Ready, world: World, tmp_path: Path) -> None:
    folder = laid_out(packed, world, tmp_path)
    rewritten(folder, lambda said: said["case"].update(asker="別の人"))
    refused(folder, "not what was signed")


def test_signed_again_with_another_key_is_told_by_the_number_on_paper(
    packed: Ready, world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder, number = laid_out(packed, world, tmp_path), signing.fingerprint()
    forger = ec.generate_private_key(ec.SECP256R1())
    forged = forger, signing._certificate(forger)
    monkeypatch.setattr(signing, "pair", lambda: forged)
    rewritten(folder, lambda said: said["case"].update(asker="別の人"), sign=True)
    assert verify_ledger.verify_package(folder), "without the paper nobody can tell"
    refused(folder, "signed by another", signer=number)


def test_hashes_that_the_record_does_not_name(packed: Ready, world: World, tmp_path: Path) -> None:
    """Even the signing key itself does not put other footage under an entry of the record."""
    folder = laid_out(packed, world, tmp_path)
    (folder / VIEWING).write_bytes(b"other footage")

    def change(said: dict[str, Any]) -> None:
        digest = hashlib.sha256(b"other footage").hexdigest()
        said["footage"][0]["clips"][0]["viewing"]["sha256"] = digest

    rewritten(folder, change, sign=True)
    refused(folder, "the record names other files")


def test_a_damaged_signature_is_wrong_and_no_crash(packed: Ready, world: World) -> None:
    signature, content = packed.papers[manifest.SIGNATURE], packed.papers[manifest.NAME]
    number = verify_ledger.signer_of(signature, content)
    assert number == signing.fingerprint().replace(" ", "")
    for at in range(0, len(signature), 7):
        changed = signature[:at] + bytes([signature[at] ^ 0x55]) + signature[at + 1 :]
        try:
            verify_ledger.signer_of(changed, content)  # a place that says nothing, or another certificate
        except Wrong:
            continue
    with pytest.raises(Wrong):
        verify_ledger.signer_of(signature, content + b" ")
    for cut in range(0, len(signature), 31):
        with pytest.raises(Wrong):
            verify_ledger.signer_of(signature[:cut], content)
    assert packing.is_ready(packed.package)
