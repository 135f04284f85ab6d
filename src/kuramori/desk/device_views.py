"""Cameras on the network: found, given a password by the recorder, registered, or said not to be ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from kuramori.access import taking_over
from kuramori.cameras import address, enrolment, state_words
from kuramori.cameras import devices as rules
from kuramori.cameras.models import Camera, Device
from kuramori.desk import camera_views, plain_words, seen_channels, test_pictures
from kuramori.desk.asker import manager_only
from kuramori.desk.device_forms import AccountForm, ChannelFormSet, OutForm
from kuramori.errors import BadInput, CameraError, KuramoriError, RecorderUnreachable, Refusal
from kuramori.footage import device_checks, device_socket, recorder_socket
from kuramori.ledger import entries
from kuramori.people.asker import manager_of
from kuramori.pictures.asking import key_frame_picture
from kuramori.places import bodies

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kuramori.people.models import Account


@manager_only
def devices(request: HttpRequest) -> HttpResponse:
    """Everything that answered, and what was decided about it."""
    rows = Device.objects.prefetch_related("cameras").select_related("decided_by")
    context = {
        "undecided": [row for row in rows if row.state == "found"],
        "decided": [row for row in rows if row.state != "found"],
        "without": Camera.objects.filter(retired_ns=None, device=None),
        "left_over": taking_over.waiting(),
    }
    return render(request, "desk/devices.html", context)


@require_POST
@manager_only
def search(request: HttpRequest) -> HttpResponse:
    """Ask the network now; some seconds."""
    account = manager_of(request)
    try:
        new = device_checks.look_around(account.actor)
    except KuramoriError as problem:
        messages.error(request, said(problem))
    else:
        words = ngettext("One new device answered.", "%(count)d new devices answered.", len(new))
        messages.success(request, words % {"count": len(new)} if new else _("Nothing new answered."))
    return HttpResponseRedirect(reverse("devices"))


@sensitive_post_parameters("password")
@manager_only
def open_device(request: HttpRequest, pk: str) -> HttpResponse:
    """The recorder signs in once with the password that the device has, and gives it a new one."""
    device, account = get_object_or_404(Device, pk=pk), manager_of(request)
    if device.password_set_ns is not None:
        return HttpResponseRedirect(reverse("device_register", args=[pk]))
    form = AccountForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            device_socket.adopt(pk, device.xaddr, form.cleaned_data["user"], form.cleaned_data["password"])
        except KuramoriError as problem:
            form.add_error(None, said(problem))
        else:
            rules.password_set(device, account)
            return HttpResponseRedirect(reverse("device_register", args=[pk]))
    context = {"device": device, "form": form, "out": OutForm()}
    return render(request, "desk/device.html", context, status=422 if form.errors else 200)


@manager_only
def register(request: HttpRequest, pk: str) -> HttpResponse:
    """The pictures that a device has, each to be one camera."""
    device, account = get_object_or_404(Device, pk=pk), manager_of(request)
    kept = seen_channels.kept(pk) if request.method == "POST" else None
    channels, problem = (kept, "") if kept else _channels(device)
    known = set(device.cameras.filter(retired_ns=None).values_list("source", flat=True))
    free = [one for one in channels if one["source"] not in known]
    posted = request.POST if request.method == "POST" else None
    forms = ChannelFormSet(posted, initial=[{"source": one["source"]} for one in free], prefix="c")
    if posted is not None and not problem and forms.is_valid():
        try:
            first = _register(device, free, [one.cleaned_data for one in forms.forms], account)
        except Refusal:
            raise
        except KuramoriError as wrong:
            problem = said(wrong)
        else:
            return HttpResponseRedirect(reverse("setup_range", args=[first.pk]))
    rows = list(zip(forms.forms, free, strict=False))
    context = {"device": device, "forms": forms, "rows": rows, "problem": problem, "known": len(known)}
    return render(
        request, "desk/device_cameras.html", context, status=422 if problem or forms.errors else 200
    )


@require_POST
@manager_only
def leave_out(request: HttpRequest, pk: str) -> HttpResponse:
    """Not one of ours, with the reason."""
    device, account, form = get_object_or_404(Device, pk=pk), manager_of(request), OutForm(request.POST)
    try:
        rules.decide_out(device, form.cleaned_data["reason"] if form.is_valid() else "", account)
    except BadInput as wrong:
        messages.error(request, plain_words.of(wrong))
        return HttpResponseRedirect(reverse("device_open", args=[pk]))
    device_checks.tell_undecided()
    return HttpResponseRedirect(reverse("devices"))


@require_POST
@manager_only
def take_over(request: HttpRequest) -> HttpResponse:
    """Give this recorder the passwords that a former one kept; the storehouse is unlocked."""
    try:
        count = taking_over.take_over(manager_of(request))
    except Refusal:
        raise
    except KuramoriError as problem:
        messages.error(request, said(problem))
    else:
        words = ngettext("One camera was taken over.", "%(count)d cameras were taken over.", count)
        messages.success(request, words % {"count": count})
    return HttpResponseRedirect(reverse("devices"))


def said(problem: KuramoriError) -> str:
    """One sentence for a person about what went wrong between us and a device."""
    if isinstance(problem, CameraError):
        words = state_words.words_for(problem.code)
        return _("The camera: %(state)s. %(cure)s") % {"state": words.name, "cure": words.cure}
    if isinstance(problem, RecorderUnreachable):
        return _("The recorder does not answer. Wait a minute and try again.")
    return plain_words.of(problem) if isinstance(problem, BadInput) else _("This could not be accepted.")


def _channels(device: Device) -> tuple[list[dict[str, Any]], str]:
    """What the device shows under the recorder's own account, or why not."""
    try:
        seen = device_socket.look(device.xaddr, device=device.pk)
    except KuramoriError as problem:
        return [], said(problem)
    rules.learn(device, seen)
    rows = seen.get("channels")
    usable = [one for one in rows or [] if one.get("profiles")]
    seen_channels.keep(device.pk, usable)
    return usable, "" if usable else said(CameraError("no-video"))


