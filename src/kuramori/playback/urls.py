from __future__ import annotations

from django.urls import path, register_converter

from kuramori.playback import (
    calendar_views,
    desk_views,
    live_views,
    media_views,
    together_views,
    views,
    wall_views,
)


class Hex32:
    """An id: 32 lowercase hexadecimal digits."""

    regex = "[0-9a-f]{32}"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Hex32, "hex32")

urlpatterns = [
    path("live/", live_views.cameras, name="live"),
    path("live/wall/", wall_views.wall, name="live-wall"),
    path("live/wall/begin", wall_views.begin, name="live-wall-begin"),
    path("live/wall/stream", wall_views.stream, name="live-wall-stream"),
    path("live/<hex32:camera_id>/", live_views.look, name="live-camera"),
    path("live/<hex32:camera_id>/<hex32:grant_id>/", live_views.watch, name="live-look"),
    path("live/<hex32:camera_id>/<hex32:grant_id>/stream", live_views.stream, name="live-stream"),
    path("playback/", views.index, name="playback"),
    path("playback/coverage/<hex32:camera_id>/", views.camera_coverage, name="coverage"),
    path("playback/time/", together_views.moment, name="said-time"),
    path("playback/together/", together_views.player, name="player-together"),
    path("playback/together/begin", together_views.begin, name="player-together-begin"),
    path(
        "playback/calendar/<hex32:camera_id>/<int:year>-<int:number>/",
        calendar_views.calendar,
        name="calendar",
    ),
    path("playback/<hex32:grant_id>/bookmarks", desk_views.marked, name="player-bookmarks"),
    path("playback/<hex32:grant_id>/preview", desk_views.preview, name="player-preview"),
    path("playback/<hex32:grant_id>/changes", desk_views.changes, name="player-changes"),
    path("playback/<hex32:grant_id>/still", desk_views.still, name="player-still"),
    path("playback/<hex32:grant_id>/blocked", desk_views.blocked, name="player-blocked"),
    path("playback/<hex32:grant_id>/", views.player, name="player"),
    path("playback/<hex32:grant_id>/begin", views.begin, name="player-begin"),
    path("playback/<hex32:grant_id>/status", views.status, name="player-status"),
    path("playback/<hex32:grant_id>/end", views.end, name="player-end"),
    path("playback/<hex32:grant_id>/index.m3u8", media_views.index, name="player-playlist"),
    path("playback/<hex32:grant_id>/<hex32:segment>/init.mp4", media_views.init, name="player-init"),
    path(
        "playback/<hex32:grant_id>/<hex32:segment>/<int:first>-<int:last>.m4s",
        media_views.piece,
        name="player-piece",
    ),
    path("playback/<hex32:grant_id>/h264/index.m3u8", media_views.index, name="player-playlist-h264"),
    path(
        "playback/<hex32:grant_id>/h264/<hex32:segment>/init.mp4",
        media_views.init,
        {"convert": True},
        name="player-init-h264",
    ),
    path(
        "playback/<hex32:grant_id>/h264/<hex32:segment>/<int:first>-<int:last>.m4s",
        media_views.piece,
        {"convert": True},
        name="player-piece-h264",
    ),
]
