"""Settings of the HTTP API."""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, field_validator, model_validator

from infra.settings.section import Section

_Auth = Literal["iam", "jwt", "none"]
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_CERTIFICATE_ARN = r"^arn:aws[a-z-]*:acm:[a-z0-9-]+:\d{12}:certificate/\S+$"


class JwtSettings(Section):
    """Whose tokens are taken with `api.auth: jwt`."""

    issuer: Annotated[str, StringConstraints(pattern=r"^https://\S+$")]
    """The token's `iss`; its keys are found by OpenID Connect discovery."""
    audience: Annotated[str, StringConstraints(min_length=1)]
    """The token's `aud`, or its `client_id` where it has no `aud`."""


class ThrottleSettings(Section):
    """How many requests the API takes before it answers 429."""

    rate_per_second: Annotated[int, Field(ge=1, le=10_000)] = 100
    """How many requests a second, over time."""
    burst: Annotated[int, Field(ge=1, le=5_000)] = 200
    """How many at once."""


class CorsSettings(Section):
    """Which web pages may call the API from a browser; without it, none.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-cors.html
    """

    origins: Annotated[tuple[str, ...], Field(min_length=1)]
    """Such as `https://shop.example`: scheme, host and port, or `*` alone for every page."""
    max_age_seconds: Annotated[int, Field(ge=0, le=86_400)] = 3_600
    """How long a browser remembers the answer to its preflight."""
    allow_credentials: bool = False
    """Whether a page may send its cookies and client certificates. Neither signatures nor tokens need it."""

    @field_validator("origins")
    @classmethod
    def _check_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        if len(origins) != len(set(origins)):
            raise ValueError("each origin may be given once")
        if "*" in origins and len(origins) > 1:
            raise ValueError("* is every origin already: give it alone, or give the origins")
        for origin in origins:
            if origin != "*" and not _is_origin(origin):
                raise ValueError(
                    f"{origin!r} is no origin: a browser sends a scheme, a host in small letters and perhaps "
                    "a port, such as https://shop.example or http://localhost:3000, and no path"
                )
        return origins

    @model_validator(mode="after")
    def _refuse_credentials_for_all(self) -> CorsSettings:
        # Browsers refuse such an answer, and so does API Gateway.
        if self.allow_credentials and "*" in self.origins:
            raise ValueError("allow_credentials does not go with the origin *: give the origins")
        return self


class DomainSettings(Section):
    """A domain name of your own for the API, instead of AWS's.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-custom-domain-names.html
    """

    name: Annotated[str, StringConstraints(pattern=rf"^({_LABEL}\.)+{_LABEL}$", max_length=253)]
    """Such as `orders.shop.example`: AWS's own address of the API is then turned off."""
    certificate_arn: Annotated[str, StringConstraints(pattern=_CERTIFICATE_ARN)]
    """An ACM certificate for the name, in the stack's own region."""
    hosted_zone_id: Annotated[str, StringConstraints(pattern=r"^Z[A-Z0-9]{1,31}$")] | None = None
    """The Route 53 zone that gets the record; without it, point the name at the output `domain_target`."""


class ApiSettings(Section):
    """The HTTP API: who may call it, from where, and how often."""

    auth: _Auth = "iam"
    """`iam`: requests are signed by SigV4, and the client is the caller's account and user or role.
    `jwt`: the client is the token's `client_id`, else its `sub`. `none`: the client is what the header
    `x-client-id` says, for a laptop or a private network only."""
    jwt: JwtSettings | None = None
    """With `auth: jwt`, and only with it."""
    throttle: ThrottleSettings = ThrottleSettings()
    """Above it, the API answers 429."""
    cors: CorsSettings | None = None
    """For web pages that call the API."""
    domain: DomainSettings | None = None
    """A domain name of your own."""
    idempotency_key_ttl_hours: Annotated[int, Field(ge=1, le=24 * 30)] = 24 * 7
    """How long an `Idempotency-Key` is remembered."""

    @model_validator(mode="after")
    def _pair_auth_and_jwt(self) -> ApiSettings:
        if (self.auth == "jwt") != (self.jwt is not None):
            raise ValueError("jwt (issuer and audience) goes with auth: jwt, and only with it")
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
