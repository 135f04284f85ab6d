"""Django settings. Deployment values come from the environment; what a person decides is in the database."""

from __future__ import annotations

import os
from pathlib import Path

from kuramori.main import instance, other_pcs, static_headers

PACKAGE = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("KURAMORI_DATA", "data")).resolve()
PORT = int(os.environ.get("KURAMORI_PORT", "8640"))
HOST = other_pcs.host()
HTTPS_PORT = other_pcs.port()
# The maker's PKCS#11 library, where people hold the storehouse's key by tokens.
TOKEN_MODULE = os.environ.get("KURAMORI_TOKEN_MODULE", "")
INSTANCE = instance.prepare(DATA)
DEMO = INSTANCE.demo

SECRET_KEY = instance.django_secret(DATA)
DEBUG = False
ALLOWED_HOSTS = ["localhost", *([HOST] if HOST else [])]
CSRF_TRUSTED_ORIGINS = [
    f"http://localhost:{PORT}",
    *([f"https://{HOST}:{HTTPS_PORT}"] if HOST else []),
]

INSTALLED_APPS = [
    # Rooms come first, so that their templates take the place of the libraries' own.
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
    "kuramori.evidence",
    "kuramori.playback",
    "kuramori.health",
    "kuramori.cases",
    "kuramori.guideline",
    "kuramori.desk",
    "kuramori.public",
    "kuramori.audit",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "servestatic.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_htmx",
    "csp",
]

DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": DATA / "db.sqlite3",
        "CONN_MAX_AGE": None,
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
LANGUAGES = [("ja", "日本語"), ("en", "English")]
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True
USE_I18N = True

ROOT_URLCONF = "kuramori.main.urls"
ASGI_APPLICATION = "kuramori.main.asgi.application"

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "kuramori.web.middleware.NeverStored",
    "kuramori.web.middleware.KnownMethods",
    "kuramori.web.middleware.CookiesStaySecure",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kuramori.web.middleware.ChosenLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "kuramori.people.refused.RefusedPages",
    "kuramori.web.middleware.UnusableInput",
    "kuramori.people.doors.SignedInOnly",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "kuramori.web.shell.context",
                "kuramori.people.idle.context",
            ],
            "builtins": ["kuramori.web.templatetags.kuramori"],
        },
    }
]
FORM_RENDERER = "kuramori.web.fields.FieldRenderer"

# Nothing a browser sends may touch the disk on its way in: the ASGI side refuses larger bodies first
# (main/asgi.py), and files stay in memory.
FILE_UPLOAD_MAX_MEMORY_SIZE = 16 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]

STATIC_URL = "/static/"
STATIC_ROOT = DATA / "static"
SERVESTATIC_USE_FINDERS = True
SERVESTATIC_AUTOREFRESH = False
SERVESTATIC_ALLOW_ALL_ORIGINS = False
SERVESTATIC_ADD_HEADERS_FUNCTION = static_headers.add

# Cookies are shared by every port of localhost, so each instance has names of its own.
# `Secure` on answers by TLS alone (web.middleware): on loopback some browsers drop such cookies over http.
SESSION_ENGINE = "kuramori.people.sealed_sessions"
SESSION_COOKIE_NAME = f"kuramori_{PORT}_session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Strict"
SESSION_COOKIE_AGE = 12 * 3600
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_COOKIE_NAME = f"kuramori_{PORT}_csrf"
CSRF_COOKIE_SAMESITE = "Strict"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "kuramori.web.views.csrf_failed"
LANGUAGE_COOKIE_NAME = f"kuramori_{PORT}_language"
LANGUAGE_COOKIE_SAMESITE = "Strict"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
SECURE_HSTS_SECONDS = 30 * 24 * 3600  # sent by TLS alone: no clicking past another's certificate
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "blob:", "data:"],
        "media-src": ["'self'", "blob:"],
        "object-src": ["'none'"],
        "base-uri": ["'none'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    }
}

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("username", "full_name"), "max_similarity": 0.6},
    },
    {"NAME": "kuramori.people.passwords.NotTooPlain"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "kuramori.people.allauth_adapters.AccountAdapter"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_LOGIN_TIMEOUT = 600
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "5/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = 0
MFA_ADAPTER = "kuramori.people.allauth_adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODE_COUNT = 30
MFA_RECOVERY_CODE_DIGITS = 8
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Kuramori"
MFA_TOTP_TOLERANCE = 1
USERSESSIONS_TRACK_ACTIVITY = False

LOGGING_CONFIG = "kuramori.main.logs.configure"
LOGGING = {"version": 1}  # Django asks LOGGING_CONFIG only where this is not empty
