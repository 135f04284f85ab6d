"""The guideline's pages."""

from __future__ import annotations

from django.urls import path

from kuramori.guideline import deviation_views, filing_views, overview_views, regulation_views, views

urlpatterns = [
    path("clauses/", views.clauses, name="clauses"),
    path("clauses/<str:clause_id>/", views.clause, name="clause"),
    path("deviations/", deviation_views.listed, name="deviations"),
    path("deviations/new/", deviation_views.new, name="deviation_new"),
    path("deviations/<int:number>/approve/", deviation_views.approve, name="deviation_approve"),
    path("deviations/<int:number>/end/", deviation_views.end, name="deviation_end"),
    path("deviations.pdf", deviation_views.register_pdf, name="deviations_pdf"),
    path("regulations/", regulation_views.shown, name="regulations"),
    path("regulations/draft.pdf", regulation_views.draft_pdf, name="regulations_draft_pdf"),
    path("regulations/draft.docx", regulation_views.draft_docx, name="regulations_draft_docx"),
    path("regulations/register.pdf", regulation_views.register_pdf, name="regulations_register"),
    path("regulations/planned/<int:pk>/", regulation_views.give_up, name="regulations_give_up"),
    path("regulations/<int:version>.pdf", regulation_views.version_pdf, name="regulations_pdf"),
    path("regulations/<int:version>.docx", regulation_views.version_docx, name="regulations_docx"),
    path("regulations/<int:version>-public.pdf", regulation_views.public_pdf, name="regulations_public"),
    path("guideline/overview/", overview_views.overview, name="overview"),
    path("guideline/defaults/", overview_views.defaults, name="defaults"),
    path("guideline/", filing_views.choose, name="guideline_choose"),
    path("filings/", filing_views.filings, name="filings"),
    path("filings/new/", filing_views.new, name="filing_new"),
    path("filings/new/<str:pk>/", filing_views.new, name="filing_new"),
]
