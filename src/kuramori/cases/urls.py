from __future__ import annotations

from django.urls import path, register_converter

from kuramori.cases import paper_scan_views, paper_views, register_views, views


class CaseNumber:
    """The number of a case: year and count."""

    regex = "[0-9]{4}-[0-9]{4,6}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CaseNumber, "case_number")

urlpatterns = [
    path("cases/", views.listed, name="cases"),
    path("cases/new/", views.new, name="case_new"),
    path("cases/own/", views.own, name="case_own"),
    path("cases/register/", register_views.register, name="viewing_register"),
    path("cases/unusual/", register_views.unusual_looks, name="unusual_looks"),
    path("cases/unusual/<int:finding>/", register_views.unusual_seen, name="unusual_seen"),
    path("cases/register.pdf", paper_views.register, name="viewing_register_pdf"),
    path("cases/<case_number:number>/<slug:form>.pdf", paper_views.paper, name="case_paper"),
    path("cases/<case_number:number>/", views.page, name="case"),
    path("cases/<case_number:number>/scan/", paper_scan_views.add, name="case_paper_scan"),
    path("cases/<case_number:number>/do/<slug:act>/", views.act, name="case_act"),
    path("cases/<case_number:number>/let/<slug:approval>/", views.let, name="case_let"),
]
