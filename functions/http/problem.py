"""Refusals a client can act on, as RFC 9457 problem documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field


@dataclass(frozen=True, slots=True)
class FieldError:
    """One thing wrong with one field; the message never repeats the value."""

    field: str
    message: str


class ProblemDocument(BaseModel):
    """A refusal, as RFC 9457 has it. `errors` is there where single fields are wrong."""

    model_config = ConfigDict(frozen=True)

    type: Literal["about:blank"]
    title: str
    status: Annotated[int, Field(ge=400, le=599)]
    detail: str
    request_id: str
    errors: list[FieldError] = []


class Problem(Exception):  # noqa: N818 - RFC 9457's own word; it is a reply before it is an error
    """A refusal: an HTTP status, a sentence for the client and, for validation, the fields at fault."""

    def __init__(
        self,
        status: HTTPStatus,
        detail: str,
        *,
        errors: Sequence[FieldError] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status = status
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    def document(self, request_id: str) -> dict[str, Any]:
        """Return the `application/problem+json` body for a request."""
        document = ProblemDocument(
            type="about:blank",
            title=self.status.phrase,
            status=self.status,
            detail=self.detail,
            request_id=request_id,
            errors=list(self.errors),
        )
        return document.model_dump(exclude=None if self.errors else {"errors"})
