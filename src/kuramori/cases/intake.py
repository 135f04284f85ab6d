"""Taking a request in: it gets its number, and the footage it asks for is kept before anybody decides."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db import transaction

from kuramori import clock
from kuramori.access import playback_rules
from kuramori.cases import steps
from kuramori.cases.bases import BASES
from kuramori.cases.case_models import Case, Scope
from kuramori.errors import BadInput
from kuramori.people.roles import MANAGER, OPERATOR, require_role
from kuramori.places import numbering
from kuramori.retention import protecting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kuramori.cameras.models import Camera
    from kuramori.people.models import Account

    Wanted = tuple[Camera, int, int]


def take_in(by: Account, basis_code: str, wanted: Sequence[Wanted], **said: Any) -> Case:
    """A new case with its scopes (camera, start, end in wall nanoseconds), its footage protected.

    `said` are fields of `Case`. Raises `Refusal` without a role, `BadInput` for intervals that make no sense
    or a request without any.
    """
    now_ns = clock.now_ns()
    require_role(by, now_ns, MANAGER, OPERATOR)
    basis = BASES[basis_code]
    if not wanted:
        raise BadInput("no-camera-named")
    for _camera, start_ns, end_ns in wanted:
        playback_rules.require_sense(start_ns, end_ns, basis.purpose, said["need"], now_ns)
    with transaction.atomic():
        case = Case.objects.create(
            number=numbering.following(Case, now_ns, digits=4),
            kind=basis.kind,
            basis=basis.code,
            own_asker=None if basis.outside else by,
            taken_in_by=by,
            received_ns=now_ns,
            **said,
        )
        scopes = [
            Scope.objects.create(case=case, camera=camera, asked_start_ns=start_ns, asked_end_ns=end_ns)
            for camera, start_ns, end_ns in wanted
        ]
        steps.note(
            case,
            "received",
            by,
            words=case.need,
            said={
                "asker": " ".join(filter(None, (case.asker_body, case.asker_post, case.asker_name))),
                "document": case.document_number,
                "asked": [f"{one.camera} {clock.iso(one.asked_start_ns)}/{clock.iso(one.asked_end_ns)}"
                          for one in scopes],
            },
        )  # fmt: skip
        for scope in scopes:
            _protect(scope, by)
    return case


def _protect(scope: Scope, by: Account) -> None:
    """Keep the asked footage until somebody decides, whatever becomes of its day."""
    case = scope.case
    asker = " ".join(filter(None, (case.asker_body, case.asker_name)))
    until_ns = clock.now_ns() + protecting.LONGEST_NS
    interval = (scope.asked_start_ns, scope.asked_end_ns)
    # At most a day is asked for at once, so there is one hold.
    scope.hold = protecting.protect(scope.camera, interval, case.number, until_ns, asked_by=asker, by=by)[0]
    scope.save(update_fields=["hold"])
