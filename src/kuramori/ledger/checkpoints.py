"""Signed heads of the tree: made hourly by `work`, shown as QR, checked by anybody who kept an older one."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction

from kuramori import clock
from kuramori.ledger import tree
from kuramori.ledger.models import Checkpoint
from kuramori.ledger.notes import Signer


def signer() -> Signer:
    """This recorder's ledger key, in the name kuramori/<recorder id>."""
    seed = (settings.DATA / "keys" / "ledger.key").read_bytes()
    return Signer(f"kuramori/{settings.INSTANCE.recorder_id}", seed)


def make() -> Checkpoint | None:
    """Sign the present head if the ledger has grown since the last checkpoint; the newest one, if any."""
    with transaction.atomic():
        size = tree.size()
        newest = latest()
        if size == 0 or (newest is not None and newest.size == size):
            return newest
        note = signer().checkpoint(size, tree.root(size))
        return Checkpoint.objects.create(size=size, at_ns=clock.now_ns(), note=note)


def printed() -> str:
    """The present head as a paper carries it; empty while nothing was ever done."""
    newest = make()
    return newest.note if newest else ""


def latest() -> Checkpoint | None:
    return Checkpoint.objects.order_by("-size").first()
