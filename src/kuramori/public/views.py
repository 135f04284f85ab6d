"""The clerk's page: the notice as the public would read it, and its bundle to download."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from kuramori.ledger import entries
from kuramori.people.asker import manager_of
from kuramori.public import bundling
from kuramori.public.forms import NoticeForm
from kuramori.public.saying import notice as noticed

if TYPE_CHECKING:
    from django.http import HttpRequest


@require_GET
def notice(request: HttpRequest) -> HttpResponse:
    """/notice/: choose, look, download."""
    manager_of(request)
    form = NoticeForm(request.GET if "coarse" in request.GET else None)
    coarse, year = form.chosen()
    context = {"form": form, "said": noticed(coarse, year), "coarse": coarse, "year": year}
    return render(request, "public/notice.html", context, status=422 if form.errors else 200)


@require_POST
def bundle(request: HttpRequest) -> HttpResponse:
    """/notice/bundle.zip: an act in the record, since it goes out of the house."""
    account = manager_of(request)
    form = NoticeForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=422)
    coarse, year = form.chosen()
    with transaction.atomic():
        entries.record("notice-made", actor=account.actor, detail={"coarse": coarse, "year": year})
    answer = HttpResponse(bundling.zipped(noticed(coarse, year)), content_type="application/zip")
    answer["Content-Disposition"] = 'attachment; filename="camera-notice.zip"'
    return answer
