from __future__ import annotations

from django.urls import include, path

from kuramori.people import views

urlpatterns = [
    path("accounts/", include("allauth.urls")),
    path("account/", views.own, name="account_own"),
]
