"""A JWT authorizer takes the tokens that AWS takes, and says of the others what is wrong with them."""

from __future__ import annotations

import json
import time
from typing import Any

from ministack.services import apigateway

from local.patches.jwt_token import Token, TokenError, check_claims, check_signature, read_token
from local.patches.patch import Mend
from local.patches.payload_format import Response

Verdict = tuple[dict[str, Any] | None, list[str] | None, Response | None]


async def validate(
    route: dict[str, Any],
    authorizer: dict[str, Any],
    headers: dict[str, str],
    query_params: dict[str, list[str]],
) -> Verdict:
    """Return the claims and scopes of a request's token, or the answer that refuses the request."""
    sources = authorizer.get("identitySource", [])
    text = apigateway._extract_token_from_identity_source(sources, headers, query_params)
    if not text:
        return None, None, _refusal(401, "Bearer")
    try:
        token = read_token(text)
        await _check(token, authorizer)
    except TokenError as error:
        # The one description that AWS shows is that of a wrong audience; the others are ours:
        # https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-troubleshooting-jwt.html
        challenge = f'Bearer scope="" error="invalid_token" error_description="{error}"'
        return None, None, _refusal(401, challenge)
    wanted = route.get("authorizationScopes") or []
    if wanted and not set(wanted) & set(token.scopes):
        return None, None, _refusal(403, f'Bearer scope="{" ".join(wanted)}" error="insufficient_scope"')
    return dict(token.claims), token.scopes, None


async def _check(token: Token, authorizer: dict[str, Any]) -> None:
    configuration = authorizer.get("jwtConfiguration") or {}
    check_signature(token, await _keys(authorizer))
    check_claims(
        token.claims,
        issuer=configuration.get("issuer") or "",
        audiences=configuration.get("audience") or [],
        now=time.time(),
    )


async def _keys(authorizer: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the issuer's keys, which the emulator remembers for two hours as API Gateway may."""
    try:
        key_set = await apigateway._fetch_jwks(await apigateway._resolve_jwks_url(authorizer))
        return [key for key in key_set["keys"] if isinstance(key, dict)]
    except (OSError, ValueError, KeyError, TypeError) as error:
        apigateway.logger.warning("The issuer's keys cannot be read: %r", error)
        raise TokenError("the issuer's keys cannot be read") from error


def _refusal(status: int, challenge: str) -> Response:
    message = {401: "Unauthorized", 403: "Forbidden"}[status]
    headers = {"content-type": "application/json", "www-authenticate": challenge}
    return status, headers, json.dumps({"message": message}, separators=(",", ":")).encode()


MENDS = (
    Mend(
        fault=(
            "A token is taken without exp, and with any alg in its header as long as the signature is RS256; "
            "one of RS512 is refused. A nonsensical claim is an internal error that shows its cause. No "
            "refusal has AWS's www-authenticate: "
            "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html"
        ),
        module="ministack.services.apigateway",
        attribute="_validate_jwt_authorizer",
        source_sha256="b29aa12ec1dc59900cced0880f2d5a67bb1a7e571655c87925a74299ea3a925c",
        replacement=validate,
    ),
)
