"""The rows of this room, one file of models for each subject."""

from __future__ import annotations

from kuramori.cases.case_models import Case, CaseStep, Scope
from kuramori.cases.complaint_models import Complaint, ComplaintStep
from kuramori.cases.incident_models import Incident, IncidentStep
from kuramori.cases.own_models import OwnMonth
from kuramori.cases.round_models import Explanation, Inspection, Round

__all__ = [
    "Case",
    "CaseStep",
    "Complaint",
    "ComplaintStep",
    "Explanation",
    "Incident",
    "IncidentStep",
    "Inspection",
    "OwnMonth",
    "Round",
    "Scope",
]
