"""Question 7: the sign is printed, declared and photographed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from kuramori.cameras.models import Camera
from kuramori.desk import plain_words, starting, steps
from kuramori.desk.asker import manager_only
from kuramori.desk.forms import PhotoForm, SignForm
from kuramori.desk.models import SetUp
from kuramori.desk.sign_looks import LooksForm
from kuramori.errors import BadInput
from kuramori.footage import settings_file
from kuramori.guideline import judging
from kuramori.paper import signs as paper_signs
from kuramori.people.asker import manager_of
from kuramori.pictures.asking import photo_picture
from kuramori.places import bodies, signs
from kuramori.places.models import Sign, Site
from kuramori.policy import purposes

if TYPE_CHECKING:
    from django.http import HttpRequest


@manager_only
def sign(request: HttpRequest) -> HttpResponse:
    """Print it, hang it, declare it: from then on recording runs, locked."""
    site = bodies.first_site()
    if site is None:
        return HttpResponseRedirect(steps.next_href())
    start = starting.of(SetUp.kept().start)
    form = SignForm(
        request.POST or None,
        request.FILES or None,
        initial={"place_text": start.sign_place} if start else None,
    )
    if request.method == "POST" and form.is_valid():
        account = manager_of(request)
        given, upload = form.cleaned_data, form.cleaned_data["photo"]
        try:
            seen = photo_picture(upload.read()) if upload else None
            with transaction.atomic():
                made = signs.declare(site, given["place_text"], given["hung_on"], account)
                if seen:
                    signs.add_photo(made, seen.jpeg, account)
                judging.judge_all(actor=account.actor)
                settings_file.write(account.actor)
        except BadInput as wrong:
            form.add_error(None, plain_words.of(wrong))
        else:
            return HttpResponseRedirect(steps.next_href() if seen else reverse("setup_sign_photo"))
    context = {
        "steps": steps.progress("sign"),
        "form": form,
        "site": site,
        "hanging": signs.hanging(site),
        "body": bodies.current(),
        "looks": LooksForm(LooksForm.proposed()),
    }
    return render(request, "desk/sign.html", context, status=422 if form.errors else 200)


@manager_only
def photo(request: HttpRequest, pk: int | None = None) -> HttpResponse:
    """A photo of a hanging sign (the newest declared one, unless one is named): from then on one can look."""
    site = bodies.first_site()
    hanging = signs.hanging(site) if site else []
    if not hanging:
        return HttpResponseRedirect(reverse("setup_sign"))
    row = get_object_or_404(Sign, pk=pk, removed_ns=None) if pk else hanging[0]
    form = PhotoForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        account = manager_of(request)
        try:
            made = photo_picture(form.cleaned_data["photo"].read())
            with transaction.atomic():
                signs.add_photo(row, made.jpeg, account)
                judging.judge_all(actor=account.actor)
                settings_file.write(account.actor)
        except BadInput as wrong:
            form.add_error("photo", plain_words.of(wrong))
        else:
            return HttpResponseRedirect(reverse("dashboard"))
    context = {"steps": steps.progress("sign"), "form": form, "sign": row}
    return render(request, "desk/sign_photo.html", context, status=422 if form.errors else 200)


@require_POST
@manager_only
def take_down(request: HttpRequest, pk: int) -> HttpResponse:
    """The sign no longer hangs: if it was the only one, recording stops."""
    row = get_object_or_404(Sign, pk=pk, removed_ns=None)
    account = manager_of(request)
    with transaction.atomic():
        signs.take_down(row, account)
        judging.judge_all(actor=account.actor)
        settings_file.write(account.actor)
    return HttpResponseRedirect(reverse("setup_sign"))


def photo_jpeg(request: HttpRequest, pk: int) -> HttpResponse:
    """The stored photo of a sign."""
    row = get_object_or_404(Sign, pk=pk)
    if row.photo_jpeg is None:
        raise Http404
    return HttpResponse(bytes(row.photo_jpeg), content_type="image/jpeg")


def sign_pdf(request: HttpRequest, pk: int) -> HttpResponse:
    """/signs/<site>.pdf: the sign of a site as it must hang now; `?size=a3` and the like choose its looks."""
    response = HttpResponse(paper_signs.sign_pdf(_said(request, pk)), content_type="application/pdf")
    response.headers["Content-Disposition"] = 'inline; filename="sign.pdf"'
    return response


def sign_png(request: HttpRequest, pk: int) -> HttpResponse:
    """The same as a small picture for the page."""
    return HttpResponse(paper_signs.sign_png(_said(request, pk)), content_type="image/png")


def _said(request: HttpRequest, site_id: int) -> paper_signs.SignSaid:
    """What the site's sign says: the body, and the purposes of the cameras that hang there."""
    site = get_object_or_404(Site, pk=site_id)
    body = bodies.current()
    if body is None:
        raise Http404
    looks = LooksForm(request.GET if "size" in request.GET else LooksForm.proposed())
    if not looks.is_valid():
        raise Http404
    found = [purposes.current(camera) for camera in Camera.objects.filter(site=site, retired_ns=None)]
    said = {one.text: one.code for one in found if one is not None}
    if not said:
        kept = SetUp.kept()
        said = {kept.purpose_text: kept.purpose_code}
    own = any(purposes.english_line(code, text) == "" for text, code in said.items())
    return paper_signs.SignSaid(
        name=body.name,
        purpose="、".join(said),
        purpose_codes=() if own else tuple(said.values()),
        telephone=body.telephone,
        notice_url=body.notice_url,
        wording=looks.cleaned_data["wording"],
        size=looks.cleaned_data["size"],
        languages=tuple(looks.cleaned_data["languages"]),
        places=tuple(looks.cleaned_data["places"]),
    )
