"""The key of one segment, for one grant.

Ledgered, asked of the recorder, opened, kept until the grant ends.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.access import grant_check, storehouse_session
from kuramori.errors import KeyGone, Refusal
from kuramori.footage import held, recorder_socket
from kuramori.ledger import entries
from kuramori.vault.storehouse import SealContext, open_segment_key

if TYPE_CHECKING:
    from kuramori.access.models import Grant
    from kuramori.people.models import Account
    from kuramori.vault.segment_header import SegmentHeader


def segment_key(grant: Grant, account: Account, header: SegmentHeader, end_ns: int) -> bytearray:
    """The 32-byte key of the segment behind `header`, which ends at `end_ns`.

    The bytearray belongs to this process's store: never change it, never keep it beyond one read; it is
    zeroed when the storehouse locks or the grant ends. Raises `Refusal` for everything that forbids it,
    erased included.
    """
    now_ns = clock.now_ns()
    grant_check.require_segment(grant, account, header.camera, header.start_ns, end_ns, now_ns)
    if now_ns >= header.erase_at_ns and not (header.provisional or held.kept(header.segment)):
        raise _erased(header)
    known = storehouse_session.released_key(grant.id, header.segment)
    if known is not None:
        return known
    private = storehouse_session.private_key(header.storehouse_key)
    _ledger_before_asking(grant, account, header)
    try:
        sealed = recorder_socket.sealed_key(
            grant=grant.id,
            camera=header.camera,
            segment=header.segment,
            hour=header.hour,
            wrapped=header.wrapped_key,
        )
    except KeyGone as gone:
        raise (_erased(header) if gone.code == "key-gone" else _unsure()) from gone
    key = open_segment_key(private.private, sealed, SealContext.of(header))
    return storehouse_session.keep_released(grant.id, header.segment, key, grant.expires_at_ns)


def _ledger_before_asking(grant: Grant, account: Account, header: SegmentHeader) -> None:
    """Committed before the recorder is asked: nothing can be released that is not in the ledger."""
    with transaction.atomic(durable=True):
        entries.record(
            "segment-key-asked",
            actor=f"account:{account.pk}",
            obj={"grant": grant.id, "camera": header.camera, "segment": header.segment},
            outcome="allowed",
            reason=grant.reason,
            detail={"start": clock.iso(header.start_ns)},
        )


def _erased(header: SegmentHeader) -> Refusal:
    return Refusal("footage-erased", clause="T6e", camera=header.camera, segment=header.segment)


def _unsure() -> Refusal:
    """The recorder does not know what time it is: what may be past its date is shown to nobody."""
    return Refusal("clock-untrusted", clause="T6d", kind="security")
