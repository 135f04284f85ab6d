from __future__ import annotations

from django.urls import path

from kuramori.health import alarm_views, day_views, disk_views, metrics, self_views, views

urlpatterns = [
    path("status/", views.status, name="status"),
    path("alarms/", alarm_views.alarms_page, name="alarms"),
    path("alarms/<int:pk>/seen/", alarm_views.acknowledge, name="alarm_seen"),
    path("alarms/channel/<str:kind>/", alarm_views.channel, name="alarm_channel"),
    path("alarms/channel/<str:kind>/test/", alarm_views.test, name="alarm_channel_test"),
    path("alarms/channel/<str:kind>/remove/", alarm_views.remove, name="alarm_channel_remove"),
    path("alarms/contact/", alarm_views.contact, name="alarm_contact"),
    path("health/", day_views.days_page, name="health_days"),
    path("health/days.json", day_views.days_json, name="health_days_json"),
    path("health/self-check/", self_views.self_check_page, name="self_check"),
    path("health/weekly.pdf", day_views.weekly_pdf, name="weekly_sheet"),
    path("disks/", disk_views.disks_page, name="disks"),
    path("disks/do/", disk_views.disk_act, name="disk_act"),
    path("metrics", metrics.metrics, name="metrics"),
]
