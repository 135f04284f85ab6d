"""The start page, the set-up and the signs."""

from __future__ import annotations

from django.urls import path

from kuramori.desk import (
    camera_views,
    comparing,
    dashboard,
    device_views,
    hand_over_views,
    hardening_views,
    plan_views,
    question_views,
    sign_views,
)

urlpatterns = [
    path("", dashboard.dashboard, name="dashboard"),
    path("state/", dashboard.state, name="dashboard_state"),
    path("setup/", question_views.go_on, name="setup"),
    path("setup/start/<str:token>/", question_views.start, name="setup_start"),
    path("setup/not-yet/", question_views.not_yet, name="setup_not_yet"),
    path("setup/body/", question_views.body, name="setup_body"),
    path("setup/manager/", question_views.manager, name="setup_manager"),
    path("setup/key/", question_views.key, name="setup_key"),
    path("setup/key/typed/", question_views.key_typed, name="setup_key_typed"),
    path("setup/purpose/", question_views.purpose, name="setup_purpose"),
    path("setup/purpose/<str:pk>/", camera_views.purpose, name="setup_purpose"),
    path("setup/first-set/<slug:name>.pdf", question_views.first_set, name="setup_first_set"),
    path("setup/days/<str:pk>/", camera_views.days, name="setup_days"),
    path("setup/camera/", camera_views.camera, name="setup_camera"),
    path("setup/camera/<str:pk>/", camera_views.camera, name="setup_camera"),
    path("setup/camera/<str:pk>/picture/", camera_views.picture, name="setup_picture"),
    path(
        "setup/camera/<str:pk>/approved-picture/", comparing.approved_picture, name="setup_approved_picture"
    ),
    path("setup/camera/<str:pk>/range/", camera_views.approve_range, name="setup_range"),
    path("setup/camera/<str:pk>/look/", camera_views.look_again, name="setup_look"),
    path("setup/camera/<str:pk>/hardening/", hardening_views.hardening, name="setup_hardening"),
    path("setup/camera/<str:pk>/hardening/check/", hardening_views.check, name="setup_hardening_check"),
    path("devices/", device_views.devices, name="devices"),
    path("devices/search/", device_views.search, name="devices_search"),
    path("devices/take-over/", device_views.take_over, name="devices_take_over"),
    path("devices/<str:pk>/", device_views.open_device, name="device_open"),
    path("devices/<str:pk>/cameras/", device_views.register, name="device_register"),
    path("devices/<str:pk>/out/", device_views.leave_out, name="device_out"),
    path("plan/", plan_views.plan, name="plan"),
    path("plan/drawing", plan_views.drawing, name="plan_drawing"),
    path("plan/<int:pk>/camera", plan_views.position, name="plan_position"),
    path("plan/<int:pk>.jpg", plan_views.jpeg, name="plan_jpeg"),
    path("setup/sign/", sign_views.sign, name="setup_sign"),
    path("setup/sign/photo/", sign_views.photo, name="setup_sign_photo"),
    path("setup/sign/<int:pk>/photo/", sign_views.photo, name="setup_sign_photo"),
    path("setup/sign/<int:pk>/down/", sign_views.take_down, name="setup_sign_down"),
    path("people/<int:pk>/hand-over/", hand_over_views.prepare, name="hand_over"),
    path("people/<int:pk>/hand-over.pdf", hand_over_views.paper, name="hand_over_pdf"),
    path("people/<int:pk>/handed-over/", hand_over_views.after, name="handed_over"),
    path("people/take-over/<str:token>/", hand_over_views.receive, name="hand_over_receive"),
    path("signs/<int:pk>.pdf", sign_views.sign_pdf, name="sign_pdf"),
    path("signs/<int:pk>.png", sign_views.sign_png, name="sign_png"),
    path("signs/<int:pk>/photo.jpg", sign_views.photo_jpeg, name="sign_photo_jpeg"),
]
