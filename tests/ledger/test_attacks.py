"""Somebody with full power over the box rewrites the ledger; an outsider holds one old checkpoint."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kuramori.ledger import checking, checkpoints, entries, exporting, merkle, tree, verify_ledger
from kuramori.ledger.models import Checkpoint, Entry, Node
from kuramori.ledger.notes import Signer

pytestmark = pytest.mark.django_db
OLD, NOW = 13, 21
VERIFIER = Path(verify_ledger.__file__)


@pytest.fixture
def old_note() -> str:
    """A ledger of `NOW` entries; the checkpoint over the first `OLD` left the box on paper."""
    for number in range(OLD):
        entries.record("counted", actor="program:work", detail={"number": number})
    kept = checkpoints.make()
    assert kept is not None
    for number in range(OLD, NOW):
        entries.record("counted", actor="program:work", detail={"number": number})
    return kept.note


def stand_alone(tmp_path: Path, *notes: str, key: str | None = None) -> subprocess.CompletedProcess[str]:
    """The verifier as an auditor runs it: one file, no package, another interpreter in isolated mode."""
    export = tmp_path / "export.jsonl"
    export.write_text("".join(exporting.lines()), encoding="utf-8")
    argv = [sys.executable, "-I", "-S", str(VERIFIER), str(export)]
    for number, note in enumerate(notes):
        kept = tmp_path / f"checkpoint-{number}.txt"
        kept.write_text(note, encoding="utf-8")
        argv += ["--checkpoint", str(kept)]
    argv += ["--key", key or checkpoints.signer().verifier_key]
    return subprocess.run(argv, capture_output=True, text=True, check=False)


def rebuild(texts: list[tuple[bytes, str]]) -> None:
    """What root would do: write all rows anew, with every hash right, and sign again."""
    Entry.objects.all().delete()
    Node.objects.all().delete()
    Checkpoint.objects.all().delete()
    for seq, (salt, text) in enumerate(texts):
        text = text.replace(
            f'"seq":{text.split(chr(34) + "seq" + chr(34) + ":")[1].split(",")[0]}', f'"seq":{seq}'
        )
        Entry.objects.create(
            seq=seq, at_ns=0, act="counted", actor="program:work", outcome="done", salt=salt, text=text
        )
        tree.add_leaf(seq, merkle.leaf_hash(salt + text.encode()))


def rows() -> list[tuple[bytes, str]]:
    return [(bytes(row.salt), row.text) for row in Entry.objects.order_by("seq")]


def edited(texts: list[tuple[bytes, str]]) -> list[tuple[bytes, str]]:
    salt, text = texts[5]
    return [*texts[:5], (salt, text.replace('"number":5', '"number":6')), *texts[6:]]


def removed(texts: list[tuple[bytes, str]]) -> list[tuple[bytes, str]]:
    return [*texts[:5], *texts[6:]]


def inserted(texts: list[tuple[bytes, str]]) -> list[tuple[bytes, str]]:
    return [*texts[:5], texts[2], *texts[5:]]


def forked(texts: list[tuple[bytes, str]]) -> list[tuple[bytes, str]]:
    """Another history from entry 5 on, and longer than the true one."""
    return [*texts[:5], *reversed(texts[5:]), *texts[:7]]


def cut_below(texts: list[tuple[bytes, str]]) -> list[tuple[bytes, str]]:
    return texts[: OLD - 1]


def test_an_honest_ledger_verifies_against_the_old_checkpoint(old_note: str, tmp_path: Path) -> None:
    result = stand_alone(tmp_path, old_note)
    assert result.returncode == 0, result.stdout
    assert f"the checkpoint over {OLD} entries holds" in result.stdout
    assert checking.findings() == []


@pytest.mark.parametrize("attack", [edited, removed, inserted, cut_below, forked])
def test_a_ledger_rewritten_with_all_hashes_and_signatures_right_is_found_by_the_old_checkpoint(
    old_note: str, tmp_path: Path, attack: Callable[[list[tuple[bytes, str]]], list[tuple[bytes, str]]]
) -> None:
    rebuild(attack(rows()))
    assert stand_alone(tmp_path).returncode == 0  # alone it looks whole: only the paper tells
    result = stand_alone(tmp_path, old_note)
    assert result.returncode == 1
    assert "NOT WHOLE" in result.stdout


def test_a_text_changed_in_the_database_is_found_on_the_box_and_outside(
    old_note: str, tmp_path: Path
) -> None:
    row = Entry.objects.get(seq=7)
    Entry.objects.filter(seq=7).update(text=row.text.replace('"number":7', '"number":8'))
    assert checking.findings() == ["entry-altered 7"]
    result = stand_alone(tmp_path, old_note)
    assert result.returncode == 1
    assert "entry 7 was altered" in result.stdout


def test_a_row_deleted_in_the_middle_or_at_the_end_is_found(old_note: str) -> None:
    last = Entry.objects.get(seq=NOW - 1)
    last.delete()
    assert checking.findings() == [f"entry-missing {NOW - 1}"]
    Entry.objects.filter(seq=4).delete()
    assert checking.findings() == ["entry-missing 4"]


def test_an_altered_inner_node_is_found(old_note: str) -> None:
    Node.objects.filter(position=merkle.position((2, 1))).update(hash=b"\0" * 32)
    assert checking.findings() == ["node-altered 7"]


def test_a_checkpoint_made_with_another_key_is_refused(old_note: str, tmp_path: Path) -> None:
    forger = Signer(checkpoints.signer().origin, b"\7" * 32)
    forged = forger.checkpoint(OLD, tree.root(OLD))
    result = stand_alone(tmp_path, forged)
    assert result.returncode == 1
    assert "signature" in result.stdout


def test_a_checkpoint_of_another_recorder_is_refused(old_note: str, tmp_path: Path) -> None:
    other = Signer("kuramori/" + "0" * 32, b"\7" * 32)
    result = stand_alone(tmp_path, other.checkpoint(OLD, tree.root(OLD)))
    assert result.returncode == 1


def test_one_changed_letter_in_the_checkpoint_is_noticed(old_note: str, tmp_path: Path) -> None:
    size_changed = old_note.replace(f"\n{OLD}\n", f"\n{OLD + 1}\n")
    assert stand_alone(tmp_path, size_changed).returncode == 1


def test_a_text_erased_for_privacy_leaves_the_ledger_verifiable_outside(
    old_note: str, tmp_path: Path
) -> None:
    Entry.objects.filter(seq=3).delete()
    result = stand_alone(tmp_path, old_note)
    assert result.returncode == 0, result.stdout
    assert "1 of them without text" in result.stdout


def test_openssl_agrees_with_the_signature(old_note: str, tmp_path: Path) -> None:
    text, _, signature_line = old_note.partition("\n\n")
    import base64

    signature = base64.b64decode(signature_line.split()[2])[4:]
    der = bytes.fromhex("302a300506032b6570032100") + checkpoints.signer().public
    (tmp_path / "key.der").write_bytes(der)
    (tmp_path / "text").write_text(text + "\n")
    (tmp_path / "signature").write_bytes(signature)
    done = subprocess.run(
        [
            "openssl",
            "pkeyutl",
            "-verify",
            "-pubin",
            "-keyform",
            "DER",
            "-inkey",
            "key.der",
            "-rawin",
            "-in",
            "text",
            "-sigfile",
            "signature",
        ],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_verifier_knows_the_rfc_8032_vectors() -> None:
    public = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
    signature = bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    )
    assert verify_ledger.signature_holds(public, b"\x72", signature)
    assert not verify_ledger.signature_holds(public, b"\x73", signature)


def test_the_stand_alone_verifier_imports_only_the_standard_library() -> None:
    source = VERIFIER.read_text(encoding="utf-8")
    imported = [line.split()[1] for line in source.splitlines() if line.startswith(("import ", "from "))]
    modules = {"argparse", "base64", "datetime", "hashlib", "json", "pathlib", "sys", "zipfile"}
    assert set(imported) <= {"__future__", *modules}
