"""Packing: from what was chosen to a package that is ready to be written out, and its writings.

What is ready lies in the memory of this `web` process only: passphrase, papers, tables. The pictures are
decrypted again for each writing, under the same grants, so that a withdrawal or a lock ends that too.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.db import transaction

from kuramori import clock
from kuramori.access import grant_check, granted_footage, granting
from kuramori.errors import BadInput, ChannelFailed, Refusal
from kuramori.evidence import (
    clips,
    custody,
    ledger_proof,
    manifest,
    papers,
    reader_page,
    redacted_films,
    redactions,
    signing,
    stills,
    time_stamps,
)
from kuramori.evidence.hashing import of as hash_of
from kuramori.evidence.models import CHOSEN, FAILED, PACKED, PACKING, Package
from kuramori.evidence.sealed_zip import Member
from kuramori.ledger import entries, verify_ledger
from kuramori.places import bodies
from kuramori.vault.passphrase import new_passphrase

if TYPE_CHECKING:
    from collections.abc import Callable

    from kuramori.access.models import Grant
    from kuramori.evidence.clips import Clip
    from kuramori.evidence.models import PackagePart
    from kuramori.evidence.redacted_films import Film
    from kuramori.evidence.stills import Still
    from kuramori.people.models import Account

LARGEST_BYTES = 3_900_000_000
"""So that it fits on a USB memory with FAT32, both copies together."""


@dataclass(slots=True)
class Ready:
    """A package as it waits in memory to be written."""

    package: str
    account_id: int
    passphrase: str
    grants: list[Grant]
    clips: list[Clip]
    stills: list[Still]
    said: dict[str, Any]
    papers: dict[str, bytes]
    made_ns: int
    films: list[Film] = field(default_factory=list)

    @property
    def watched_bytes(self) -> int:
        """Of what is looked at: films and single pictures, without the originals."""
        return _watched_bytes(self.clips, self.films, self.stills)

    def members(self, account: Account) -> list[Member]:
        """Every file of the package, in order: pictures first, then the papers."""
        made = [
            Member(clip.original_name, clip.original.size_bytes, _again(clips.original, clip, account))
            for clip in self.clips
        ]
        made += [
            Member(clip.viewing_name, clip.viewing.size_bytes, _again(clips.viewing, clip, account))
            for clip in self.clips
        ]
        made += [Member(film.name, len(film.data), _held(film.data)) for film in self.films]
        small = {still.name: still.jpeg for still in self.stills} | self.papers
        return made + [Member(name, len(data), _held(data)) for name, data in small.items()]


@dataclass(slots=True)
class Progress:
    """How far packing is, for the page that waits."""

    all_bytes: int = 1
    done_bytes: int = 0

    @property
    def percent(self) -> int:
        return min(99, 100 * self.done_bytes // max(1, self.all_bytes))

    def tick(self, size_bytes: int) -> None:
        self.done_bytes += size_bytes


_guard = threading.Lock()
_ready: dict[str, Ready] = {}
progress: dict[str, Progress] = {}


def begin(manager: Account, package: Package) -> list[tuple[PackagePart, Grant]]:
    """Take the grants and mark the package as being packed. Raises `Refusal`, `BadInput`."""
    parts = list(package.parts.select_related("approval__camera", "package"))
    if not parts:
        raise BadInput("no-camera-named")
    for part in parts:
        redactions.require(package, part)
    grants = [
        granting.grant_packing(manager, part.approval, part.start_ns, part.end_ns, package=package.number)
        for part in parts
    ]
    all_bytes = sum(size_bytes(grant) for grant in grants)
    if 2 * all_bytes > LARGEST_BYTES:
        raise BadInput("package-too-large")
    if not Package.objects.filter(number=package.number, state=CHOSEN).update(state=PACKING):
        raise BadInput("package-already-packed")
    progress[package.number] = Progress(
        all_bytes=3 * all_bytes if any(map(redactions.newest, parts)) else 2 * all_bytes
    )
    return list(zip(parts, grants, strict=True))


def pack(manager: Account, package: Package, taken: list[tuple[PackagePart, Grant]]) -> Ready:
    """Read, hash, sign. Raises what reading raises; the package is then marked as failed, with the code."""
    try:
        ready = _packed(manager, package, taken)
    except Exception as error:
        why = getattr(error, "code", "defect")
        for _part, grant in taken:
            granting.end(grant)
        with transaction.atomic():
            Package.objects.filter(number=package.number, state=PACKING).update(state=FAILED, why=why)
            entries.record(
                "package-failed",
                actor=manager.actor,
                obj={"package": package.number, "case": package.case_number},
                outcome="failed",
                reason=str(why),
            )
        raise
    finally:
        progress.pop(package.number, None)
    with _guard:
        _ready[package.number] = ready
    redacted_films.forget(package.number)
    return ready


def ready(package: str, account: Account) -> Ready:
    """What this person packed in this process. Raises `Refusal` `package-not-ready` where it is gone."""
    with _guard:
        found = _ready.get(package)
    if found is None or found.account_id != account.pk:
        raise Refusal("package-not-ready", clause="T6a", package=package)
    for grant in found.grants:
        grant_check.require_packing(grant, account, clock.now_ns())
    return found


def is_ready(package: str) -> bool:
    """Whether it still waits in memory."""
    return package in _ready


def has_page(package: str) -> bool:
    """Whether what waits there can be written as a page that opens itself."""
    found = _ready.get(package)
    return found is not None and reader_page.fits(found.watched_bytes)


def forget(package: str) -> None:
    """Drop it: the passphrase is gone with it, and the grants end."""
    with _guard:
        found = _ready.pop(package, None)
    redacted_films.forget(package)
    for grant in found.grants if found else ():
        granting.end(grant)


def _packed(manager: Account, package: Package, taken: list[tuple[PackagePart, Grant]]) -> Ready:
    tick = progress.get(package.number, Progress()).tick
    found: list[Clip] = []
    films: list[Film] = []
    pictures: list[Still] = []
    footage: list[dict[str, Any]] = []
    mark = stills.mark_of(package.number)
    for part, grant in taken:
        prefix = f"cam{part.approval.camera.number:02d}_{len(footage) + 1}"
        of_part, missing = clips.survey(grant, manager, prefix, tick)
        row = redactions.require(package, part)
        made: list[Film] = []
        if row is not None:
            made = redacted_films.of_clips(of_part, manager, row, tick)
            redactions.require_same(row, [film.sha256 for film in made])
            of_part = []
        names = [(at_ns, f"3-stills/{prefix}_{number:02d}.jpg") for number, at_ns in
                 enumerate(part.stills_ns, start=1)]  # fmt: skip
        shots = [
            stills.of_film(_film_at(made, at_ns), at_ns, name, mark)
            if made
            else stills.still(_clip_at(of_part, at_ns), manager, at_ns, name, mark)
            for at_ns, name in names
        ]
        footage.append(
            custody.asked(part)
            | {
                "clips": [manifest.clip_said(clip, bodies.timezone()) for clip in of_part],
                "gaps": custody.gaps(part),
                "unreadable_segments": missing,
                "stills": [shot.said(mark.hex()) for shot in shots],
                "derivatives": [film.said(row) for film in made if row is not None],
                "as_recorded_because": part.as_recorded_because if row is None else "",
            }
        )
        found += of_part
        films += made
        pictures += shots
    said = _said(manager, package, footage)
    seq = _sealed(manager, package, footage)
    said["ledger"] = ledger_proof.of(seq)
    passphrase, made_ns = new_passphrase(), clock.now_ns()
    written, stamped = _papers(package, said, found, films, pictures)
    for _part, grant in taken:  # withdrawn or locked since the last picture was read
        grant_check.require_packing(grant, manager, clock.now_ns())
    _packed_now(manager, package, seq, hash_of(written[manifest.NAME])["sha256"], stamped)
    return Ready(package.number, int(manager.pk), passphrase, [grant for _part, grant in taken], found,
                 pictures, said, written, made_ns, films)  # fmt: skip


def _said(manager: Account, package: Package, footage: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "format": manifest.FORMAT,
        "package": package.number,
        "packed": manifest.moment(clock.now_ns(), bodies.timezone()),
        "packed_by": manager.full_name,
        "receiver": package.receiver,
        "return_by": package.return_by.isoformat(),
        "case": {"number": package.case_number, **package.case},
        "recorded_by": custody.recorder(),
        "footage": footage,
        "custody": custody.of(package),
        "signer_sha256": signing.fingerprint().replace(" ", ""),
    }


def _sealed(manager: Account, package: Package, footage: list[dict[str, Any]]) -> int:
    """Every file's hash into the ledger, before anything is signed: the proof in the manifest is of this."""
    with transaction.atomic(durable=True):
        return entries.record(
            "package-sealed",
            actor=manager.actor,
            obj={"package": package.number, "case": package.case_number},
            outcome="allowed",
            detail={"files": manifest.hashes(footage), "receiver": package.receiver},
        )


