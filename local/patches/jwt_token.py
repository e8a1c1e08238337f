"""A JSON Web Token, checked as an HTTP API's JWT authorizer checks it.

https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa

# "Currently, only RSA-based algorithms are supported": never the one that the token's own header would like.
_HASHES: Mapping[str, Callable[[], hashes.HashAlgorithm]] = {
    "RS256": hashes.SHA256,
    "RS384": hashes.SHA384,
    "RS512": hashes.SHA512,
}


class TokenError(Exception):
    """The token does not stand; the message is for the header `www-authenticate`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A token taken apart; nothing of it is to be believed before `check_signature`."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    signed: bytes
    signature: bytes

    @property
    def scopes(self) -> list[str]:
        """Return the scopes that the token has, sorted."""
        found: set[str] = set()
        for claim in ("scope", "scp"):
            value = self.claims.get(claim)
            found.update(value.split() if isinstance(value, str) else map(str, _listed(value)))
        return sorted(found)


def read_token(text: str) -> Token:
    """Take a token apart."""
    try:
        header, claims, signature = text.split(".")
        return Token(
            header=_object(header),
            claims=_object(claims),
            signed=f"{header}.{claims}".encode("ascii"),
            signature=_decode(signature),
        )
    except ValueError as error:
        raise TokenError("the token cannot be decoded") from error


def check_signature(token: Token, keys: Sequence[Mapping[str, Any]]) -> None:
    """Raise TokenError unless the issuer's key of the token's `kid` has signed it."""
    algorithm = _HASHES.get(str(token.header.get("alg")))
    if algorithm is None:
        raise TokenError("the token's algorithm is not supported")
    kid = token.header.get("kid")
    key = next((each for each in keys if each.get("kid") == kid and each.get("kty") == "RSA"), None)
    if kid is None or key is None:
        raise TokenError("the token's key is not one of the issuer's")
    try:
        public_key = rsa.RSAPublicNumbers(e=_number(key["e"]), n=_number(key["n"])).public_key()
        public_key.verify(token.signature, token.signed, padding.PKCS1v15(), algorithm())
    except (InvalidSignature, ValueError, KeyError) as error:
        raise TokenError("the token's signature is not valid") from error


def check_claims(claims: Mapping[str, Any], *, issuer: str, audiences: Sequence[str], now: float) -> None:
    """Raise TokenError unless the issuer means this token for us, and for now; `exp` must be there."""
    if claims.get("iss") != issuer:
        raise TokenError("the token does not have a valid issuer")
    # client_id counts only where there is no aud.
    named = claims["aud"] if "aud" in claims else claims.get("client_id")
    if not set(_listed(named)) & set(audiences):
        raise TokenError("the token does not have a valid audience")
    if now >= _time(claims, "exp", default=None):
        raise TokenError("the token has expired")
    for claim in ("nbf", "iat"):
        if now < _time(claims, claim, default=0):
            raise TokenError(f"the token is not valid yet: {claim}")


def _time(claims: Mapping[str, Any], name: str, default: float | None) -> float:
    value = claims.get(name, default)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TokenError(f"the token does not have a valid time: {name}")
    return value


def _listed(value: object) -> list[Any]:
    """Return a list's strings, or the one that is there instead of a list."""
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]


def _object(segment: str) -> Mapping[str, Any]:
    value = json.loads(_decode(segment))
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004 - whatever is wrong with a token is one error
    return value


def _number(text: str) -> int:
    return int.from_bytes(_decode(text), "big")


def _decode(segment: str) -> bytes:
    if "=" in segment:
        raise ValueError("padded")
    return base64.b64decode(segment + "=" * (-len(segment) % 4), altchars=b"-_", validate=True)
