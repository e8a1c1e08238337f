from __future__ import annotations

from typing import Any

import pytest

from functions.domain.client import ApiAuth
from functions.domain.idempotency import record_key
from functions.http.caller import caller_of
from functions.http.problem import Problem
from functions.http.request import Request
from tests.support.http_events import http_event


def client_of(auth: ApiAuth, authorizer: dict[str, Any], headers: dict[str, str]) -> str:
    event = http_event(authorizer=authorizer, headers=headers)
    return caller_of(Request(event), auth)


@pytest.mark.parametrize(
    ("arn", "client_id"),
    [
        ("arn:aws:iam::123456789012:user/shop", "123456789012:user/shop"),
        ("arn:aws:iam::123456789012:user/teams/a/shop", "123456789012:user/teams/a/shop"),
        ("arn:aws:sts::123456789012:assumed-role/Shop/session-1", "123456789012:role/Shop"),
        ("arn:aws:sts::123456789012:assumed-role/Shop/session-2", "123456789012:role/Shop"),
        ("arn:aws-cn:sts::999999999999:assumed-role/Shop/i-0abc", "999999999999:role/Shop"),
        ("arn:aws:iam::123456789012:root", "123456789012:root"),
    ],
)
def test_an_iam_caller_is_its_account_and_user_or_role(arn: str, client_id: str) -> None:
    assert client_of("iam", {"iam": {"userArn": arn}}, {}) == client_id


# In the form in which API Gateway passes them, with example IDs.
# https://docs.aws.amazon.com/lambda/latest/dg/urls-invocation.html#urls-payloads
USER = {
    "accessKey": "AKIAIOSFODNN7EXAMPLE",
    "accountId": "111122223333",
    "callerId": "AIDACKCEVSQ6C2EXAMPLE",
    "cognitoIdentity": None,
    "principalOrgId": "o-1234567890",
    "userArn": "arn:aws:iam::111122223333:user/shop",
    "userId": "AIDACKCEVSQ6C2EXAMPLE",
}
SESSION = {
    **USER,
    "accessKey": "ASIAIOSFODNN7EXAMPLE",
    "callerId": "AROACKCEVSQ6C2EXAMPLE:session-1",
    "userArn": "arn:aws:sts::111122223333:assumed-role/Shop/session-1",
    "userId": "AROACKCEVSQ6C2EXAMPLE:session-1",
}
# Every claim is a string, whatever it was in the token.
CLIENT_CREDENTIALS = {
    "client_id": "1example23456789",
    "exp": "1795563447",
    "iat": "1795559847",
    "iss": "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_example",
    "jti": "7e26a1de-7f8b-4f0e-9f61-0e8f4a8d1a3c",
    "scope": "orders/write",
    "sub": "1example23456789-subject",
    "token_use": "access",
    "version": "2",
}
SUBJECT_ONLY = {
    "aud": "[orders https://id.shop.example/userinfo]",
    "azp": "web",
    "exp": "1795563447",
    "iat": "1795559847",
    "iss": "https://id.shop.example/",
    "scope": "openid",
    "sub": "auth0|62e7b1",
}


@pytest.mark.parametrize(
    ("auth", "authorizer", "client_id"),
    [
        ("iam", {"iam": USER}, "111122223333:user/shop"),
        ("iam", {"iam": SESSION}, "111122223333:role/Shop"),
        ("jwt", {"jwt": {"claims": CLIENT_CREDENTIALS, "scopes": None}}, "1example23456789"),
        ("jwt", {"jwt": {"claims": SUBJECT_ONLY, "scopes": ["openid"]}}, "auth0|62e7b1"),
    ],
    ids=["user", "assumed role", "client credentials", "subject"],
)
def test_the_client_is_found_in_what_each_authorizer_passes(
    auth: str, authorizer: dict, client_id: str
) -> None:
    assert client_of(auth, authorizer, {"x-client-id": "another"}) == client_id


@pytest.mark.parametrize("claim", ["client_id", "sub"])
@pytest.mark.parametrize("longest", ["x" * 256, "ü" * 128])
def test_a_token_speaks_for_no_client_whose_id_is_too_long_for_a_key(claim: str, longest: str) -> None:
    assert client_of("jwt", {"jwt": {"claims": {claim: longest}}}, {}) == longest
    assert len(record_key(longest, "k" * 255)) <= 2048

    with pytest.raises(Problem, match="has more than 256 bytes") as caught:
        client_of("jwt", {"jwt": {"claims": {claim: longest + "x"}}}, {})
    assert caught.value.status == 403


def test_without_authorisation_a_header_names_the_client() -> None:
    assert client_of("none", {}, {"x-client-id": "shop"}) == "shop"
    assert client_of("none", {}, {}) == "anonymous"


@pytest.mark.parametrize("header", ["", "a b", "a\n", "x" * 129, "ü"])
def test_a_client_id_that_could_confuse_is_refused(header: str) -> None:
    with pytest.raises(Problem, match="x-client-id must have 1 to 128") as caught:
        client_of("none", {}, {"x-client-id": header})
    assert caught.value.status == 400


@pytest.mark.parametrize(
    ("auth", "authorizer"),
    [("iam", {}), ("iam", {"iam": {"userArn": None}}), ("jwt", {}), ("jwt", {"jwt": {"claims": {}}})],
)
def test_the_header_never_speaks_for_a_caller_who_must_be_authenticated(
    auth: ApiAuth, authorizer: dict
) -> None:
    with pytest.raises(Problem) as caught:
        client_of(auth, authorizer, {"x-client-id": "shop"})
    assert caught.value.status == 401


def test_a_kind_of_authentication_that_is_not_handled_leaves_nothing_to_the_caller() -> None:
    kind: Any = "custom"
    with pytest.raises(AssertionError):
        client_of(kind, {}, {"x-client-id": "shop"})
