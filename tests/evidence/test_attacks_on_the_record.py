"""The proof in a package and the record it comes from: cut, exchanged, or forked by whoever owns the box."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from kuramori.ledger import checkpoints, entries, exporting, merkle, tree, verify_ledger
from kuramori.ledger.models import Checkpoint, Entry, Node
from kuramori.ledger.notes import Signer
from kuramori.ledger.verify_ledger import Wrong
from tests.evidence.fixtures import Footage, pack
from tests.evidence.test_attacks import laid_out, refused, rewritten
from tests.evidence.test_package import verified

if TYPE_CHECKING:
    from pathlib import Path

    from kuramori.evidence.packing import Ready
    from tests.footage.world import World

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("how", ["cut", "longer", "text", "salt", "place", "root", "other"])
def test_a_proof_that_does_not_fit(
    packed: Ready, world: World, footage: Footage, tmp_path: Path, how: str
) -> None:
    folder = laid_out(packed, world, tmp_path)

    def change(said: dict[str, Any]) -> None:
        proof = said["ledger"]
        if how == "cut":
            proof["proof"] = proof["proof"][:-1]
        elif how == "longer":
            proof["proof"].append("00" * 32)
        elif how == "text":
            proof["text"] = proof["text"].replace("鳥取", "島根")
        elif how == "salt":
            proof["salt"] = "00" * 16
        elif how == "place":
            proof["seq"] -= 1
        elif how == "root":
            lines = proof["checkpoint"].split("\n")
            lines[2] = "A" * 43 + "="
            proof["checkpoint"] = "\n".join(lines)
        else:
            said["ledger"] = pack(world, footage).said["ledger"]

    rewritten(folder, change, sign=True)
    refused(folder, "record|checkpoint|tree")


def test_a_checkpoint_of_another_key_is_told_by_the_key_on_paper(
    packed: Ready, world: World, tmp_path: Path
) -> None:
    folder = laid_out(packed, world, tmp_path)
    seed_of_another = "kuramori/x+00000000+AQ" + "A" * 42
    with pytest.raises(Wrong, match="mistyped"):
        verify_ledger.verify_package(folder, key=seed_of_another)
    stranger = Signer(packed.said["ledger"]["key"].split("+")[0], b"\7" * 32)
    refused(folder, "signature of the checkpoint", key=stranger.verifier_key)


def rewritten_by_root(package: str) -> None:
    """The record anew without what is said of `package`, every hash and signature right."""
    kept = list(Entry.objects.order_by("seq").exclude(text__contains=package))
    Entry.objects.all().delete()
    Node.objects.all().delete()
    Checkpoint.objects.all().delete()
    for seq, row in enumerate(kept):
        text = json.dumps(json.loads(row.text) | {"seq": seq}, ensure_ascii=False)
        row.seq, row.text = seq, text
        row.save(force_insert=True)
        tree.add_leaf(seq, merkle.leaf_hash(bytes(row.salt) + text.encode()))


def exported() -> list[str]:
    return "".join(exporting.lines()).splitlines()


def test_a_record_forked_by_root_after_the_package_left_is_told_by_the_packages_checkpoint(
    packed: Ready, world: World, tmp_path: Path
) -> None:
    """Root leaves the handing out of this package out, and has signing key and database for it."""
    folder, note = laid_out(packed, world, tmp_path), packed.said["ledger"]["checkpoint"]
    size, key = int(note.split("\n")[1]), checkpoints.signer().verifier_key
    assert verify_ledger.verify(exported(), [note], key), "before it was forked"
    rewritten_by_root(packed.package)
    while tree.size() < size + 3:
        entries.record_now("counted", actor="program:work")
    assert verify_ledger.verify(exported(), [], key), "alone it looks whole"
    with pytest.raises(Wrong, match=f"first {size} entries are not those"):
        verify_ledger.verify(exported(), [note], key)
    forked = checkpoints.signer().checkpoint(size, tree.root(size))
    refused(folder, "the record was forked", notes=[forked])


def test_a_checkpoint_beside_a_package_is_compared_or_said_not_to_be(
    packed: Ready, world: World, tmp_path: Path
) -> None:
    folder, note = laid_out(packed, world, tmp_path / "whole"), packed.said["ledger"]["checkpoint"]
    size = int(note.split("\n")[1])
    older = checkpoints.signer().checkpoint(size - 1, tree.root(size - 1))
    (tmp_path / "kept").write_text(note)
    (tmp_path / "older").write_text(older)
    (tmp_path / "forged").write_text(note.replace(f"\n{size}\n", f"\n{size + 1}\n"))
    said = {
        name: verified(folder, "--checkpoint", str(tmp_path / name)) for name in ("kept", "older", "forged")
    }
    assert f"the checkpoint over {size} entries is the one in the package" in said["kept"].stdout
    assert f"over {size - 1} entries was not compared" in said["older"].stdout
    assert [one.returncode for one in said.values()] == [0, 0, 1]
