"""The webhooks of a run, registered in whichever topic the API chooses."""

from __future__ import annotations

from typing import Any, cast

from ops.api import Answer, Api
from ops.target import Target
from ops.verify.webhooks import diagnostic_webhooks
from tests.ops.conftest import MotoStack
from tests.ops.test_webhooks import REGISTERED, register


class RegisteringApi:
    """Registers each webhook in the last of the stack's topics."""

    def __init__(self, stack: MotoStack) -> None:
        self._stack = stack
        self.subscription_arns: list[str] = []

    def call(self, method: str, _path: str, body: Any, _headers: Any) -> Answer:
        if method != "POST":
            return Answer(status=200, body={"status": "active"})
        webhook_id = f"wh_{len(self.subscription_arns)}"
        arn = self._stack.client("sns").subscribe(
            TopicArn=self._stack.outputs["topic_arns"][-1],
            Protocol="https",
            Endpoint=f"{body['url']}&webhook_id={webhook_id}",
            ReturnSubscriptionArn=True,
        )["SubscriptionArn"]
        register(self._stack, webhook_id, confirmed=False, subscription_arn=arn, confirmed_at=REGISTERED)
        self.subscription_arns.append(arn)
        return Answer(status=201, body={"webhook_id": webhook_id})


def test_a_subscription_is_found_in_any_topic(stack: MotoStack) -> None:
    second = stack.client("sns").create_topic(Name="order-events-2")["TopicArn"]
    stack.outputs |= {"topic_arns": [stack.outputs["topic_arn"], second], "diagnostics_url": "https://api/d"}
    api = RegisteringApi(stack)
    target = Target(name="the stack test", outputs=stack.outputs)
    with diagnostic_webhooks(target, cast("Api", api), {}) as diagnostics:
        found = [each.subscription_arn for each in diagnostics.webhooks.values()]
    assert found == api.subscription_arns
