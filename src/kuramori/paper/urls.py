from __future__ import annotations

from django.urls import path

from kuramori.paper import register_views, views

urlpatterns = [
    path("scans/<int:pk>/", views.scan, name="scan"),
    path("scans/<int:pk>/content", views.content, name="scan_content"),
    path("registers/", register_views.index, name="registers"),
    path("registers/<slug:key>.pdf", register_views.printed, name="register_pdf"),
    path("registers/<slug:key>/", register_views.listed, name="register"),
    path("registers/<slug:key>/blank.pdf", register_views.blank, name="register_blank"),
    path("registers/<slug:key>/new/", register_views.new, name="register_new"),
    path("registers/<slug:key>/<int:number>/", register_views.row, name="register_row"),
    path("registers/<slug:key>/<int:number>.pdf", register_views.printed, name="register_row_pdf"),
    path("registers/<slug:key>/<int:number>/correct/", register_views.correct, name="register_correct"),
    path("registers/<slug:key>/<int:number>/step/", register_views.step, name="register_step"),
    path("registers/<slug:key>/<int:number>/scan/", register_views.add_scan, name="register_scan"),
]
