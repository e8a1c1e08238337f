"""Who is taken, and who is refused, by a stack whose API asks for signatures (`api.auth: iam`)."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from botocore.compat import get_current_datetime

from tests.local.chain import wait_for
from tests.local.iam_bench import (
    ACCOUNT,
    ROLE,
    IamStack,
    altered_body,
    altered_presigned,
    posted,
    presigned,
    presigned_at,
    running_iam_stack,
    scope_of_yesterday,
    signed_at,
    signed_by_session,
    signed_for,
    with_stale_key,
)
from tests.support.http_requests import Sent, request_of
from tests.support.orders import order_payload

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[IamStack]:
    with running_iam_stack(tmp_path_factory.mktemp("iam")) as running:
        yield running


def test_an_order_belongs_to_the_user_who_signed_it(stack: IamStack) -> None:
    request_id = stack.accept(stack.shop)
    url = f"{stack.orders}/{request_id}"

    assert stack.chain.order(request_id)["client_id"] == f"{ACCOUNT}:user/shop"
    assert request_of(stack.shop, "GET", url).send().body["request_id"] == request_id
    assert request_of(stack.other, "GET", url).send().status == 404
    assert presigned(stack.shop, url).send().status == 200
    assert presigned(stack.other, url).send().status == 404
    # A header names nobody where a signature does.
    named = {"x-client-id": f"{ACCOUNT}:user/shop"}
    assert request_of(stack.other, "GET", url, headers=named).send().status == 404


def test_an_order_belongs_to_the_role_and_not_to_its_session(stack: IamStack) -> None:
    request_id = stack.accept(stack.session("today"))
    url = f"{stack.orders}/{request_id}"

    assert stack.chain.order(request_id)["client_id"] == f"{ACCOUNT}:role/{ROLE}"
    assert request_of(stack.session("tomorrow"), "GET", url).send().status == 200
    assert presigned(stack.session("tomorrow"), url).send().status == 200
    assert request_of(stack.shop, "GET", url).send().status == 404


def signing_curl() -> str:
    """A curl that signs, and so knows nothing of botocore's way to do it."""
    curl = shutil.which("curl")
    if curl is None:
        pytest.skip("there is no curl")
    told = subprocess.run([curl, "--help", "all"], capture_output=True, text=True, check=True).stdout
    if "--aws-sigv4" not in told:
        pytest.skip("this curl does not sign")
    return curl


@pytest.mark.parametrize("as_role", [False, True], ids=["user", "role"])
def test_what_curl_signs_is_taken(stack: IamStack, as_role: bool) -> None:
    caller = stack.session("curl") if as_role else stack.shop
    command = (
        f"{signing_curl()} -s {caller.curl_options} -H 'content-type: application/json' -d @- {stack.orders}"
    )
    body = json.dumps(order_payload())
    done = subprocess.run(command, shell=True, input=body, capture_output=True, text=True, check=True)
    request_id = json.loads(done.stdout)["request_id"]

    stored = wait_for(lambda: stack.chain.order(request_id))
    assert stored["client_id"] == f"{ACCOUNT}:{f'role/{ROLE}' if as_role else 'user/shop'}"


def test_what_is_public_needs_no_signature(stack: IamStack) -> None:
    api = stack.chain.outputs["api_endpoint"]

    assert Sent("GET", f"{api}/health", {}).send().body == {"status": "ok"}
    wrong_method = Sent("DELETE", f"{api}/orders", {}).send()
    assert (wrong_method.status, wrong_method.headers["allow"]) == (405, "POST")
    nowhere = Sent("GET", f"{api}/nowhere", {}).send()
    assert (nowhere.status, nowhere.body["title"]) == (404, "Not Found")


