"""Looks for anything here by which people could be searched for: in the tables and among the libraries."""

from __future__ import annotations

import functools
import importlib.metadata
import re

from django.apps import apps

TELLING = re.compile(
    r"(face|facial|plate|gait|biometric|feature)_?(id|index|vector|hash|template|descriptor|search|match|list)"
    r"|(person|people)_?(index|vector|search|match)|watch_?list|faceprint|licen[cs]e_?plate|embedding",
    re.IGNORECASE,
)
LIBRARIES = frozenset(
    {
        "face-recognition",
        "dlib",
        "deepface",
        "insightface",
        "facenet-pytorch",
        "retina-face",
        "mtcnn",
        "openalpr",
        "easyocr",
        "paddleocr",
        "faiss",
        "faiss-cpu",
        "faiss-gpu",
        "hnswlib",
        "annoy",
        "chromadb",
        "pgvector",
        "milvus-lite",
        "sqlite-vec",
        "torchreid",
        "ultralytics",
    }
)


@functools.cache
def found() -> tuple[str, ...]:
    """What could search for people, by name; empty is what is promised. Read once, as neither changes."""
    return (*in_tables(names_of_fields()), *in_libraries(installed()))


def in_tables(names: list[str]) -> list[str]:
    return [name for name in names if TELLING.search(name.rsplit(".", 1)[-1])]


def in_libraries(names: list[str]) -> list[str]:
    return [name for name in names if re.sub(r"[-_.]+", "-", name).lower() in LIBRARIES]


def names_of_fields() -> list[str]:
    """Every column of every table, as table.column."""
    return [
        f"{model._meta.db_table}.{field.column}"
        for model in apps.get_models(include_auto_created=True)
        for field in model._meta.local_fields
    ]


def installed() -> list[str]:
    """Every library that this program could import."""
    return [str(one.metadata["Name"]) for one in importlib.metadata.distributions()]
