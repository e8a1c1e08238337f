"""A request's SigV4 signature, read and checked; botocore computes the signature that it should have.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, unquote, urlencode

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.compat import HTTPHeaders
from botocore.credentials import Credentials

_ALGORITHM = "AWS4-HMAC-SHA256"
# "In most cases, a request must reach AWS within five minutes of the time stamp in the request":
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html
# What API Gateway makes of a longer X-Amz-Expires is written nowhere, so five minutes are the end of it too.
_LONGEST_SECONDS = 300


class SignatureError(Exception):
    """The signature does not stand; the message is for the emulator's log, clients are not told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SentRequest:
    """A request as it came: path and query still percent-encoded, header names in lower case."""

    method: str
    path: str
    query_string: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """What a client says of its signature; `scope` is date/region/service/aws4_request."""

    access_key_id: str
    scope: str
    signed_headers: tuple[str, ...]
    value: str
    timestamp: str
    session_token: str
    lifetime_seconds: int


def read_signature(request: SentRequest) -> Signature:
    """Return a request's signature, from its Authorization header or else from its query (presigned)."""
    algorithm, _, parameters = request.headers.get("authorization", "").partition(" ")
    try:
        if algorithm == _ALGORITHM:
            return _from_header(request.headers, parameters)
        query = dict(_query(request.query_string))
        if not algorithm and query.get("X-Amz-Algorithm") == _ALGORITHM:
            return _from_query(query)
    except (KeyError, ValueError) as error:
        raise SignatureError(f"the signature lacks a part: {error}") from error
    raise SignatureError("the request has no signature of AWS4-HMAC-SHA256")


def check_signature(
    request: SentRequest, signature: Signature, secret: str, *, service: str, region: str, now: datetime
) -> None:
    """Raise SignatureError unless the request is the one that was signed, here, for here, and just now."""
    _check_time(signature, now)
    body_hash = hashlib.sha256(request.body).hexdigest()
    if request.headers.get("x-amz-content-sha256", body_hash) != body_hash:
        raise SignatureError("x-amz-content-sha256 is not the hash of the body")
    if "host" not in signature.signed_headers:
        raise SignatureError("the header host is not signed")
    missing = [name for name in signature.signed_headers if name not in request.headers]
    if missing:
        raise SignatureError(f"signed headers are missing: {', '.join(missing)}")
    signer = _Signer(Credentials(signature.access_key_id, secret), service, region)
    query = [pair for pair in _query(request.query_string) if pair[0] != "X-Amz-Signature"]
    signed = AWSRequest(
        method=request.method,
        url=f"http://host{request.path}?" + urlencode(query, quote_via=quote, safe="~"),
        # botocore puts this hash into what is signed; which headers are, the signer below says.
        headers={"X-Amz-Content-SHA256": body_hash},
    )
    signed.context["timestamp"] = signature.timestamp
    if signature.scope != signer.credential_scope(signed):
        raise SignatureError(f"the scope is {signature.scope}, not {signer.credential_scope(signed)}")
    signer.signed = {name: request.headers[name] for name in signature.signed_headers}
    expected = signer.signature(signer.string_to_sign(signed, signer.canonical_request(signed)), signed)
    if not hmac.compare_digest(expected.encode(), signature.value.encode()):
        raise SignatureError("the signature is of another request, or made with another secret")


class _Signer(SigV4Auth):
    """Signs the headers that the client has signed, instead of those that botocore would."""

    signed: Mapping[str, str]

    def headers_to_sign(self, request: AWSRequest) -> HTTPHeaders:  # noqa: ARG002 - botocore's own signature
        return HTTPHeaders.from_dict(dict(self.signed))


def _from_header(headers: Mapping[str, str], parameters: str) -> Signature:
    parts = dict(_pair(part.strip()) for part in parameters.split(","))
    access_key_id, _, scope = parts["Credential"].partition("/")
    return Signature(
        access_key_id=access_key_id,
        scope=scope,
        signed_headers=tuple(parts["SignedHeaders"].split(";")),
        value=parts["Signature"],
        timestamp=headers["x-amz-date"],
        session_token=headers.get("x-amz-security-token", ""),
        lifetime_seconds=_LONGEST_SECONDS,
    )


def _from_query(query: Mapping[str, str]) -> Signature:
    access_key_id, _, scope = query["X-Amz-Credential"].partition("/")
    return Signature(
        access_key_id=access_key_id,
        scope=scope,
        signed_headers=tuple(query["X-Amz-SignedHeaders"].split(";")),
        value=query["X-Amz-Signature"],
        timestamp=query["X-Amz-Date"],
        session_token=query.get("X-Amz-Security-Token", ""),
        lifetime_seconds=min(int(query["X-Amz-Expires"]), _LONGEST_SECONDS),
    )


def _check_time(signature: Signature, now: datetime) -> None:
    try:
        signed_at = datetime.strptime(signature.timestamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError as error:
        raise SignatureError(f"the time is not one: {signature.timestamp}") from error
    if now > signed_at + timedelta(seconds=signature.lifetime_seconds):
        raise SignatureError(f"the signature has expired: it is of {signature.timestamp}")
    if now < signed_at - timedelta(seconds=_LONGEST_SECONDS):
        raise SignatureError(f"the signature is of a time to come: {signature.timestamp}")


def _query(query_string: str) -> list[tuple[str, str]]:
    pairs = [_pair(part) for part in query_string.split("&") if part]
    return [(unquote(name), unquote(value)) for name, value in pairs]


def _pair(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name, value
