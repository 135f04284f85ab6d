"""Writing a ready package out: counted; in the ledger before its first byte, its hash there at the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from asgiref.sync import sync_to_async
from django.db import transaction

from kuramori import clock
from kuramori.errors import KuramoriError
from kuramori.evidence import disc_image, reader_page, sealed_zip
from kuramori.evidence.models import Package, PackageCopy
from kuramori.ledger import entries, leaving
from kuramori.ledger.models import Checkpoint

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from kuramori.evidence.packing import Ready
    from kuramori.evidence.sealed_zip import Outlet
    from kuramori.people.models import Account

ENDINGS = {"zip": "zip", "page": "html", "disc": "iso", "usb": "zip"}


@dataclass(slots=True)
class Writing:
    """One copy on its way out: `blocks` come once, `size_bytes` is known before."""

    copy: PackageCopy
    blocks: Iterator[bytes]
    size_bytes: int
    outlet: Outlet
    checkpoint: Checkpoint

    @property
    def name(self) -> str:
        return f"{self.copy.package_id}.{ENDINGS[self.copy.form]}"


def begin(ready: Ready, form: str, account: Account) -> Writing:
    """Enter the copy and get its bytes ready; nothing was read yet. `form` is one of ENDINGS."""
    outlet = sealed_zip.Outlet()
    blocks, size_bytes = WAYS[form](ready, account, outlet)
    with transaction.atomic(durable=True):
        copy = PackageCopy.objects.create(
            package_id=ready.package, form=form, began_ns=clock.now_ns(), made_by=account
        )
        entries.record(
            "package-copy-began",
            actor=account.actor,
            obj={"package": ready.package, "copy": copy.pk},
            outcome="allowed",
            detail={"form": form, "bytes": size_bytes},
        )
    note = ready.said["ledger"]["checkpoint"]
    return Writing(copy, blocks, size_bytes, outlet, Checkpoint(size=int(note.split("\n")[1]), note=note))


def end(writing: Writing) -> None:
    """The last byte has left."""
    copy, digest = writing.copy, writing.outlet.sha256.hexdigest()
    leaving.left("package", writing.checkpoint, actor=copy.made_by.actor)
    with transaction.atomic():
        PackageCopy.objects.filter(pk=copy.pk).update(
            ended_ns=clock.now_ns(), sha256=digest, size_bytes=writing.outlet.size_bytes
        )
        entries.record(
            "package-copied",
            actor=copy.made_by.actor,
            obj={"package": copy.package_id, "copy": copy.pk},
            detail={"form": copy.form, "sha256": digest, "bytes": writing.outlet.size_bytes},
        )


async def body(writing: Writing) -> AsyncIterator[bytes]:
    """The blocks for a streamed answer. A no in between ends it short of its length, which the other side
    sees; the copy then never has an end."""
    try:
        while (block := await sync_to_async(_next)(writing.blocks)) is not None:
            yield block
        await sync_to_async(end)(writing)
    except KuramoriError:
        return
    finally:
        close = getattr(writing.blocks, "close", None)
        if close is not None:
            await sync_to_async(close)()


def written(package: Package) -> list[PackageCopy]:
    """The copies whose last byte has left."""
    return list(package.copies.exclude(ended_ns=None))


def _next(blocks: Iterator[bytes]) -> bytes | None:
    return next(blocks, None)


def _zip(ready: Ready, account: Account, outlet: Outlet) -> tuple[Iterator[bytes], int]:
    members = ready.members(account)
    return (
        sealed_zip.stream(members, ready.passphrase, ready.made_ns, outlet),
        sealed_zip.size_bytes(members, ready.made_ns),
    )


WAYS: dict[str, Callable[[Ready, Account, Outlet], tuple[Iterator[bytes], int]]] = {
    "zip": _zip,
    "usb": _zip,
    "page": reader_page.writing,
    "disc": disc_image.writing,
}
