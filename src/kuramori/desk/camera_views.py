"""Question 6: a camera is reached, tried, and what it may see is drawn on its test picture.

The same pages add further cameras later, and change one camera's connection, range, purpose or days.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import NON_FIELD_ERRORS
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from kuramori.access import approved_pictures
from kuramori.cameras import address, enrolment, known_passwords, polygons, state_words
from kuramori.cameras.models import Camera
from kuramori.desk import (
    comparing,
    conversion_cost,
    mask_cost,
    place_form,
    plain_words,
    starting,
    steps,
    test_pictures,
    typed_credentials,
)
from kuramori.desk.asker import manager_only
from kuramori.desk.forms import CameraForm, DaysForm, NextCameraForm, PurposeForm, RangeForm
from kuramori.desk.hours_form import ON_MOTION, HoursForm
from kuramori.desk.models import SetUp
from kuramori.desk.place_form import PlaceForm
from kuramori.errors import BadInput, CameraError, KuramoriError, RecorderUnreachable, Refusal
from kuramori.footage import credential_copies, device_checks, recorder_socket, settings_file
from kuramori.guideline import judging
from kuramori.ledger import entries
from kuramori.people.asker import manager_of
from kuramori.people.consoles import shows_pictures
from kuramori.pictures import mask_area
from kuramori.pictures.asking import Picture, key_frame_picture
from kuramori.places import bodies
from kuramori.policy import keeping, purposes, regulations

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kuramori.cameras.position import Place, Stand
    from kuramori.desk.comparing import Comparison
    from kuramori.footage.recorder_socket import Probe
    from kuramori.people.models import Account
    from kuramori.pictures.mask_area import Outline

WHOLE_PICTURE = [[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]]
# Which box of the form a wrong input belongs to, by the first word of its code.
BOXES = {"address": "url", "password": "password"}


@sensitive_post_parameters("user", "password")
@manager_only
def camera(request: HttpRequest, pk: str | None = None) -> HttpResponse:
    """A new camera, or (with `pk`) another connection to one that is registered."""
    known = get_object_or_404(Camera, pk=pk, retired_ns=None) if pk else None
    initial = {"name": known.name, "place_text": known.place_text, "url": known.url} if known else _proposed()
    form = CameraForm(request.POST or None, initial=initial)
    try:
        if request.method == "POST" and form.is_valid() and (row := _tried(form, manager_of(request), known)):
            return HttpResponseRedirect(reverse("setup_range", args=[row.pk]))
    except _AnotherCertificate as changed:
        return _ask_about_certificate(request, form, known, changed.seen)
    return _camera_page(request, form, known)


class _AnotherCertificate(Exception):
    """The camera shows another certificate than the one registered, and nobody has accepted it yet."""

    def __init__(self, seen: str) -> None:
        super().__init__(seen)
        self.seen = seen


def _camera_page(request: HttpRequest, form: CameraForm, known: Camera | None) -> HttpResponse:
    context = {"steps": steps.progress("camera"), "form": form, "camera": known}
    return render(request, "desk/camera.html", context, status=422 if form.errors else 200)


def _another_certificate(known: Camera | None, seen: str, form: CameraForm) -> bool:
    """Whether a registered camera shows another certificate that nobody has accepted by its fingerprint."""
    if known is None or not known.certificate_sha256 or seen == known.certificate_sha256:
        return False
    accepted = form.cleaned_data["accepted"] and form.cleaned_data["certificate"] == seen
    return not accepted


def _ask_about_certificate(
    request: HttpRequest, form: CameraForm, known: Camera | None, seen: str
) -> HttpResponse:
    """Both fingerprints side by side; nothing is pinned before a person has compared them."""
    assert known is not None
    again = CameraForm(initial={**form.cleaned_data, "certificate": seen, "accepted": False})
    pair = {"before": fingerprint_groups(known.certificate_sha256), "now": fingerprint_groups(seen)}
    context = {"steps": steps.progress("camera"), "form": again, "camera": known, "certificates": pair}
    return render(request, "desk/camera.html", context, status=409)


def fingerprint_groups(sha256: str) -> str:
    """A fingerprint as people compare it: groups of four."""
    return " ".join(sha256[at : at + 4] for at in range(0, len(sha256), 4)) or _("(none)")


def _proposed() -> dict[str, str]:
    """Name and place as the kind of body often has them; only proposals."""
    start, count = starting.of(SetUp.kept().start), Camera.objects.count()
    if start is None or count >= len(start.cameras):
        return {}
    return {"name": start.cameras[count].name, "place_text": start.cameras[count].place}


def _tried(form: CameraForm, account: Account, known: Camera | None) -> Camera | None:
    """Reach the camera and keep it; None with the form's errors filled in."""
    try:
        url, seen, picture = _try(form, account, known)
        if _another_certificate(known, seen.certificate, form):
            raise _AnotherCertificate(seen.certificate)
        row = _keep(known, form, url, seen, account)
    except BadInput as wrong:
        form.add_error(BOXES.get(wrong.code.partition("-")[0]), plain_words.of(wrong))
    except CameraError as wrong:
        words = state_words.words_for(wrong.code)
        form.add_error(None, _("The camera: %(state)s. %(cure)s") % {"state": words.name, "cure": words.cure})
    except RecorderUnreachable:
        form.add_error(None, _("The recorder does not answer. Wait a minute and try again."))
    except Refusal:
        raise
    except KuramoriError:
        form.add_error(None, _("The recorder could not keep the password. Wait a minute and try again."))
    else:
        test_pictures.hold(account.pk, row.pk, picture, seen.codec)
        given = form.cleaned_data
        typed_credentials.hold(account.pk, row.pk, given["user"], given["password"])
        return row
    return None


