"""Signs: declared when hung, photographed, taken down. Never edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.errors import BadInput
from kuramori.ledger import entries
from kuramori.paper.signs import WORDING_VERSION
from kuramori.places.models import Sign

if TYPE_CHECKING:
    from datetime import date

    from django.contrib.auth.base_user import AbstractBaseUser

    from kuramori.places.models import Site


def declare(site: Site, place_text: str, hung_on: date, by: AbstractBaseUser) -> Sign:
    """A person declares that a sign hangs there. Raises BadInput `sign-place`, `sign-in-future`."""
    if not place_text.strip():
        raise BadInput("sign-place")
    now_ns = clock.now_ns()
    if hung_on > clock.utc(now_ns + 14 * 3600 * clock.NS_PER_S).date():  # later than today in every time zone
        raise BadInput("sign-in-future")
    with transaction.atomic():
        sign = Sign.objects.create(
            site=site,
            wording_version=WORDING_VERSION,
            place_text=place_text.strip(),
            declared_at_ns=now_ns,
            hung_on=hung_on,
            declared_by_id=by.pk,
        )
        entries.record(
            "sign-declared",
            actor=entries.actor_of(by),
            obj={"sign": sign.pk, "site": site.pk},
            detail={"place": sign.place_text, "hung_on": hung_on.isoformat()},
        )
    return sign


def add_photo(sign: Sign, jpeg: bytes, by: AbstractBaseUser) -> Sign:
    """Attach the photo that a picture worker made from an upload. A sign with a photo gets a successor row.

    Raises BadInput `sign-removed` for a sign taken down.
    """
    if sign.removed_ns is not None:
        raise BadInput("sign-removed")
    now_ns = clock.now_ns()
    with transaction.atomic():
        if sign.photo_at_ns is not None:
            Sign.objects.filter(pk=sign.pk).update(removed_ns=now_ns)
            sign = Sign(
                site=sign.site,
                wording_version=sign.wording_version,
                place_text=sign.place_text,
                declared_at_ns=sign.declared_at_ns,
                hung_on=sign.hung_on,
                declared_by_id=sign.declared_by_id,
            )
        sign.photo_jpeg, sign.photo_at_ns = jpeg, now_ns
        sign.save()
        entries.record(
            "sign-photographed", actor=entries.actor_of(by), obj={"sign": sign.pk, "site": sign.site_id}
        )
    return sign


def take_down(sign: Sign, by: AbstractBaseUser) -> None:
    """The sign no longer hangs."""
    with transaction.atomic():
        Sign.objects.filter(pk=sign.pk, removed_ns=None).update(removed_ns=clock.now_ns())
        entries.record(
            "sign-taken-down", actor=entries.actor_of(by), obj={"sign": sign.pk, "site": sign.site_id}
        )


def hanging(site: Site) -> list[Sign]:
    """The signs declared for a site and not taken down, newest first, photos left out of the query."""
    return list(
        Sign.objects.filter(site=site, removed_ns=None).order_by("-declared_at_ns", "-pk").defer("photo_jpeg")
    )


def _named(sign: Sign) -> dict[str, int]:
    return {"sign": sign.pk, "site": sign.site_id}
