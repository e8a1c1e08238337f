"""JSON Web Tokens, good and forged."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

from local.issuer import SigningKey

Sign = Callable[[bytes], bytes]
HASHES = {"RS256": hashes.SHA256, "RS384": hashes.SHA384, "RS512": hashes.SHA512}


def base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def claims_of(issuer: str, **changes: Any) -> dict[str, Any]:
    """Claims that are good for the audience "orders", changed; None leaves one out."""
    now = int(time.time())
    good = {
        "iss": issuer,
        "aud": "orders",
        "sub": "user-1",
        "client_id": "shop",
        "iat": now,
        "nbf": now,
        "exp": now + 60,
    }
    return {name: value for name, value in {**good, **changes}.items() if value is not None}


def encode(header: Mapping[str, Any] | str, claims: Mapping[str, Any] | str, sign: Sign) -> str:
    parts = [each if isinstance(each, str) else json.dumps(each) for each in (header, claims)]
    signed = ".".join(base64url(each.encode()) for each in parts)
    return f"{signed}.{base64url(sign(signed.encode()))}"


def signed_by(key: SigningKey, algorithm: str = "RS256") -> Sign:
    return lambda data: key._key.sign(data, padding.PKCS1v15(), HASHES[algorithm]())


def signed_by_public_key(key: SigningKey) -> Sign:
    """The old confusion: an HMAC whose secret is the key that everybody may read."""
    secret = key._key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return lambda data: hmac.new(secret, data, hashlib.sha256).digest()


def token(key: SigningKey, claims: Mapping[str, Any], algorithm: str = "RS256", **header: Any) -> str:
    """A token whose signature is real, under whatever header."""
    changed = {"alg": algorithm, "typ": "JWT", "kid": key.kid, **header}
    return encode({k: v for k, v in changed.items() if v is not None}, claims, signed_by(key, algorithm))


def altered(text: str, part: int, change: Callable[[dict[str, Any]], dict[str, Any]]) -> str:
    """The token with another header (0) or other claims (1) under the same signature."""
    parts = text.split(".")
    old = json.loads(base64.urlsafe_b64decode(parts[part] + "=="))
    parts[part] = base64url(json.dumps(change(old)).encode())
    return ".".join(parts)
