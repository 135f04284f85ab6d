"""Django settings. Deployment values come from the environment; everything a person decides is in the database."""

from __future__ import annotations

import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from kuramori.main import instance

PACKAGE = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("KURAMORI_DATA", "data")).resolve()
PORT = int(os.environ.get("KURAMORI_PORT", "8640"))

SECRET_KEY = instance.django_secret(DATA)
DEBUG = False
ALLOWED_HOSTS = ["localhost"]
CSRF_TRUSTED_ORIGINS = [f"http://localhost:{PORT}"]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "csp",
    "kuramori.web",
    "kuramori.ledger",
    "kuramori.paper",
    "kuramori.places",
    "kuramori.people",
    "kuramori.cameras",
    "kuramori.policy",
    "kuramori.footage",
    "kuramori.access",
    "kuramori.retention",
    "kuramori.playback",
    "kuramori.health",
    "kuramori.guideline",
    "kuramori.desk",
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "db.sqlite3",
        "ATOMIC_REQUESTS": False,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA secure_delete=ON;",
        },
    }
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_USER_MODEL = "people.Account"

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", _("Japanese")), ("en", _("English"))]
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True
USE_I18N = True

ROOT_URLCONF = "kuramori.main.urls"
ASGI_APPLICATION = "kuramori.main.asgi.application"