@shows_pictures
@manager_only
def approve_range(request: HttpRequest, pk: str | None = None) -> HttpResponse:
    """Draw and approve what the camera may see."""
    row = get_object_or_404(Camera, pk=pk, retired_ns=None)
    account = manager_of(request)
    picture = test_pictures.held(account.pk, row.pk)
    if picture is None:  # it was 15 minutes ago, or the program was started anew: take another one
        return HttpResponseRedirect(reverse("setup_look", args=[row.pk]))
    before = enrolment.current_range(row)
    comparison = comparing.of(row, account, before)
    form = RangeForm(request.POST or None)
    when = HoursForm(request.POST or None, before=before.hours if before else [])
    further = NextCameraForm(request.POST or None, prefix="next", initial=_proposed())
    stand, problem = _stand(row, account)
    place = PlaceForm(request.POST or None, stand=stand) if stand else None
    if request.method == "POST" and _hours_are_good(when, row, account) and form.is_valid() and not problem:
        try:
            _approve(form, when, comparison, picture, _chosen(place, stand, account, row))
        except BadInput as wrong:
            form.add_error(None, plain_words.of(wrong))
        else:
            test_pictures.drop(account.pk, row.pk)
            if further.is_valid() and further.cleaned_data["url"]:
                return _next(request, further.cleaned_data, account, row)
            return HttpResponseRedirect(_after(account))
    context = {
        "steps": steps.progress("camera"),
        "form": form,
        "when": when,
        "place": place,
        "stand": stand,
        "problem": problem,
        "further": further,
        "same_held": typed_credentials.are_held(account.pk, row.pk),
        "camera": row,
        "picture": picture,
        "comparison": comparison,
        "polygon": form.data.get("polygon") or json.dumps(before.polygon if before else WHOLE_PICTURE),
        "converting_percent": _converting_percent(test_pictures.codec_of(account.pk, row.pk), row),
        "mask_cost": mask_cost.estimated(row.width, row.height),
        "masks": form.data.get("masks") or json.dumps(before.mask_polygons if before else []),
    }
    status = 422 if form.errors or when.errors or (problem and request.method == "POST") else 200
    return render(request, "desk/range.html", context, status=status)


def _stand(row: Camera, account: Account) -> tuple[Stand | None, str]:
    """Where a movable camera points, or why it does not say; None for one that cannot be moved."""
    try:
        stand = device_checks.stand(row)
    except CameraError as wrong:
        words = state_words.words_for(wrong.code)
        return None, _("The camera: %(state)s. %(cure)s") % {"state": words.name, "cure": words.cure}
    except KuramoriError:
        return None, _("The recorder does not answer. Wait a minute and try again.")
    if stand is not None:
        test_pictures.stood(account.pk, row.pk, stand.position)
    return stand, ""


def _chosen(place: PlaceForm | None, stand: Stand | None, account: Account, row: Camera) -> Place | None:
    """The approved place of a movable camera. Raises BadInput."""
    if place is None or stand is None:
        return None
    if not place.is_valid():
        raise BadInput("place-elsewhere")
    return place_form.approved(place, stand, account, row)


