"""Who is taken, and who is refused, by a stack whose API asks for tokens (`api.auth: jwt`)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest

from local.issuer import SigningKey
from tests.local.jwt_bench import (
    JwtStack,
    confused,
    of_key,
    running_jwt_stack,
    unsigned,
    with_claims,
    with_signature,
)
from tests.support.tokens import altered, base64url, claims_of, token

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[JwtStack]:
    with running_jwt_stack(tmp_path_factory.mktemp("jwt")) as running:
        yield running


def test_an_order_belongs_to_the_client_of_the_token(stack: JwtStack) -> None:
    text = stack.issuer.token(audience="orders", client_id="shop", lifetime_seconds=60)
    request_id = stack.accept(f"Bearer {text}")

    assert stack.chain.order(request_id)["client_id"] == "shop"
    assert stack.get(request_id, stack.token()).body["request_id"] == request_id
    assert stack.get(request_id, stack.token(client_id="other")).status == 404
    # Without a client_id the subject is the client, and no header is.
    assert stack.get(request_id, stack.token(client_id=None), x_client_id="shop").status == 404
    assert stack.get(request_id, stack.token(client_id=None, sub="shop")).status == 200


ACCEPTED: dict[str, Callable[[JwtStack], str]] = {
    "without Bearer": lambda stack: stack.token(),
    "bearer in lower case": lambda stack: f"bearer {stack.token()}",
    "one of several audiences": lambda stack: stack.token(aud=["users", "orders"]),
    "its client is the audience": lambda stack: stack.token(aud=None, client_id="orders"),
    "without nbf and iat": lambda stack: stack.token(nbf=None, iat=None),
    "RS384": lambda stack: token(stack.issuer.key, claims_of(stack.issuer.url), "RS384"),
    "RS512": lambda stack: token(stack.issuer.key, claims_of(stack.issuer.url), "RS512"),
}


@pytest.mark.parametrize("accepted", list(ACCEPTED))
def test_a_good_token_is_taken_in_whatever_form(stack: JwtStack, accepted: str) -> None:
    # An order that is not there says that whoever asks was let through.
    answer = stack.chain.call("GET", "/orders/none", authorization=ACCEPTED[accepted](stack))

    assert (answer.status, answer.body["title"]) == (404, "Not Found")


def test_a_client_with_too_long_an_id_is_told_so(stack: JwtStack) -> None:
    answer = stack.post(f"Bearer {stack.token(client_id='x' * 257)}")

    assert (answer.status, answer.body["title"]) == (403, "Forbidden")
    assert "has more than 256 bytes" in answer.body["detail"]


def test_what_is_public_needs_no_token(stack: JwtStack) -> None:
    assert stack.chain.call("GET", "/health").body == {"status": "ok"}
    wrong_method = stack.chain.call("DELETE", "/orders")
    assert (wrong_method.status, wrong_method.headers["allow"]) == (405, "POST")
    nowhere = stack.chain.call("GET", "/nowhere")
    assert (nowhere.status, nowhere.body["title"]) == (404, "Not Found")


def at(seconds: float) -> int:
    return int(time.time() + seconds)


# Each with what its www-authenticate says.
REFUSED: dict[str, tuple[str, Callable[[JwtStack], str]]] = {
    "a word": ("cannot be decoded", lambda _stack: "foo"),
    "three words": ("cannot be decoded", lambda _stack: "foo.bar.baz"),
    "claims of no object": ("cannot be decoded", lambda stack: with_claims(stack, "[]")),
    "claims of no JSON": ("cannot be decoded", lambda stack: with_claims(stack, "{")),
    "expired": ("has expired", lambda stack: stack.token(exp=at(-1))),
    "without end": ("valid time: exp", lambda stack: stack.token(exp=None)),
    "nonsensical end": ("valid time: exp", lambda stack: stack.token(exp="soon")),
    "future nbf": ("not valid yet: nbf", lambda stack: stack.token(nbf=at(30))),
    "future iat": ("not valid yet: iat", lambda stack: stack.token(iat=at(30))),
    "wrong audience": ("valid audience", lambda stack: stack.token(aud="users")),
    "wrong audiences": ("valid audience", lambda stack: stack.token(aud=["users", "order"])),
    "no audience": ("valid audience", lambda stack: stack.token(aud=None)),
    "client in the audience's place": (
        "valid audience",
        lambda stack: stack.token(aud="users", client_id="orders"),
    ),
    "wrong issuer": ("valid issuer", lambda stack: stack.token(iss="https://issuer.example")),
    "almost the issuer": ("valid issuer", lambda stack: stack.token(iss=stack.issuer.url + "/")),
    "no issuer": ("valid issuer", lambda stack: stack.token(iss=None)),
    "wrong key": ("signature", lambda stack: of_key(stack, SigningKey(stack.issuer.key.kid))),
    "retired key": ("not one of the issuer's", lambda stack: of_key(stack, SigningKey("laptop-0"))),
    "nameless key": ("not one of the issuer's", lambda stack: of_key(stack, stack.issuer.key, kid=None)),
    "no algorithm": ("algorithm", lambda stack: unsigned(stack, "none")),
    "No algorithm": ("algorithm", lambda stack: unsigned(stack, "None")),
    "no signature": ("signature", lambda stack: unsigned(stack, "RS256")),
    "public key as secret": ("algorithm", confused),
    "another algorithm's name": ("algorithm", lambda stack: of_key(stack, stack.issuer.key, alg="HS256")),
    "another hash's name": ("signature", lambda stack: of_key(stack, stack.issuer.key, alg="RS512")),
    "altered claims": (
        "signature",
        lambda stack: altered(stack.token(), 1, lambda claims: {**claims, "client_id": "other"}),
    ),
    "altered header": (
        "signature",
        lambda stack: altered(stack.token(), 0, lambda header: {**header, "typ": "at+jwt"}),
    ),
    "altered signature": ("signature", lambda stack: stack.token()[:-8] + "AAAAAAAA"),
    "cut signature": ("signature", lambda stack: stack.token().rpartition(".")[0] + ".AAAA"),
    "another token's signature": (
        "signature",
        lambda stack: with_signature(stack.token(client_id="other"), of=stack.token()),
    ),
    "two tokens": ("cannot be decoded", lambda stack: f"{stack.token()}.{base64url(b'{}')}"),
}


@pytest.mark.parametrize("refused", list(REFUSED))
def test_any_other_is_refused(stack: JwtStack, refused: str) -> None:
    told, make = REFUSED[refused]
    answer = stack.post(f"Bearer {make(stack)}")

    assert (answer.status, answer.body) == (401, {"message": "Unauthorized"})
    assert answer.headers["www-authenticate"].startswith('Bearer scope="" error="invalid_token"')
    assert told in answer.headers["www-authenticate"]
    assert answer.headers["apigw-requestid"]


@pytest.mark.parametrize("authorization", [None, "", "Bearer", "Bearer "])
def test_no_token_is_refused(stack: JwtStack, authorization: str | None) -> None:
    answer = stack.post(authorization)

    assert (answer.status, answer.body) == (401, {"message": "Unauthorized"})
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_every_route_but_the_public_ones_asks_for_a_token(stack: JwtStack) -> None:
    routes = [("POST", "/orders"), ("GET", "/orders/x"), ("POST", "/orders/x/redeliver")]
    routes += [("POST", "/webhooks"), ("GET", "/webhooks"), ("GET", "/webhooks/x")]
    routes += [("DELETE", "/webhooks/x"), ("POST", "/webhooks/x/test")]

    assert {stack.chain.call(method, path).status for method, path in routes} == {401}
