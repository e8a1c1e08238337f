"""A stack whose API asks for signatures, its callers, and requests signed in right and wrong ways."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import botocore.auth
import pytest
from botocore.auth import SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.compat import get_current_datetime
from botocore.credentials import Credentials

from local.callers import SigningCaller, create_user, invoke_policy
from local.emulator import Emulator
from tests.local.chain import Chain, running_chain, wait_for
from tests.support.http_requests import Sent, request_of
from tests.support.orders import order_payload

ACCOUNT = "000000000000"
ROLE = "Partner"


@dataclass(frozen=True)
class IamStack:
    """The deployed stack and its callers; `idle` may sign and has no permission."""

    chain: Chain
    shop: SigningCaller
    other: SigningCaller
    idle: SigningCaller
    role_arn: str

    @property
    def orders(self) -> str:
        return self.chain.outputs["orders_endpoint"]

    def session(self, name: str) -> SigningCaller:
        return session_of(self.chain.emulator, self.role_arn, name)

    def accept(self, caller: SigningCaller) -> str:
        answer = request_of(caller, "POST", self.orders, order_payload()).send()
        assert answer.status == 202, answer
        request_id = answer.body["request_id"]
        wait_for(lambda: self.chain.order(request_id))
        return request_id


@contextmanager
def running_iam_stack(directory: Path) -> Iterator[IamStack]:
    """Run the real program's stack with `api.auth: iam`, and make callers for it."""
    with running_chain(directory, stack="iam", hooks=[], settings={"api": {"auth": "iam"}}) as chain:
        iam = chain.emulator.client("iam")
        idle = create_user(chain.emulator, "idle")
        iam.delete_user_policy(UserName="idle", PolicyName="call-orders")
        role_arn = create_role(chain.emulator, ROLE)
        shop, other = (create_user(chain.emulator, name) for name in ("shop", "other"))
        yield IamStack(chain, shop, other, idle, role_arn)


def create_role(emulator: Emulator, name: str) -> str:
    """Create a role that may call the API, and return its ARN."""
    iam = emulator.client("iam")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "*"}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)["Role"]
    iam.put_role_policy(RoleName=name, PolicyName="call", PolicyDocument=invoke_policy())
    return role["Arn"]


def session_of(emulator: Emulator, role_arn: str, name: str) -> SigningCaller:
    """Assume a role under a session name."""
    keys = emulator.client("sts").assume_role(RoleArn=role_arn, RoleSessionName=name)["Credentials"]
    return SigningCaller(emulator.region, keys["AccessKeyId"], keys["SecretAccessKey"], keys["SessionToken"])


def presigned(caller: SigningCaller, url: str, seconds: int = 60) -> Sent:
    request = AWSRequest(method="GET", url=url)
    keys = Credentials(caller.access_key_id, caller.secret_access_key, caller.session_token)
    SigV4QueryAuth(keys, "execute-api", caller.region, expires=seconds).add_auth(request)
    return Sent("GET", request.url, {})


def posted(stack: IamStack, caller: SigningCaller | None = None, **headers: str) -> Sent:
    return request_of(caller or stack.shop, "POST", stack.orders, order_payload(), headers)


def altered_body(stack: IamStack) -> Sent:
    return replace(posted(stack), body=json.dumps(order_payload(reference="PO-6666")).encode())


def signed_for(stack: IamStack, *, service: str = "execute-api", region: str | None = None) -> Sent:
    body = json.dumps(order_payload()).encode()
    request = AWSRequest(
        method="POST", url=stack.orders, data=body, headers={"content-type": "application/json"}
    )
    keys = Credentials(stack.shop.access_key_id, stack.shop.secret_access_key)
    SigV4Auth(keys, service, region or stack.shop.region).add_auth(request)
    return Sent("POST", stack.orders, dict(request.headers.items()), body)


def scope_of_yesterday(stack: IamStack) -> Sent:
    sent = posted(stack)
    day = re.search(r"/(\d{8})/", sent.header("authorization"))
    assert day
    return sent.with_header("authorization", sent.header("authorization").replace(day[1], "20200101"))


def signed_at(stack: IamStack, minutes: float) -> Sent:
    with pytest.MonkeyPatch.context() as patch:
        time = get_current_datetime() + timedelta(minutes=minutes)
        patch.setattr(botocore.auth, "get_current_datetime", lambda: time)
        return posted(stack)


def presigned_at(stack: IamStack, minutes: float, seconds: int) -> Sent:
    with pytest.MonkeyPatch.context() as patch:
        time = get_current_datetime() + timedelta(minutes=minutes)
        patch.setattr(botocore.auth, "get_current_datetime", lambda: time)
        return presigned(stack.shop, f"{stack.chain.outputs['api_endpoint']}/webhooks", seconds)


def altered_presigned(stack: IamStack, old: str, new: str) -> Sent:
    sent = presigned(stack.shop, f"{stack.chain.outputs['api_endpoint']}/webhooks?limit=1")
    assert re.search(old, sent.url)
    return replace(sent, url=re.sub(old, new, sent.url))


def with_stale_key(stack: IamStack, *, delete: bool) -> Sent:
    iam = stack.chain.emulator.client("iam")
    key = iam.create_access_key(UserName="shop")["AccessKey"]
    caller = replace(stack.shop, access_key_id=key["AccessKeyId"], secret_access_key=key["SecretAccessKey"])
    assert posted(stack, caller).send().status == 202
    which = {"UserName": "shop", "AccessKeyId": caller.access_key_id}
    if delete:
        iam.delete_access_key(**which)
    else:
        iam.update_access_key(**which, Status="Inactive")
    return posted(stack, caller)


def signed_by_session(stack: IamStack, **changes: str | None) -> Sent:
    return posted(stack, replace(stack.session("thief"), **changes))
