from __future__ import annotations

from django.urls import path

from kuramori.paper import views

urlpatterns = [
    path("scans/<int:pk>/", views.scan, name="scan"),
    path("scans/<int:pk>/content", views.content, name="scan_content"),
]