KEY = {"idempotency-key": "a"}
REFUSED: dict[str, Callable[[IamStack], Sent]] = {
    "none": lambda stack: posted(stack).without_header("authorization"),
    "a word": lambda stack: posted(stack).with_header("authorization", "foo"),
    "a token": lambda stack: posted(stack).with_header("authorization", "Bearer a.b.c"),
    "unknown key": lambda stack: posted(stack, replace(stack.shop, access_key_id="AKIAUNKNOWN00EXAMPLE")),
    "wrong secret": lambda stack: posted(stack, replace(stack.shop, secret_access_key="guessed")),
    "another's secret": lambda stack: posted(
        stack, replace(stack.shop, secret_access_key=stack.other.secret_access_key)
    ),
    "deleted key": lambda stack: with_stale_key(stack, delete=True),
    "inactive key": lambda stack: with_stale_key(stack, delete=False),
    "no permission": lambda stack: posted(stack, stack.idle),
    "expired": lambda stack: signed_at(stack, -6),
    "of the future": lambda stack: signed_at(stack, 6),
    "altered body": altered_body,
    "altered body under the signed hash": lambda stack: replace(
        posted(stack, **{"x-amz-content-sha256": hashlib.sha256(posted(stack).body).hexdigest()}),
        body=altered_body(stack).body,
    ),
    "altered method": lambda stack: replace(
        request_of(stack.shop, "GET", f"{stack.chain.outputs['api_endpoint']}/webhooks"), method="POST"
    ),
    "altered path": lambda stack: replace(
        request_of(stack.shop, "GET", f"{stack.orders}/of-mine"), url=f"{stack.orders}/of-another"
    ),
    "altered query": lambda stack: replace(posted(stack), url=f"{stack.orders}?a=1"),
    "altered header": lambda stack: posted(stack, **KEY).with_header("idempotency-key", "b"),
    "missing header": lambda stack: posted(stack, **KEY).without_header("idempotency-key"),
    "altered time": lambda stack: posted(stack).with_header(
        "x-amz-date", (get_current_datetime() + timedelta(minutes=1)).strftime("%Y%m%dT%H%M%SZ")
    ),
    "altered signature": lambda stack: (sent := posted(stack)).with_header(
        "authorization", sent.header("authorization")[:-4] + "0000"
    ),
    "wrong region": lambda stack: signed_for(stack, region="eu-west-1"),
    "wrong service": lambda stack: signed_for(stack, service="lambda"),
    "wrong day": scope_of_yesterday,
    "session without its token": lambda stack: signed_by_session(stack, session_token=None),
    "session with another token": lambda stack: signed_by_session(
        stack, session_token=stack.session("other").session_token
    ),
    "user with a token": lambda stack: posted(
        stack, replace(stack.shop, session_token=stack.session("other").session_token)
    ),
    "presigned, expired": lambda stack: presigned_at(stack, -2, seconds=60),
    "presigned for too long": lambda stack: presigned_at(stack, -6, seconds=3600),
    "presigned, altered query": lambda stack: altered_presigned(stack, "limit=1", "limit=2"),
    "presigned, altered path": lambda stack: altered_presigned(stack, "/webhooks", "/webhooks/x"),
    "presigned, longer": lambda stack: altered_presigned(stack, "Expires=60", "Expires=61"),
    "presigned, unsigned": lambda stack: altered_presigned(stack, "&X-Amz-Signature=.*", ""),
}


@pytest.mark.parametrize("refused", list(REFUSED))
def test_any_other_is_refused(stack: IamStack, refused: str) -> None:
    answer = REFUSED[refused](stack).send()

    assert (answer.status, answer.body) == (403, {"message": "Forbidden"})
    assert answer.headers["apigw-requestid"]


def test_every_route_but_the_public_ones_asks_for_a_signature(stack: IamStack) -> None:
    api = stack.chain.outputs["api_endpoint"]
    routes = [("POST", "/orders"), ("GET", "/orders/x"), ("POST", "/orders/x/redeliver")]
    routes += [("POST", "/webhooks"), ("GET", "/webhooks"), ("GET", "/webhooks/x")]
    routes += [("DELETE", "/webhooks/x"), ("POST", "/webhooks/x/test")]

    assert {Sent(method, api + path, {}).send().status for method, path in routes} == {403}


def test_the_log_says_what_clients_are_not_told(stack: IamStack) -> None:
    posted(stack, replace(stack.shop, secret_access_key="guessed")).send()
    log = stack.chain.emulator.log_path

    assert "Refused POST /orders: the signature is of another request" in log.read_text()
    assert stack.shop.secret_access_key not in log.read_text()
