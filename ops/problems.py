"""What the API says of a request that it refuses."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def explain_problem(body: Mapping[str, Any]) -> str:
    """Return a problem document as text: its detail, and a line for each wrong field."""
    detail = body.get("detail") or body.get("message") or body.get("title") or "no reason given"
    fields = [f"  {each.get('field')}: {each.get('message')}" for each in body.get("errors") or ()]
    return "\n".join([str(detail), *fields])
