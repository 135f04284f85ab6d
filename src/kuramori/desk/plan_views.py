"""The plan of the place: a drawing with the cameras on it; a click on one leads to its live picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from kuramori import clock
from kuramori.cameras import placing
from kuramori.cameras.models import Camera
from kuramori.desk import plain_words
from kuramori.desk.asker import manager_only
from kuramori.errors import BadInput
from kuramori.people.asker import manager_of
from kuramori.people.roles import MANAGER, OPERATOR, role_of
from kuramori.pictures.asking import photo_picture
from kuramori.places import bodies, plans
from kuramori.places.models import Plan, Site

if TYPE_CHECKING:
    from django.http import HttpRequest


class DrawingForm(forms.Form):
    """Another drawing."""

    drawing = forms.FileField(
        label=gettext_lazy("Drawing or map of the place"),
        help_text=gettext_lazy("JPEG, PNG or WebP, at most 15 MB. A photo of a sketch on paper will do."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )


class PositionForm(forms.Form):
    """Where one camera stands and what it overlooks. Shares are typed in percent of the drawing."""

    camera = forms.ModelChoiceField(Camera.objects.none(), label=gettext_lazy("Camera"))
    x = forms.FloatField(label=gettext_lazy("From the left (%)"), min_value=0, max_value=100)
    y = forms.FloatField(label=gettext_lazy("From the top (%)"), min_value=0, max_value=100)
    heading = forms.IntegerField(
        label=gettext_lazy("Looks towards (°, 0 is up, 90 is right)"), min_value=0, max_value=359, initial=0
    )
    angle = forms.IntegerField(
        label=gettext_lazy("How wide (°)"), min_value=1, max_value=placing.ALL_AROUND_DEG, initial=90
    )
    reach = forms.FloatField(
        label=gettext_lazy("How far (percent of the width)"), min_value=1, max_value=100, initial=20
    )

    def __init__(self, *args: object, site: Site, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        cameras = self.fields["camera"]
        assert isinstance(cameras, forms.ModelChoiceField)
        cameras.queryset = Camera.objects.filter(site=site, retired_ns=None)

    def field(self) -> placing.Field:
        """What was typed, as shares."""
        given = self.cleaned_data
        return placing.Field(
            given["x"] / 100, given["y"] / 100, given["heading"], given["angle"], given["reach"] / 100
        )


@require_GET
def plan(request: HttpRequest) -> HttpResponse:
    """The plan with its cameras; for the manager, the forms that change it."""
    return _page(request)


@require_POST
@manager_only
def drawing(request: HttpRequest) -> HttpResponse:
    """A new drawing; the cameras are placed on it anew."""
    form = DrawingForm(request.POST, request.FILES)
    site = bodies.first_site()
    if site is None or not form.is_valid():
        return _page(request, drawing=form)
    try:
        plans.draw(site, photo_picture(form.cleaned_data["drawing"].read()), manager_of(request))
    except BadInput as wrong:
        form.add_error("drawing", plain_words.of(wrong))
        return _page(request, drawing=form)
    return HttpResponseRedirect(reverse("plan"))


@require_POST
@manager_only
def position(request: HttpRequest, pk: int) -> HttpResponse:
    """One camera is placed, or placed otherwise, on the plan of that number."""
    row = get_object_or_404(Plan.objects.select_related("site").defer("jpeg"), pk=pk)
    form = PositionForm(request.POST, site=row.site)
    if not form.is_valid():
        return _page(request, position=form)
    camera = form.cleaned_data["camera"]
    placing.place(camera, row, form.field(), manager_of(request))
    messages.success(request, _("%(camera)s stands on the plan.") % {"camera": camera})
    return HttpResponseRedirect(reverse("plan"))


@require_GET
def jpeg(request: HttpRequest, pk: int) -> HttpResponse:
    """The drawing alone."""
    return HttpResponse(bytes(get_object_or_404(Plan, pk=pk).jpeg), content_type="image/jpeg")


def _page(
    request: HttpRequest, *, drawing: DrawingForm | None = None, position: PositionForm | None = None
) -> HttpResponse:
    roles = role_of(request.user, clock.now_ns())
    site = bodies.first_site()
    shown = plans.current(site) if site else None
    cameras = Camera.objects.filter(site=site, retired_ns=None).order_by("number") if site else []
    standing = placing.standing(shown) if shown else {}
    context = {
        "plan": shown,
        "site": site,
        "size": max(10, shown.width // 40) if shown else 0,
        "placed": [
            _drawn(camera, standing[camera.id], shown)
            for camera in cameras
            if shown and camera.id in standing
        ],
        "waiting": [camera for camera in cameras if camera.id not in standing],
        "may_look": OPERATOR in roles,
        "may_change": MANAGER in roles,
        "drawing": drawing or DrawingForm(),
        "position": position or (PositionForm(site=site) if site else None),
        "open": position is not None,
    }
    wrong = any(form is not None and form.errors for form in (drawing, position))
    return render(request, "desk/plan.html", context, status=422 if wrong else 200)


def _drawn(camera: Camera, row: placing.PlanPosition, shown: Plan) -> dict[str, object]:
    """What the page draws of one camera; positions in pixels of the drawing."""
    return {
        "camera": camera,
        "row": row,
        "path": placing.outline(row, shown.width, shown.height),
        "x": round(row.x * shown.width),
        "y": round(row.y * shown.height),
        "percent": [f"{100 * share:.1f}" for share in (row.x, row.y, row.reach)],
    }
