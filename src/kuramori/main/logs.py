"""What the processes write to their standard error: plain lines, nothing personal, nothing secret."""

from __future__ import annotations

import logging
import logging.config


def configure(_settings: object = None) -> None:
    """Warnings and worse to standard error, one line each. Django calls it with its (empty) LOGGING."""
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
            "root": {"handlers": ["stderr"], "level": "WARNING"},
            "loggers": {
                "kuramori": {"level": "INFO"},
                # These quote addresses (tokens are in some), and whoever knocks could fill a disk with them.
                "django.request": {"level": "CRITICAL"},
                "django.security": {"level": "CRITICAL"},
                "uvicorn.error": {"level": "ERROR"},
            },
        }
    )