@manager_only
def look_again(request: HttpRequest, pk: str) -> HttpResponse:
    """Another test picture of a registered camera, under the name and password that the recorder keeps."""
    row, account = get_object_or_404(Camera, pk=pk, retired_ns=None), manager_of(request)
    problem = ""
    if request.method == "POST":
        try:
            _take_another(row, account)
        except CameraError as wrong:
            words = state_words.words_for(wrong.code)
            problem = _("The camera: %(state)s. %(cure)s") % {"state": words.name, "cure": words.cure}
        except BadInput as wrong:
            problem = plain_words.of(wrong)
        except RecorderUnreachable:
            problem = _("The recorder does not answer. Wait a minute and try again.")
        else:
            return HttpResponseRedirect(reverse("setup_range", args=[pk]))
    context = {"steps": steps.progress("camera"), "camera": row, "problem": problem}
    return render(request, "desk/look.html", context, status=422 if problem else 200)


def _take_another(row: Camera, account: Account) -> None:
    """What is masked is painted over here too. Raises CameraError, BadInput, RecorderUnreachable."""
    with transaction.atomic():
        entries.record(
            "camera-tried", actor=account.actor, outcome="allowed", detail={"place": row.place_text}
        )
    seen = recorder_socket.probe(row.url, device=row.pk)
    if row.certificate_sha256 and seen.certificate != row.certificate_sha256:
        raise CameraError("certificate-changed")
    test_pictures.hold(account.pk, row.pk, key_frame_picture(seen.key_frame, _masked(row)), seen.codec)


def _masked(row: Camera | None) -> tuple[Outline, ...]:
    before = enrolment.current_range(row) if row is not None else None
    return mask_area.from_shares(before.mask_polygons) if before and before.mask_polygons else ()


def _hours_are_good(when: HoursForm, row: Camera, account: Account) -> bool:
    """Whether the hours can be approved. Asking for recording on motion alone is a refusal, and is kept."""
    if when.is_valid():
        return True
    if when.has_error(NON_FIELD_ERRORS, ON_MOTION):
        with transaction.atomic():
            entries.record(
                "range-approved",
                actor=account.actor,
                obj={"camera": row.pk},
                outcome="refused",
                reason="motion-only",
            )
    return False


def _after(account: Account) -> str:
    """Another picture of the same device that was just registered, else the next question."""
    for waiting in Camera.objects.filter(retired_ns=None, ranges__isnull=True).order_by("number"):
        if test_pictures.held(account.pk, waiting.pk) is not None:
            return reverse("setup_range", args=[waiting.pk])
    return steps.next_href()


def _next(request: HttpRequest, given: dict[str, str], account: Account, before: Camera) -> HttpResponse:
    """The next camera, tried at once with what was typed for the one before; else its own page asks."""
    typed = typed_credentials.take(account.pk, before.pk) if given["same"] else None
    said = {name: given[name] for name in ("name", "place_text", "url")}
    if typed is None:
        return _camera_page(request, CameraForm(initial=said), None)
    form = CameraForm({**said, "user": typed[0], "password": typed[1]})
    if form.is_valid() and (row := _tried(form, account, None)):
        return HttpResponseRedirect(reverse("setup_range", args=[row.pk]))
    return _camera_page(request, form, None)


@shows_pictures
@manager_only
def picture(request: HttpRequest, pk: str) -> HttpResponse:
    """The test picture, out of this process's memory; the middleware forbids everybody to store it."""
    account = manager_of(request)
    held = test_pictures.held(account.pk, pk)
    if held is None:
        return HttpResponse(status=404)
    test_pictures.shown(account.pk, pk, "now")
    return HttpResponse(held.jpeg, content_type="image/jpeg")


@manager_only
def purpose(request: HttpRequest, pk: str) -> HttpResponse:
    """Another purpose for one camera: a new version."""
    row = get_object_or_404(Camera, pk=pk, retired_ns=None)
    now = purposes.current(row)
    form = PurposeForm(
        request.POST or None, initial={"code": now.code if now else "", "text": now.text if now else ""}
    )
    if request.method == "POST" and form.is_valid():
        account = manager_of(request)
        code, text = form.cleaned_data["code"], form.cleaned_data["text"]
        try:
            with transaction.atomic():
                purposes.decide(row, text, code, account)
                judged(account)
        except Refusal as refused:
            _only_regulations(refused)
            regulations.plan(row, account, purpose=(code, text))
            return _planned(request)
        return HttpResponseRedirect(reverse("dashboard"))
    context = {"steps": steps.progress("purpose"), "form": form, "camera": row}
    return render(request, "desk/purpose.html", context, status=422 if form.errors else 200)


