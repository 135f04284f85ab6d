"""The drawing of a place on which its cameras stand. A new one is a new version; none is edited."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from django.db import transaction

from kuramori import clock
from kuramori.ledger import entries
from kuramori.places.models import Plan

if TYPE_CHECKING:
    from django.contrib.auth.base_user import AbstractBaseUser

    from kuramori.pictures.asking import Picture
    from kuramori.places.models import Site


def draw(site: Site, picture: Picture, by: AbstractBaseUser) -> Plan:
    """`picture` (made anew by a picture worker) is the plan from now on; no camera stands on it yet."""
    before = current(site)
    with transaction.atomic():
        plan = Plan.objects.create(
            site=site,
            version=before.version + 1 if before else 1,
            jpeg=picture.jpeg,
            width=picture.width,
            height=picture.height,
            drawn_by_id=by.pk,
            drawn_ns=clock.now_ns(),
        )
        entries.record(
            "plan-drawn",
            actor=entries.actor_of(by),
            obj={"site": site.pk, "plan": plan.pk},
            detail={"version": plan.version, "sha256": hashlib.sha256(picture.jpeg).hexdigest()},
        )
    return plan


def current(site: Site) -> Plan | None:
    """The site's newest plan, its drawing left out of the query."""
    return Plan.objects.filter(site=site).order_by("-version").defer("jpeg").first()
