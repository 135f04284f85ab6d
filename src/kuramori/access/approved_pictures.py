"""The picture on which a range was approved: kept sealed to the storehouse, shown beside a later one.

Everything here is at most 320 px and masked: `made` has a picture worker see to that before anything is kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from django.db import transaction

from kuramori import clock
from kuramori.access import storehouse_session
from kuramori.cameras.models import ApprovedPicture, Camera
from kuramori.errors import BadInput, Damaged, Refusal
from kuramori.footage.models import SealingKey
from kuramori.ledger import entries
from kuramori.people.roles import MANAGER, require_role
from kuramori.pictures import asking, mask_area
from kuramori.vault import picture_seal

if TYPE_CHECKING:
    from kuramori.cameras.models import ApprovedRange
    from kuramori.cameras.polygons import Polygon
    from kuramori.people.models import Account

Standing = Literal["none", "locked", "gone", "open"]
"""Of an earlier picture: there is none; it is under lock; nothing opens it any more; it can be shown."""


def made(test_picture: bytes, masks: list[Polygon]) -> bytes:
    """The JPEG to keep. Takes a worker half a second: not inside a transaction. Raises BadInput."""
    outlines = mask_area.from_shares(masks) if masks else ()
    return asking.approved_picture(test_picture, outlines).jpeg


def keep(approved: ApprovedRange, jpeg: bytes, actor: str) -> None:
    """Seal what `made` gave to the storehouse key in force. Inside the approval's transaction.

    Raises BadInput `storehouse-key-missing`, `camera-abolished` (meanwhile), `picture-too-large`.
    """
    if not Camera.objects.filter(pk=approved.camera_id, retired_ns=None).exists():
        raise BadInput("camera-abolished")
    sealing = SealingKey.in_force()
    if sealing is None:
        raise BadInput("storehouse-key-missing")
    ApprovedPicture.objects.create(
        camera_id=approved.camera_id,
        version=approved.version,
        storehouse_key=sealing.key_id,
        sealed=_sealed(sealing, approved.camera_id, approved.version, jpeg),
        made_ns=clock.now_ns(),
    )
    _ledgered(approved.camera_id, approved.version, sealing, actor)


def standing(row: ApprovedPicture | None) -> Standing:
    """Whether it could be shown now. Shows nothing and is no attempt: nothing of it goes into the ledger."""
    if row is None:
        return "none"
    try:
        _opened(row)
    except Refusal:
        return "locked"
    except Damaged:
        return "gone"
    return "open"


def look(row: ApprovedPicture, account: Account) -> bytes:
    """The JPEG, after the look is in the ledger.

    Raises Refusal (no manager, storehouse locked, opened by the envelope), Damaged.
    """
    require_role(account, clock.now_ns(), MANAGER)
    jpeg = _opened(row)
    with transaction.atomic(durable=True):
        entries.record(
            "approved-picture-seen",
            actor=account.actor,
            obj={"camera": row.camera_id},
            outcome="allowed",
            detail={"version": row.version},
        )
    return jpeg


def seal_anew() -> int:
    """Seal to the key in force what is sealed to an older one that is open now; returns how many. Else they
    would be lost with the last footage under the older key."""
    sealing, keys = SealingKey.in_force(), storehouse_session.opened_keys()
    if sealing is None:
        return 0
    older = ApprovedPicture.objects.filter(storehouse_key__in=keys).exclude(storehouse_key=sealing.key_id)
    count = 0
    for row in older:
        try:
            sealed = _sealed(sealing, row.camera_id, row.version, _opened(row))
        except Damaged:
            continue  # the range's page says so
        with transaction.atomic():
            # Not over what was approved meanwhile, nor for a camera that is no more.
            same = ApprovedPicture.objects.filter(pk=row.pk, version=row.version, sealed=row.sealed)
            if same.update(storehouse_key=sealing.key_id, sealed=sealed):
                _ledgered(row.camera_id, row.version, sealing, "program:web")
                count += 1
    return count


def _sealed(sealing: SealingKey, camera: str, version: int, jpeg: bytes) -> bytes:
    public = bytes.fromhex(sealing.public)
    return picture_seal.seal(public, jpeg, camera=camera, version=version, key=sealing.key_id)


def _ledgered(camera: str, version: int, sealing: SealingKey, actor: str) -> None:
    detail = {"version": version, "storehouse_key": sealing.key_id}
    entries.record("approved-picture-kept", actor=actor, obj={"camera": camera}, detail=detail)


def _opened(row: ApprovedPicture) -> bytes:
    """Raises Refusal while locked (or opened by the envelope), Damaged where no open key opens it."""
    if row.storehouse_key not in storehouse_session.opened_keys():
        raise Damaged("picture-key-gone")
    key = storehouse_session.private_key(row.storehouse_key)
    return picture_seal.unseal(
        key.private, bytes(row.sealed), camera=row.camera_id, version=row.version, key=row.storehouse_key
    )