@manager_only
def days(request: HttpRequest, pk: str) -> HttpResponse:
    """Another number of days for one camera: a new version; footage already there keeps its own day."""
    row = get_object_or_404(Camera, pk=pk, retired_ns=None)
    now = keeping.current(row)
    form = DaysForm(request.POST or None, initial={"days": now.days} if now and now.days else None)
    if request.method == "POST" and form.is_valid():
        account = manager_of(request)
        try:
            with transaction.atomic():
                keeping.decide(row, account, days=form.cleaned_data["days"])
                judged(account)
        except Refusal as refused:
            _only_regulations(refused)
            regulations.plan(row, account, days=form.cleaned_data["days"])
            return _planned(request)
        return HttpResponseRedirect(reverse("dashboard"))
    context = {"steps": steps.progress("days"), "form": form, "camera": row}
    return render(request, "desk/days.html", context, status=422 if form.errors else 200)


def _try(form: CameraForm, account: Account, known: Camera | None) -> tuple[str, Probe, Picture]:
    """Reach the camera once and look at one picture; the look is in the record before the picture is made.
    What is masked of a camera that is known already is painted over here too."""
    given = form.cleaned_data
    url = address.canonical(given["url"], loopback_only=settings.DEMO)
    known_passwords.require_own(given["user"], given["password"])
    with transaction.atomic():
        entries.record(
            "camera-tried", actor=account.actor, outcome="allowed", detail={"place": given["place_text"]}
        )
    seen = recorder_socket.probe(url, given["user"], given["password"])
    return url, seen, key_frame_picture(seen.key_frame, _masked(known))


def _keep(known: Camera | None, form: CameraForm, url: str, seen: Probe, account: Account) -> Camera:
    """Write the camera and what set-up decided for it; its password goes to the recorder and nowhere else."""
    given = form.cleaned_data
    with transaction.atomic():
        if known is not None:
            enrolment.change_connection(
                known,
                url=url,
                width=seen.width,
                height=seen.height,
                by=account,
                certificate=seen.certificate,
            )
            Camera.objects.filter(pk=known.pk).update(name=given["name"], place_text=given["place_text"])
            row = known
        else:
            site = bodies.first_site()
            if site is None:
                raise BadInput("body-missing")
            row = enrolment.register(
                site=site,
                name=given["name"],
                place_text=given["place_text"],
                url=url,
                width=seen.width,
                height=seen.height,
                by=account,
                certificate=seen.certificate,
            )
            decide_as_set_up(row, account)
        # Inside the transaction: a camera whose password did not arrive at the recorder is not kept.
        recorder_socket.put_credentials(row.pk, given["user"], given["password"])
        credential_copies.stale(row.pk)
        judged(account)
    return row


def decide_as_set_up(row: Camera, account: Account) -> None:
    """A further camera begins with the purpose and the days that set-up decided."""
    kept = SetUp.kept()
    if kept.purpose_text:
        purposes.decide(row, kept.purpose_text, kept.purpose_code, account)
    if kept.days:
        keeping.decide(row, account, days=kept.days)


def _approve(
    form: RangeForm, when: HoursForm, comparison: Comparison, picture: Picture, place: Place | None
) -> None:
    """Approval and the small, masked picture that it was drawn on stand together or not at all. Raises
    BadInput."""
    row, account = comparison.camera, comparison.account
    polygon = polygons.parsed(form.cleaned_data["polygon"] or json.dumps(WHOLE_PICTURE))
    masks = polygons.parsed_many(form.cleaned_data["masks"])
    compared = comparison.compared(form.cleaned_data["compared"])
    kept = approved_pictures.made(picture.jpeg, masks)
    with transaction.atomic():
        approved = enrolment.approve_range(row, polygon, masks, account, when.hours, place, compared)
        approved_pictures.keep(approved, kept, account.actor)
        judged(account)


def _only_regulations(refused: Refusal) -> None:
    """What the regulations alone refuse waits for their next version; anything else stays refused."""
    if not refused.code.startswith("regulations-"):
        raise refused


def _planned(request: HttpRequest) -> HttpResponse:
    messages.warning(
        request,
        _("The adopted regulations say otherwise. The change waits in their draft until that is adopted."),
    )
    return HttpResponseRedirect(reverse("regulations"))


def _converting_percent(codec: str, row: Camera) -> int | None:
    """What one look costs in a browser that cannot play the camera's format; None where every one can."""
    if not codec or codec.startswith("avc1"):
        return None
    return conversion_cost.core_percent(row.width, row.height)


def judged(account: Account) -> None:
    """What was changed counts at once: verdicts, and the recorder's settings."""
    judging.judge_all(actor=account.actor)
    settings_file.write(account.actor)
