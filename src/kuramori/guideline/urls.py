"""The guideline's pages."""

from __future__ import annotations

from django.urls import path

from kuramori.guideline import deviation_views, filing_views, views

urlpatterns = [
    path("clauses/", views.clauses, name="clauses"),
    path("clauses/<str:clause_id>/", views.clause, name="clause"),
    path("deviations/", deviation_views.listed, name="deviations"),
    path("deviations/new/", deviation_views.new, name="deviation_new"),
    path("deviations/<int:number>/approve/", deviation_views.approve, name="deviation_approve"),
    path("deviations/<int:number>/end/", deviation_views.end, name="deviation_end"),
    path("deviations.pdf", deviation_views.register_pdf, name="deviations_pdf"),
    path("guideline/", filing_views.choose, name="guideline_choose"),
    path("filings/", filing_views.filings, name="filings"),
    path("filings/new/", filing_views.new, name="filing_new"),
    path("filings/new/<str:pk>/", filing_views.new, name="filing_new"),
]
