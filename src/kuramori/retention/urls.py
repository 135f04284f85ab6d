from __future__ import annotations

from django.urls import path

from kuramori.retention import hold_views, media_views, views

urlpatterns = [
    path("erasure/", views.erasures, name="erasures"),
    path("erasure/early/", views.erase_early, name="erase_early"),
    path("erasure/<str:number>.json", views.certificate_json, name="certificate_json"),
    path("erasure/<str:number>.pdf", views.certificate_pdf, name="certificate_pdf"),
    path("erasure/<str:number>/", views.certificate, name="certificate"),
    path("holds/", hold_views.listed, name="holds"),
    path("holds/new/", hold_views.new, name="hold_new"),
    path("holds/<int:number>/approve/", hold_views.approve, name="hold_approve"),
    path("holds/<int:number>/end/", hold_views.end, name="hold_end"),
    path("holds/<int:number>/review/", hold_views.review, name="hold_review"),
    path("holds/<int:number>.pdf", hold_views.paper, name="hold_paper"),
    path("media/", media_views.media, name="media"),
    path("media/new/", media_views.new, name="medium_new"),
    path("media/<int:number>/", media_views.medium, name="medium"),
    path("media/<int:number>/destroy/", media_views.destroy, name="medium_destroy"),
    path("media/<int:number>/retire/", media_views.retire, name="medium_retire"),
    path("media/<int:number>/photo.jpg", media_views.photo, name="medium_photo"),
    path("media/<int:number>/destruction.pdf", media_views.destruction_pdf, name="medium_destruction"),
    path("media/<int:number>/<str:act>/", media_views.everyday, name="medium_act"),
]
