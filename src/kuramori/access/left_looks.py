"""Live looks whose end nobody wrote down: the pages' process died, or the database was locked just then.

The recorder writes down every stream that it gives and its end, whatever becomes of the pages. A look that
has had no stream for half an hour is over: it is ended here, so that its address opens nothing any more.
"""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q

from kuramori import clock
from kuramori.access import granting
from kuramori.access.models import Grant
from kuramori.footage.models import LiveViewing

LEFT_NS = 1800 * clock.NS_PER_S
"""A camera may be away for so long before whoever waits for its picture has to ask again."""
AT_ONCE = 200
WORK = "program:work"


def end_left() -> int:
    """End what was left; returns how many looks that were."""
    before_ns = clock.now_ns() - LEFT_NS
    streams = LiveViewing.objects.filter(grant=OuterRef("id"))
    lately = streams.filter(Q(stopped_ns=None) | Q(stopped_ns__gt=before_ns))
    left = Grant.objects.filter(kind="live", ended_ns=None, created_ns__lte=before_ns)
    ended = 0
    for grant in left.exclude(Exists(lately)).order_by("created_ns")[:AT_ONCE]:
        last = LiveViewing.objects.filter(grant=grant.id).order_by("-stopped_ns").first()
        since_ns = grant.created_ns if last is None else last.stopped_ns
        granting.end(grant, noticed_by=WORK, since_ns=since_ns)
        ended += 1
    return ended
