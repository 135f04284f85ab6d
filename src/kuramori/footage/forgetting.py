"""The index forgets pieces of footage that are long erased: their certificates and ledger entries remain."""

from __future__ import annotations

from kuramori import clock
from kuramori.footage.models import Segment

# Longer than any footage lives and any early erasure is talked about.
AFTER_NS = 92 * 86_400 * clock.NS_PER_S


def forget_erased() -> int:
    """Delete the rows of segments that were due to die more than 92 days ago and did; returns how many."""
    before_ns = clock.now_ns() - AFTER_NS
    return Segment.objects.filter(state="erased", erase_at_ns__lt=before_ns).delete()[0]