def _register(
    device: Device, channels: list[dict[str, Any]], answers: list[dict[str, Any]], account: Account
) -> Camera:
    """Try each chosen picture, write its camera, share the account, check each; returns the first camera.

    Raises BadInput `no-channel`, CameraError, RecorderUnreachable: then nothing is kept.
    """
    by_source = {one["source"]: one for one in channels}
    chosen = [one for one in answers if one.get("use") and one["source"] in by_source]
    site = bodies.first_site()
    if not chosen or site is None:
        raise BadInput("no-channel" if site else "body-missing")
    made: list[Camera] = []
    for one in chosen:
        channel = by_source[one["source"]]
        said_of = {**one, "ptz": channel.get("ptz", "")}
        made.append(_one(device, said_of, str(channel["profiles"][0]["url"]), account))
    rules.registered(device, account)
    device_checks.tell_undecided()
    for camera in made:
        _check(camera, account)
    camera_views.judged(account)
    return made[0]


def _one(device: Device, answer: dict[str, Any], stream: str, account: Account) -> Camera:
    url = address.canonical(stream, loopback_only=settings.DEMO)
    with transaction.atomic():
        entries.record(
            "camera-tried", actor=account.actor, outcome="allowed", detail={"place": answer["place_text"]}
        )
    seen = recorder_socket.probe(url, device=device.pk)
    picture = key_frame_picture(seen.key_frame)
    site = bodies.first_site()
    assert site is not None
    with transaction.atomic():
        camera = enrolment.register(
            site=site,
            name=answer["name"],
            place_text=answer["place_text"],
            url=url,
            width=seen.width,
            height=seen.height,
            by=account,
            certificate=seen.certificate,
            device=device,
            source=answer["source"],
            ptz_profile=str(answer.get("ptz", "")),
        )
        camera_views.decide_as_set_up(camera, account)
        device_socket.share(device.pk, [camera.pk])
        camera_views.judged(account)
    test_pictures.hold(account.pk, camera.pk, picture)
    return camera


def _check(camera: Camera, account: Account) -> None:
    """At once; a camera that cannot be checked now is checked within the hour by the program."""
    try:
        device_checks.check(camera, account.actor, looked=True)
    except KuramoriError:
        return
