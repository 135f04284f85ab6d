from __future__ import annotations

from django.urls import path

from kuramori.access import holder_views, views

urlpatterns = [
    path("storehouse/unlock/", views.unlock, name="storehouse_unlock"),
    path("storehouse/lock/", views.lock, name="storehouse_lock"),
    path("storehouse/holders/", holder_views.holders, name="key_holders"),
    path("storehouse/holders/add/", holder_views.add, name="key_holder_add"),
    path("storehouse/holders/token/", holder_views.add_token, name="key_holder_token"),
    path("storehouse/holders/<int:holder>/end/", holder_views.end, name="key_holder_end"),
    path("storehouse/holders/sheet/", holder_views.sheet, name="key_sheet"),
    path("storehouse/holders/envelope/", holder_views.envelope, name="key_envelope"),
    path("storehouse/holders/two/", holder_views.two, name="key_two_together"),
    path("storehouse/emergency/", holder_views.emergency_page, name="emergency"),
    path("storehouse/emergency/<str:opening>/seen/", holder_views.seen, name="emergency_seen"),
    path("grants/", views.grants, name="grants"),
    path("grants/<str:grant>/withdraw/", views.withdraw, name="grant_withdraw"),
]
