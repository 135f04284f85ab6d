from __future__ import annotations

from django.urls import path

from kuramori.footage import views

urlpatterns = [path("recorder/clock/", views.confirm_clock, name="confirm_clock")]
