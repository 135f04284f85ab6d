"""The record of acts."""

from __future__ import annotations

from django.urls import path

from kuramori.ledger import views

urlpatterns = [
    path("ledger/", views.entries, name="ledger"),
    path("ledger/checkpoint/", views.checkpoint, name="ledger_checkpoint"),
    path("ledger/checkpoint/kept/", views.kept, name="ledger_checkpoint_kept"),
    path("ledger/export/", views.export, name="ledger_export"),
]
