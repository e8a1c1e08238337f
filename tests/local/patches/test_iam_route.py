from __future__ import annotations

import json
from typing import Any
from urllib.request import Request, urlopen

import pytest

from local.callers import SigningCaller, create_user
from local.emulator import Emulator
from tests.local.cloud import create_api, create_function, new_name
from tests.local.iam_bench import create_role, presigned, session_of
from tests.support.http_requests import Answer, Sent, request_of

SOURCE = """
import json


def handle(event, context):
    return {"statusCode": 200, "body": json.dumps(event)}
"""


def signed_api(emulator: Emulator) -> str:
    """An API of one function whose route asks for signatures."""
    api = create_api(emulator, create_function(emulator, SOURCE), "GET /orders/{request_id}")
    client = emulator.client("apigatewayv2")
    api_id = api.rpartition("/")[2]
    (route,) = client.get_routes(ApiId=api_id)["Items"]
    client.update_route(ApiId=api_id, RouteId=route["RouteId"], AuthorizationType="AWS_IAM")
    return api


@pytest.fixture(scope="module")
def api(mended: Emulator) -> str:
    return signed_api(mended)


def caller_block(answer: Answer) -> dict[str, Any]:
    assert answer.status == 200, answer
    return answer.body["requestContext"]["authorizer"]["iam"]


def test_a_users_call_tells_who_it_is(mended: Emulator, api: str) -> None:
    name = new_name("user")
    user = create_user(mended, name)
    user_id = mended.client("iam").get_user(UserName=name)["User"]["UserId"]

    assert caller_block(request_of(user, "GET", f"{api}/orders/1").send()) == {
        "accessKey": user.access_key_id,
        "accountId": "000000000000",
        "callerId": user_id,
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": f"arn:aws:iam::000000000000:user/{name}",
        "userId": user_id,
    }


def test_a_roles_call_tells_its_session(mended: Emulator, api: str) -> None:
    role = new_name("Role")
    session = session_of(mended, create_role(mended, role), "nightly")
    session_id = f"{mended.client('iam').get_role(RoleName=role)['Role']['RoleId']}:nightly"

    assert caller_block(request_of(session, "GET", f"{api}/orders/1").send()) == {
        "accessKey": session.access_key_id,
        "accountId": "000000000000",
        "callerId": session_id,
        "cognitoIdentity": None,
        "principalOrgId": None,
        "userArn": f"arn:aws:sts::000000000000:assumed-role/{role}/nightly",
        "userId": session_id,
    }


def test_the_account_itself_may_call(mended: Emulator, api: str) -> None:
    root = SigningCaller(mended.region, "test", "test")

    assert caller_block(request_of(root, "GET", f"{api}/orders/1").send())["userArn"].endswith(":root")


@pytest.mark.parametrize(
    "path", ["/orders/abc%3D", "/orders/abc=", "/orders/a%20b=", "/orders/x=?b=2&a=%C3%BC"]
)
def test_the_path_counts_as_it_was_sent(mended: Emulator, api: str, path: str) -> None:
    user = create_user(mended, new_name("user"))
    sent = request_of(user, "GET", api + path)

    assert sent.send().status == 200
    other = path.replace("%3D", "=") if "%3D" in path else path.replace("=", "%3D")
    assert Sent("GET", api + other, sent.headers).send().status == 403


def test_a_presigned_call_needs_no_header(mended: Emulator, api: str) -> None:
    user = create_user(mended, new_name("user"))
    event = presigned(user, f"{api}/orders/1").send().body

    assert event["requestContext"]["authorizer"]["iam"]["accessKey"] == user.access_key_id
    assert "authorization" not in event["headers"]


def test_stock_takes_any_header_for_a_signature(stock: Emulator) -> None:
    api = signed_api(stock)
    request = Request(f"{api}/orders/1", headers={"authorization": "foo"})
    with urlopen(request, timeout=30) as answer:
        assert answer.status == 200
        assert "authorizer" not in json.load(answer)["requestContext"]


def test_stock_believes_an_access_key_without_a_signature(stock: Emulator) -> None:
    api = signed_api(stock)
    user = create_user(stock, new_name("user"))
    forged = SigningCaller(stock.region, user.access_key_id, "no secret of this key")
    caller = caller_block(request_of(forged, "GET", f"{api}/orders/1").send())

    assert caller["accessKey"] == user.access_key_id
    assert "cognitoIdentity" not in caller
    presigned = f"{api}/orders/1?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential={user.access_key_id}/"
    assert Sent("GET", presigned, {}).send().status == 403
