from __future__ import annotations

from django.urls import path, register_converter

from kuramori.evidence import redaction_views, stamper_views, views


class PackageNumber:
    """The number of a package in an address: without its letters."""

    regex = "[0-9]{4}-[0-9]{4,6}"

    def to_python(self, value: str) -> str:
        year, _dash, count = value.partition("-")
        return f"EXP-{year}-{int(count):06d}"

    def to_url(self, value: str) -> str:
        return value.removeprefix("EXP-")


register_converter(PackageNumber, "package")

urlpatterns = [
    path("packages/time-stamps/", stamper_views.stamper, name="time_stamper"),
    path("packages/signer.pem", stamper_views.certificate, name="evidence_signer"),
    path("packages/<package:number>/", views.page, name="package"),
    path("packages/<package:number>/look/<int:part>/", views.look, name="package_look"),
    path("packages/<package:number>/redact/<int:part>/", redaction_views.redact, name="package_redact"),
    path("packages/<package:number>/film/<int:part>/", redaction_views.film, name="redacted_film"),
    path("packages/<package:number>/film/<int:part>/look/", redaction_views.look, name="redacted_look"),
    path(
        "packages/<package:number>/film/<int:part>/progress/",
        redaction_views.progress,
        name="redacted_progress",
    ),
    path("packages/<package:number>/film/<int:part>/ask/", redaction_views.ask, name="redacted_ask"),
    path(
        "packages/<package:number>/film/<int:part>/checked/", redaction_views.checked, name="redacted_checked"
    ),
    path(
        "packages/<package:number>/film/<int:part>/<int:row>-<int:index>.mp4",
        redaction_views.piece,
        name="redacted_piece",
    ),
    path("packages/<package:number>/pack/", views.pack, name="package_pack"),
    path("packages/<package:number>/progress/", views.progress, name="package_progress"),
    path("packages/<package:number>/write/<slug:form>/", views.write, name="package_write"),
    path("packages/<package:number>/usb/", views.onto_usb, name="package_usb"),
    path("packages/<package:number>/passphrase/", views.passphrase, name="package_passphrase"),
    path("packages/<package:number>/drop/", views.drop, name="package_drop"),
]
