"""One request to the HTTP API (payload format 2.0), as its handler sees it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeVar

from pydantic import BaseModel

from functions.domain.log_record import LogFields
from functions.http.problem import Problem
from functions.http.request_body import read_body

Model = TypeVar("Model", bound=BaseModel)


@dataclass(slots=True)
class Request:
    """A request with its caller, which is "" on a public route, and its log record.

    The event is read as it is: Powertools' class for it would make every cold start import all of its
    classes (docs/performance.md).
    """

    event: Mapping[str, Any]
    client_id: str = ""
    log_fields: LogFields = field(default_factory=dict)

    @property
    def request_id(self) -> str:
        """The ID that API Gateway gave the request."""
        return str(self.event["requestContext"]["requestId"])

    @property
    def path(self) -> str:
        """The path, without the query."""
        return str(self.event["rawPath"])

    def path_parameter(self, name: str) -> str:
        """Return a parameter of the route's path."""
        return str(self.event["pathParameters"][name])

    def query_parameter(self, name: str) -> str | None:
        """Return a parameter of the query; of several values the first."""
        value = self.query().get(name)
        return value.partition(",")[0] if value else None

    def query(self) -> Mapping[str, str]:
        """Return the query's parameters; of one that came several times, the values joined by commas."""
        return self.event.get("queryStringParameters") or {}

    def header(self, name: str) -> str | None:
        """Return a header; the name is in lower case."""
        value: str | None = self.event["headers"].get(name)
        return value

    def read(self, model: type[Model]) -> Model:
        """Return what the body asks for; raise a 415, 413, 400 or 422 `Problem`."""
        self._refuse_encoding()
        return read_body(model, self.header("content-type"), self.body())

    def _refuse_encoding(self) -> None:
        # An HTTP API passes a compressed body on as it is.
        encoding = (self.header("content-encoding") or "").strip().lower()
        if encoding not in ("", "identity"):
            raise Problem(
                HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
                f"Send the body without a Content-Encoding; this one has {encoding[:40]!r}.",
            )

    def body(self) -> bytes:
        """Return the body, however API Gateway chose to encode it."""
        body = self.event.get("body") or ""
        if not self.event.get("isBase64Encoded"):
            return str(body).encode("utf-8", errors="surrogatepass")
        try:
            return base64.b64decode(body, validate=True)
        except binascii.Error as error:
            raise Problem(HTTPStatus.BAD_REQUEST, "The body is not valid Base64.") from error
