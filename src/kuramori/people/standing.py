"""Plain facts about people for whoever judges them: when a role was held, and what runs out when.

Instants are nanoseconds since 1970 UTC. Nothing here writes; the number of queries is fixed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kuramori.people import roles
from kuramori.people.contract_models import Contract, Work
from kuramori.people.duty_models import Pledge, Training
from kuramori.people.models import Appointment

Pair = tuple[int, int | None]


@dataclass(frozen=True, slots=True)
class RoleSpan:
    """From when to when one person held a role: appointment, pledge and training all in force.

    `until_ns` is the first instant without the role; None: no end is set.
    """

    account: int
    role: str
    from_ns: int
    until_ns: int | None


@dataclass(frozen=True, slots=True)
class Lapse:
    """Something of one appointed person that is missing (`until_ns` None) or runs out at `until_ns`.

    `what`: appointment, pledge, training.
    """

    account: int
    full_name: str
    what: str
    until_ns: int | None


def role_spans(role: str) -> list[RoleSpan]:
    """Every stretch in which somebody held `role`, past and to come as things stand."""
    pledges, trainings = _spans(Pledge, "signed_ns"), _spans(Training, "done_ns")
    contracts = _operating()
    rows = Appointment.objects.filter(role=role, accepted_at_ns__isnull=False, account__is_active=True)
    found = []
    for row in rows:
        ends_ns = row.ends_ns if row.revoked_at_ns is None else min(row.ends_ns, row.revoked_at_ns)
        office: list[Pair] = [(max(row.starts_ns, row.accepted_at_ns or 0), ends_ns)]
        if row.contract_id is not None:
            office = common(office, contracts[row.contract_id])
        held = common(common(office, pledges[row.account_id]), trainings[row.account_id])
        found += [RoleSpan(row.account_id, role, start, end) for start, end in held]
    return found


def lapses(now_ns: int) -> list[Lapse]:
    """What is missing or runs out for those appointed at `now_ns`, in the order of its instant."""
    pledges, trainings = _spans(Pledge, "signed_ns"), _spans(Training, "done_ns")
    ends: dict[int, tuple[str, int]] = {}
    for row in roles.appointed(now_ns).select_related("account"):
        name, latest_ns = ends.get(row.account_id, ("", 0))
        ends[row.account_id] = (row.account.full_name, max(latest_ns, row.ends_ns))
    found = []
    for account, (name, ends_ns) in ends.items():
        found.append(Lapse(account, name, "appointment", ends_ns))
        for what, spans in (("pledge", pledges[account]), ("training", trainings[account])):
            covering = [end for start, end in spans if start <= now_ns and (end is None or now_ns < end)]
            if not covering:
                found.append(Lapse(account, name, what, None))
            elif None not in covering:
                found.append(Lapse(account, name, what, max(end for end in covering if end is not None)))
    return sorted(found, key=lambda one: (one.until_ns or 0, one.account, one.what))


def common(ones: Iterable[Pair], others: Iterable[Pair]) -> list[Pair]:
    """The stretches that lie both in one of `ones` and in one of `others` (end None: open), joined."""
    found: list[Pair] = []
    merged = _joined(others)
    for start, end in _joined(ones):
        for from_ns, until_ns in merged:
            low = max(start, from_ns)
            high = min((one for one in (end, until_ns) if one is not None), default=None)
            if high is None or low < high:
                found.append((low, high))
    return found


def _joined(spans: Iterable[Pair]) -> list[Pair]:
    found: list[Pair] = []
    for start, end in sorted(spans, key=lambda one: one[0]):
        if found and (found[-1][1] is None or start <= found[-1][1]):
            last = found[-1][1]
            found[-1] = (found[-1][0], None if last is None or end is None else max(last, end))
        else:
            found.append((start, end))
    return found


def _operating() -> dict[int, list[Pair]]:
    """While which each contract for operating the cameras has every clause, by its first version."""
    found: dict[int, list[Pair]] = defaultdict(list)
    for one in Contract.objects.standing().filter(work=Work.OPERATING):
        if not one.missing:
            found[one.first_pk].append((one.from_ns, one.until_ns))
    return found


def _spans(model: type[Pledge] | type[Training], begins: str) -> dict[int, list[Pair]]:
    found: dict[int, list[Pair]] = defaultdict(list)
    for account, start, end in model.objects.values_list("account_id", begins, "until_ns"):
        found[account].append((start, end))
    return found
