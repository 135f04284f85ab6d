"""Registering a camera, and approving what it may see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.cameras import polygons
from kuramori.cameras.hours import rows
from kuramori.cameras.models import ApprovedPicture, ApprovedRange, Camera
from kuramori.errors import BadInput
from kuramori.ledger import entries

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from kuramori.cameras.device_models import Device
    from kuramori.cameras.hours import Hours
    from kuramori.cameras.polygons import Polygon
    from kuramori.cameras.position import Place
    from kuramori.places.models import Site


def register(
    *,
    site: Site,
    name: str,
    place_text: str,
    url: str,
    width: int,
    height: int,
    by: AbstractBaseUser,
    certificate: str = "",
    device: Device | None = None,
    source: str = "",
    ptz_profile: str = "",
) -> Camera:
    """Write a camera that answered with a password of its own. Its credentials are not written here."""
    now_ns = clock.now_ns()
    with transaction.atomic():
        last = Camera.objects.order_by("-number").values_list("number", flat=True).first() or 0
        camera = Camera.objects.create(
            number=last + 1,
            name=name,
            place_text=place_text,
            site=site,
            url=url,
            certificate_sha256=certificate,
            device=device,
            source=source,
            ptz_profile=ptz_profile,
            width=width,
            height=height,
            password_checked_ns=now_ns,
            created_ns=now_ns,
        )
        entries.record(
            "camera-registered",
            actor=entries.actor_of(by),
            obj={"camera": camera.id},
            detail={"number": camera.number, "name": name, "place": place_text, "size": f"{width}x{height}"},
        )
    return camera


def change_connection(
    camera: Camera, *, url: str, width: int, height: int, by: AbstractBaseUser, certificate: str = ""
) -> None:
    """A camera answered at another address, with other credentials, or with another certificate (pinned)."""
    with transaction.atomic():
        before, camera.certificate_sha256 = camera.certificate_sha256, certificate
        camera.url, camera.width, camera.height = url, width, height
        camera.password_checked_ns = clock.now_ns()
        camera.save(update_fields=["url", "width", "height", "password_checked_ns", "certificate_sha256"])
        pinned = {"certificate": certificate, "before": before} if certificate != before else {}
        entries.record(
            "camera-connection-changed", actor=entries.actor_of(by), obj={"camera": camera.id}, detail=pinned
        )


def approve_range(
    camera: Camera,
    polygon: Polygon,
    masks: list[Polygon],
    by: AbstractBaseUser,
    hours: Hours = (),
    place: Place | None = None,
    compared: str = "",
) -> ApprovedRange:
    """A person approves what the camera may see, when, and of a movable one from which place. A new version
    replaces the one before, and the picture kept with that goes. `compared`: with what they compared it.

    Raises BadInput `range-needs-area` when the polygon is no area, or `mask-needs-area` when a mask is none.
    """
    if not polygons.is_area(polygon):
        raise BadInput("range-needs-area")
    if not all(polygons.is_area(mask) for mask in masks):
        raise BadInput("mask-needs-area")
    now_ns = clock.now_ns()
    with transaction.atomic():
        version = ApprovedRange.objects.filter(camera=camera).count() + 1
        ApprovedPicture.objects.filter(camera=camera).delete()
        ApprovedRange.objects.filter(camera=camera, revoked_ns=None).update(revoked_ns=now_ns)
        approved = ApprovedRange.objects.create(
            camera=camera,
            version=version,
            polygon=polygon,
            mask_polygons=masks,
            hours=rows(hours),
            preset=place.name if place else "",
            position=place.position if place else None,
            approved_by_id=by.pk,
            approved_at_ns=now_ns,
        )
        entries.record(
            "range-approved",
            actor=entries.actor_of(by),
            obj={"camera": camera.id},
            detail={"version": version, "masks": len(masks)}
            | ({"hours": rows(hours)} if hours else {})
            | ({"preset": place.name} if place else {})
            | ({"compared": compared} if compared else {}),
        )
    return approved


def current_range(camera: Camera) -> ApprovedRange | None:
    """The range in force."""
    return ApprovedRange.objects.filter(camera=camera, revoked_ns=None).order_by("-version").first()


def left(camera: Camera) -> bool:
    """It points elsewhere than approved: this approval is over until somebody approves anew, also when it
    comes back by itself. Returns whether that is news."""
    with transaction.atomic():
        standing = ApprovedRange.objects.filter(camera=camera, revoked_ns=None, left_ns=None)
        news = bool(standing.update(left_ns=clock.now_ns()))
        if news:
            entries.record("camera-left", actor="program:work", obj={"camera": camera.id}, outcome="failed")
    return news


def retire(camera_id: str, by: AbstractBaseUser, reason: str) -> None:
    """The camera is no more; the picture kept with its approval goes. What it recorded dies on its own day.
    Inside the caller's transaction."""
    if Camera.objects.filter(pk=camera_id, retired_ns=None).update(retired_ns=clock.now_ns()):
        ApprovedPicture.objects.filter(camera_id=camera_id).delete()
        entries.record("camera-retired", actor=entries.actor_of(by), obj={"camera": camera_id}, reason=reason)
