"""Refusals as the two APIs write them: V2 an array, V3 an object."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from importer.sandbox.wire import Answer, json_answer

if TYPE_CHECKING:
    from importer.sandbox.wire import Finding, Refused

TYPE = "https://developer.bigcommerce.com/api-docs/getting-started/api-status-codes"


def v2(refusal: Refused) -> Answer:
    """Source: V2 `404_Resp`, and the errors of the order documents of 2016: an array of status, message, details."""
    return json_answer([_member(one) for one in refusal.findings], refusal.status)


def _member(finding: Finding) -> dict[str, Any]:
    details = {"details": finding.details} if finding.details else {}
    return {"status": finding.status, "message": finding.message, **details}


def v3(refusal: Refused) -> Answer:
    """Source: V3 `ErrorResponse`: status, title, type, errors; `NotFound`, whose errors are a list."""
    finding = refusal.findings[0]
    return json_answer(
        {
            "status": finding.status,
            "title": finding.message,
            "type": TYPE,
            "detail": HTTPStatus(finding.status).phrase,
            "errors": [] if finding.status == 404 else finding.details,
        },
        finding.status,
    )