def _papers(
    package: Package, said: dict[str, Any], found: list[Clip], films: list[Film], pictures: list[Still]
) -> tuple[dict[str, bytes], str]:
    """The files without footage, SHA256SUMS last; and the word about the time stamp."""
    listed = manifest.written(said)
    signature = signing.sign(listed)
    made = {manifest.NAME: listed, manifest.SIGNATURE: signature}
    by, stamped = time_stamps.chosen(), "none"
    if by is not None:
        try:
            made[manifest.STAMP], stamped = time_stamps.stamp(signature, by), "in"
        except ChannelFailed as failed:
            stamped = failed.code
    has_page = reader_page.fits(_watched_bytes(found, films, pictures))
    made["certificate.pdf"] = papers.certificate(package, said, hash_of(listed)["sha256"], stamped, has_page)
    made["signer.pem"] = signing.certificate_pem()
    made["README.txt"] = papers.read_me(package, stamped, has_page).encode()
    made["verify.py"] = Path(verify_ledger.__file__).read_bytes()
    sums = {clip.original_name: clip.original.said()["sha256"] for clip in found}
    sums |= {clip.viewing_name: clip.viewing.said()["sha256"] for clip in found}
    sums |= {film.name: film.sha256 for film in films}
    sums |= {still.name: hash_of(still.jpeg)["sha256"] for still in pictures}
    sums |= {name: hash_of(data)["sha256"] for name, data in made.items()}
    made[manifest.SUMS] = manifest.sums(sums)
    made[manifest.SUMS_SIGNATURE] = signing.sign(made[manifest.SUMS])
    return made, stamped


