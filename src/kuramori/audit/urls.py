"""The bundle for an auditor."""

from __future__ import annotations

from django.urls import path

from kuramori.audit import views

urlpatterns = [
    path("audit/", views.audit, name="audit"),
    path("audit/progress/", views.progress, name="audit_progress"),
    path("audit/bundle.zip", views.bundle, name="audit_bundle"),
    path("audit/annual-<int:year>.pdf", views.annual_pdf, name="audit_annual"),
    path("audit/month-<int:year>-<int:month>.pdf", views.month_pdf, name="audit_month"),
    path("audit/self-inspection.pdf", views.inspection_pdf, name="audit_inspection"),
    path("audit/drop/", views.drop, name="audit_drop"),
]
