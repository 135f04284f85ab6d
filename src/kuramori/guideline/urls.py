"""The guideline's pages."""

from __future__ import annotations

from django.urls import path

from kuramori.guideline import views

urlpatterns = [
    path("clauses/", views.clauses, name="clauses"),
    path("clauses/<str:clause_id>/", views.clause, name="clause"),
]