def _packed_now(manager: Account, package: Package, seq: int, digest: str, stamped: str) -> None:
    with transaction.atomic(durable=True):
        still_wanted = Package.objects.filter(number=package.number, state=PACKING).update(
            state=PACKED,
            packed_ns=clock.now_ns(),
            manifest_sha256=digest,
            sealed_seq=seq,
            time_stamp=stamped,
        )
        if not still_wanted:  # somebody dropped it meanwhile
            raise Refusal("package-not-ready", clause="T6a", package=package.number)
        entries.record(
            "package-packed",
            actor=manager.actor,
            obj={"package": package.number, "case": package.case_number},
            detail={"manifest_sha256": digest, "time_stamp": stamped},
        )
    package.refresh_from_db()


def _watched_bytes(found: list[Clip], films: list[Film], pictures: list[Still]) -> int:
    whole = sum(clip.viewing.size_bytes for clip in found) + sum(len(film.data) for film in films)
    return whole + sum(len(still.jpeg) for still in pictures)


def _clip_at(found: list[Clip], at_ns: int) -> Clip:
    before = [clip for clip in found if clip.start_ns <= at_ns]
    return before[-1] if before else found[0]


def _film_at(made: list[Film], at_ns: int) -> Film:
    before = [film for film in made if film.places[0][0] <= at_ns]
    return before[-1] if before else made[0]


def size_bytes(grant: Grant) -> int:
    """Of everything that the grant lets through."""
    total = 0
    for row in granted_footage.rows(grant, clock.now_ns()):
        try:
            with granted_footage.open_file(row, grant).file as file:
                start_ns, end_ns = granted_footage.interval(grant)
                total += sum(
                    one.length for one in granted_footage.records_within(file.records, start_ns, end_ns)
                )
        except FileNotFoundError:
            continue
    return total


def _again(read: Callable[[Clip, Account], Any], clip: Clip, account: Account) -> Callable[[], Any]:
    return lambda: read(clip, account)


def _held(data: bytes) -> Callable[[], Any]:
    return lambda: (data,)
