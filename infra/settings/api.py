"""Settings of the HTTP API."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, field_validator, model_validator

from functions.domain.client import ApiAuth
from infra.settings.section import Section

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_CERTIFICATE_ARN = r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/\S+$"


class JwtSettings(Section):
    """The tokens that are accepted with `api.auth: jwt`."""

    issuer: Annotated[str, StringConstraints(pattern=r"^https://\S+$")]
    """The token's `iss`; its keys are found by OpenID Connect discovery."""
    audience: Annotated[str, StringConstraints(min_length=1)]
    """The token's `aud`, or its `client_id` where it has no `aud`."""


class ThrottleSettings(Section):
    """The request rate above which the API answers 429."""

    rate_per_second: Annotated[int, Field(ge=1, le=10_000)] = 100
    """Requests a second, on average."""
    burst: Annotated[int, Field(ge=1, le=5_000)] = 200
    """The greatest burst of requests."""


class CorsSettings(Section):
    """Which web pages may call the API from a browser; without it, none.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
    """

    origins: Annotated[tuple[str, ...], Field(min_length=1)]
    """Such as `https://shop.example`: scheme, host and port, or `*` alone for every page."""
    max_age_seconds: Annotated[int, Field(ge=0, le=86_400)] = 3_600
    """How long a browser caches the response to its preflight."""

    @field_validator("origins")
    @classmethod
    def _check_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        if len(origins) != len(set(origins)):
            raise ValueError("origins must be unique")
        if "*" in origins and len(origins) > 1:
            raise ValueError("* allows every origin: use it alone, or list the origins")
        for origin in origins:
            if origin != "*" and not _is_origin(origin):
                raise ValueError(
                    f"{origin!r} is not an origin: write a scheme, a lower-case host and optionally a port, "
                    "such as https://shop.example or http://localhost:3000, without a path"
                )
        return origins


class DomainSettings(Section):
    """A custom domain name for the API, instead of AWS's.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-custom-domain-names.html
    """

    name: Annotated[str, StringConstraints(pattern=rf"^({_LABEL}\.)+{_LABEL}$", max_length=253)]
    """Such as `orders.shop.example`: the API's default endpoint is then disabled."""
    certificate_arn: Annotated[str, StringConstraints(pattern=_CERTIFICATE_ARN)]
    """An ACM certificate for the name, in the stack's region."""
    hosted_zone_id: Annotated[str, StringConstraints(pattern=r"^Z[A-Z0-9]{1,31}$")] | None = None
    """The Route 53 zone for the DNS record. Without it, create the record: its target is the output
    `domain_target`."""


class ApiSettings(Section):
    """The HTTP API: who may call it, from where, and how often."""

    auth: ApiAuth = "iam"
    """`iam`: requests are signed by SigV4, and the client is the caller's account and user or role.
    `jwt`: the client is the token's `client_id`, else its `sub`. `none`: the header `x-client-id` names
    the client; only for a laptop or a private network."""
    jwt: JwtSettings | None = None
    """Required with `auth: jwt`, and refused otherwise."""
    throttle: ThrottleSettings = ThrottleSettings()
    """Above it, the API answers 429."""
    cors: CorsSettings | None = None
    """Access from web pages in a browser."""
    domain: DomainSettings | None = None
    """A custom domain name."""
    idempotency_key_ttl_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 24 * 7
    """How long an `Idempotency-Key` is stored."""

    @model_validator(mode="after")
    def _pair_auth_and_jwt(self) -> ApiSettings:
        if (self.auth == "jwt") != (self.jwt is not None):
            raise ValueError("jwt (issuer and audience) is required with auth: jwt, and refused otherwise")
        return self


def _is_origin(text: str) -> bool:
    if text != text.strip() or "*" in text:
        return False
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    host = parts.hostname or ""
    host = f"[{host}]" if ":" in host else host
    written = f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")
    return parts.scheme in ("http", "https") and bool(host) and text == written
