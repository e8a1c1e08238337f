from __future__ import annotations

import pytest

from functions.domain.client import client_of
from functions.domain.idempotency import record_key
from functions.domain.problem import Problem


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


def test_a_token_speaks_for_its_client_id_and_else_for_its_subject() -> None:
    assert client_of("jwt", {"jwt": {"claims": {"client_id": "shop", "sub": "user-1"}}}, {}) == "shop"
    assert client_of("jwt", {"jwt": {"claims": {"sub": "user-1"}}}, {}) == "user-1"


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
def test_the_header_never_speaks_for_a_caller_who_must_be_authenticated(auth: str, authorizer: dict) -> None:
    with pytest.raises(Problem) as caught:
        client_of(auth, authorizer, {"x-client-id": "shop"})
    assert caught.value.status == 401
