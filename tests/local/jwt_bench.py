"""A stack whose API asks for tokens, the issuer that it believes, and tokens made in right and wrong ways."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from local.issuer import Issuer, SigningKey, running_issuer
from tests.local.chain import Answer, Chain, running_chain, wait_for
from tests.support.orders import order_payload
from tests.support.tokens import claims_of, encode, signed_by, signed_by_public_key, token


@dataclass(frozen=True)
class JwtStack:
    """The deployed stack and the issuer that it believes."""

    chain: Chain
    issuer: Issuer

    def token(self, **changes: Any) -> str:
        return token(self.issuer.key, claims_of(self.issuer.url, **changes))

    def post(self, authorization: str | None, **changes: Any) -> Answer:
        headers = {} if authorization is None else {"authorization": authorization}
        return self.chain.post(order_payload(**changes), **headers)

    def get(self, request_id: str, text: str, **headers: str) -> Answer:
        return self.chain.call("GET", f"/orders/{request_id}", authorization=f"Bearer {text}", **headers)

    def accept(self, authorization: str) -> str:
        answer = self.post(authorization)
        assert answer.status == 202, answer
        wait_for(lambda: self.chain.order(answer.body["request_id"]))
        return answer.body["request_id"]


@contextmanager
def running_jwt_stack(directory: Path) -> Iterator[JwtStack]:
    """Run the real program's stack with `api.auth: jwt`."""
    with running_issuer(directory) as issuer:
        settings = {"api": {"auth": "jwt", "jwt": {"issuer": issuer.url, "audience": "orders"}}}
        with running_chain(
            directory, stack="jwt", hooks=[], settings=settings, environment=issuer.trust
        ) as chain:
            yield JwtStack(chain, issuer)


def of_key(stack: JwtStack, key: SigningKey, **header: Any) -> str:
    return token(key, claims_of(stack.issuer.url), **header)


def unsigned(stack: JwtStack, algorithm: str) -> str:
    header = {"alg": algorithm, "kid": stack.issuer.key.kid}
    return encode(header, claims_of(stack.issuer.url), lambda _data: b"")


def confused(stack: JwtStack) -> str:
    key = stack.issuer.key
    header = {"alg": "HS256", "kid": key.kid}
    return encode(header, claims_of(stack.issuer.url), signed_by_public_key(key))


def with_claims(stack: JwtStack, claims: str) -> str:
    key = stack.issuer.key
    return encode({"alg": "RS256", "kid": key.kid}, claims, signed_by(key))


def with_signature(text: str, *, of: str) -> str:
    return f"{text.rpartition('.')[0]}.{of.rpartition('.')[2]}"
