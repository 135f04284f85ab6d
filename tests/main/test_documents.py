"""What the documents say about settings is what runs."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

REPOSITORY = Path(__file__).resolve().parents[2]
DESIGN = REPOSITORY / "docs" / "design"


def stated(document: str, name: str) -> str:
    """The value of a table line `| name | value | …` of a design note."""
    text = (DESIGN / document).read_text(encoding="utf-8")
    found = re.search(rf"^\| `{re.escape(name)}` \| `?([^|`]+?)`? \|", text, re.MULTILINE)
    assert found, f"{document} says nothing about {name}"
    return found[1]


def test_the_sign_in_note_states_the_running_settings() -> None:
    length = settings.AUTH_PASSWORD_VALIDATORS[0]["OPTIONS"]["min_length"]
    assert stated("sign-in.md", "password length") == f"{length} characters"
    assert stated("sign-in.md", "card") == f"{settings.MFA_RECOVERY_CODE_COUNT} codes"
    assert stated("sign-in.md", "session") == f"{settings.SESSION_COOKIE_AGE // 3600} hours"
    assert stated("sign-in.md", "wrong tries") == settings.ACCOUNT_RATE_LIMITS["login_failed"]


def test_the_pages_note_states_the_running_policy() -> None:
    directives = settings.CONTENT_SECURITY_POLICY["DIRECTIVES"]
    for name in ("default-src", "img-src", "media-src"):
        assert stated("pages.md", name) == " ".join(directives[name])
    megabytes = settings.FILE_UPLOAD_MAX_MEMORY_SIZE // 1024 // 1024
    assert stated("pages.md", "largest request body") == f"{megabytes} MiB"


def test_every_make_target_of_the_readme_exists() -> None:
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    assert set(re.findall(r"make ([a-z-]+)", readme)) <= targets


def test_what_is_installed_is_pinned_without_naming_where_it_comes_from() -> None:
    files = [*REPOSITORY.glob("requirements/*"), *REPOSITORY.glob("packaging/*"), REPOSITORY / ".ci" / "run"]
    files += [REPOSITORY / name for name in ("Makefile", "package.json")]
    assert [path.name for path in files if "://" in path.read_text(encoding="utf-8")] == []
    assert '"resolved"' not in (REPOSITORY / "package-lock.json").read_text(encoding="utf-8")
    pinned = (REPOSITORY / "requirements" / "run.txt").read_text(encoding="utf-8")
    assert "--hash=sha256:" in pinned


NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+)(…?))?`")
"""A test as the notes name it; with "…" only the beginning of its name."""
WORDS = (
    "altered package", "swapped", "shortened", "spliced", "forged time stamp", "ledger edited", "ledger cut",
    "ledger forked by root", "replayed address of a grant", "stolen cookie on another console", "guessed ids",
    "path tricks", "header injection", "oversized upload", "hostile upload",
)  # fmt: skip


def test_every_test_that_a_design_note_names_exists() -> None:
    count, gone = 0, []
    for note in sorted(DESIGN.glob("*.md")):
        for path, test, more in NAMED.findall(note.read_text(encoding="utf-8")):
            count += 1
            place = REPOSITORY / path
            wanted = rf"^ *(async )?def {re.escape(test)}{'' if more else '[(]'}"
            if not place.exists() or (test and not re.search(wanted, place.read_text("utf-8"), re.MULTILINE)):
                gone.append((note.name, path, test))
    assert count > 300 and gone == []


def test_every_attack_on_looking_and_handing_out_has_its_row_and_its_test() -> None:
    note = (DESIGN / "attacks.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (?!attack \||---)([^|]+) \| ([^|]+) \| ([^|]+) \|$", note, re.MULTILINE)
    assert len(rows) == note.count("\n| ") - 1, "every row has three cells"
    for attack, stops, tests in rows:
        assert stops.strip() and NAMED.search(tests) and "::" in tests, attack
    for word in WORDS:
        assert any(attack.startswith(word) for attack, _stops, _tests in rows), word
