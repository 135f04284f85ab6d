from __future__ import annotations

from django.urls import path

from kuramori.retention import views

urlpatterns = [
    path("erasure/", views.erasures, name="erasures"),
    path("erasure/early/", views.erase_early, name="erase_early"),
    path("erasure/<str:number>.json", views.certificate_json, name="certificate_json"),
    path("erasure/<str:number>.pdf", views.certificate_pdf, name="certificate_pdf"),
    path("erasure/<str:number>/", views.certificate, name="certificate"),
]
