"""Whether the looks of a live wall are still allowed: all of them in a handful of queries, however many."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kuramori.access.grant_check import state
from kuramori.access.models import Grant
from kuramori.people.roles import OPERATOR, role_of
from kuramori.policy import gates

if TYPE_CHECKING:
    from collections.abc import Collection

    from kuramori.people.models import Account


def still_allowed(grant_ids: Collection[str], account: Account, now_ns: int) -> set[str]:
    """Those of the grants by which `account` may see the next live picture.

    The same rules as `grant_check.require_live`, read afresh.
    """
    if OPERATOR not in role_of(account, now_ns):
        return set()
    kept = [
        one
        for one in Grant.objects.filter(id__in=grant_ids, kind="live", account=account)
        if state(one, now_ns) == "valid"
    ]
    return {
        one.id
        for pc in {one.pc for one in kept}
        for seen in [gates.viewable({one.camera_id for one in kept}, account, now_ns, pc=pc)]
        for one in kept
        if one.pc == pc and one.camera_id in seen
    }
