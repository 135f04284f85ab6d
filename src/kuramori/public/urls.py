"""The page that makes the notice for the public. Nothing here is served to the public itself."""

from __future__ import annotations

from django.urls import path

from kuramori.public import views

urlpatterns = [
    path("notice/", views.notice, name="notice"),
    path("notice/bundle.zip", views.bundle, name="notice_bundle"),
]
