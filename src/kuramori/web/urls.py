from __future__ import annotations

from django.urls import path

from kuramori.web import views

urlpatterns = [path("language/", views.choose_language, name="language")]
