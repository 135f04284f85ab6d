from __future__ import annotations

from django.urls import path

from kuramori.access import views

urlpatterns = [
    path("storehouse/unlock/", views.unlock, name="storehouse_unlock"),
    path("storehouse/lock/", views.lock, name="storehouse_lock"),
    path("grants/", views.grants, name="grants"),
    path("grants/<str:grant>/withdraw/", views.withdraw, name="grant_withdraw"),
]
