"""The pages' ASGI application."""

from __future__ import annotations

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuramori.main.settings")

from django.core.asgi import get_asgi_application  # noqa: E402  (Django reads its settings at import)

application = get_asgi_application()
