"""The rows of this room, one file of models for each subject."""

from __future__ import annotations

from kuramori.cases.case_models import Case, CaseStep, Scope

__all__ = ["Case", "CaseStep", "Scope"]
