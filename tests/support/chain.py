"""The whole stack on the emulator, and how tests look at it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from functions.adapters.items import from_item
from functions.domain.execution import execution_name
from local.deployer import deploy
from local.deployer.naming import automatic_name
from local.emulator import Emulator, running_emulator
from local.receiving import make_receiver
from local.sns.settings import DIRECTORY
from receiver import WebhookIds
from receiver.events import Event
from receiver.hooks import Attempt
from receiver.server import SampleServer
from tests.support import checked_calls
from tests.support.http_response import HttpResponse
from tests.support.pulumi_graph import ROOT
from tests.support.waiting import wait_for

T = TypeVar("T")
LONGEST_WAIT_SECONDS = 90


@dataclass(frozen=True)
class Chain:
    """The deployed stack, its receiver, and how to look at both."""

    emulator: Emulator
    receiver: SampleServer
    webhook_ids: WebhookIds
    outputs: Mapping[str, Any]

    def call(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Call the API; `x_client_id="shop"` is a header."""
        data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(
            self.outputs["api_endpoint"] + path,
            method=method,
            data=data,
            headers={"content-type": "application/json", "x-client-id": "shop", **names},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as reply:
                return _answer(reply.status, reply)
        except urllib.error.HTTPError as error:
            return _answer(error.code, error)

    def register(self, hook: str, client_id: str, **body: Any) -> HttpResponse:
        """Register a hook, as a client does that names the webhook to its receiver."""
        body = {"url": self.receiver.hook_url(hook), **body}
        answer = self.call("POST", "/webhooks", body, x_client_id=client_id)
        assert answer.status in (200, 201), answer
        self.webhook_ids.add(answer.body["webhook_id"])
        return answer

    def post(self, body: Any, **headers: str) -> HttpResponse:
        return self.call("POST", "/orders", body, **headers)

    def accept(self, body: Any, **headers: str) -> str:
        """Post an order that is to be taken and return its request ID."""
        answer = self.post(body, **headers)
        assert answer.status == 202, answer
        return answer.body["request_id"]

    def order(self, request_id: str) -> dict[str, Any] | None:
        """Return an order as the table has it."""
        key = {"request_id": {"S": request_id}}
        found = self.emulator.client("dynamodb").get_item(
            TableName=self.outputs["orders_table_name"], Key=key, ConsistentRead=True
        )
        return from_item(found["Item"]) if "Item" in found else None

    def webhook(self, client_id: str, webhook_id: str) -> dict[str, Any]:
        """Return a webhook as the table has it; its name is not among the outputs."""
        dynamodb = self.emulator.client("dynamodb")
        (table,) = [each for each in dynamodb.list_tables()["TableNames"] if "webhooks" in each]
        key = {"client_id": {"S": client_id}, "webhook_id": {"S": webhook_id}}
        return from_item(dynamodb.get_item(TableName=table, Key=key, ConsistentRead=True)["Item"])

    def events(self, request_id: str, hook: str = "shop") -> list[Event]:
        """Return what a webhook has taken of an order."""
        return [each for each in self.receiver.hook(hook).events if each.subject == request_id]

    def event(self, request_id: str, hook: str = "shop") -> Event:
        """Wait for a webhook's first event of an order."""
        return wait_for(lambda: self.events(request_id, hook) or None)[0]

    def attempts(self, request_id: str, hook: str = "shop") -> list[Attempt]:
        """Return every call of a webhook about an order."""
        return [each for each in self.receiver.hook(hook).attempts if each.subject == request_id]

    def executions(self, request_id: str) -> list[str]:
        """Return the names of an order's executions."""
        pages = self.emulator.client("stepfunctions").get_paginator("list_executions")
        listed = pages.paginate(stateMachineArn=self.outputs["state_machine_arn"])
        names = [each["name"] for page in listed for each in page["executions"]]
        # The emulator distinguishes an EXPRESS machine's executions of one name by a suffix.
        return [name for name in names if name.startswith(execution_name(request_id))]

    def send(self, body: str) -> str:
        """Put a message on the orders queue and return its ID."""
        sqs = self.emulator.client("sqs")
        return sqs.send_message(QueueUrl=self.outputs["orders_queue_url"], MessageBody=body)["MessageId"]


def _answer(status: int, reply: Any) -> HttpResponse:
    headers = {name.lower(): value for name, value in reply.headers.items()}
    text = reply.read()
    return HttpResponse(status, headers, json.loads(text) if text else None)


def _expected_topic_arn(emulator: Emulator, stack: str) -> str:
    """Return the ARN that a stack's event topic will have.

    Where webhooks come from the settings, their subscriptions are confirmed while the program is deployed,
    so the receiver must know the topic before it exists. The deployer's names are the same in every run.
    """
    topic = automatic_name(stack, "aws:sns/topic:Topic", "order-events", longest=256)
    account_id = emulator.client("sts").get_caller_identity()["Account"]
    return f"arn:aws:sns:{emulator.region}:{account_id}:{topic}"


@contextmanager
def running_chain(
    directory: Path,
    *,
    stack: str,
    hooks: Sequence[str],
    settings: Mapping[str, Any],
    clients: Mapping[str, str] = MappingProxyType({}),
    subscribers: Sequence[Mapping[str, Any]] = (),
    secrets: Mapping[str, str] = MappingProxyType({}),
    plugs: Sequence[str] = (),
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Chain]:
    """Run emulator, receiver and deployed stack; a subscriber's hook is the one of its name.

    `clients` has the clients of hooks that are neither a subscriber's nor the client "shop"'s.
    `plugs` and `environment` are the emulator's.
    """
    violations = directory / "violations.txt"
    with ExitStack() as running:
        emulator = running.enter_context(
            running_emulator(
                work_directory=directory,
                plugs=[*plugs, "tests.support.checked_calls"],
                extra_environment={
                    DIRECTORY: str(directory),
                    checked_calls.FILE: str(violations),
                    **environment,
                },
            )
        )
        topic_arn = _expected_topic_arn(emulator, stack)
        webhook_ids = WebhookIds(each["name"] for each in subscribers)
        receiver = running.enter_context(
            make_receiver(
                emulator,
                directory,
                topic_arn=topic_arn,
                clients={
                    **dict.fromkeys(hooks, "shop"),
                    **{each["name"]: each["client_id"] for each in subscribers},
                    **clients,
                },
                webhook_ids=webhook_ids,
            )
        )
        outputs = deploy(
            ROOT / "__main__.py",
            settings={
                "api": {"auth": "none"},
                "functions": {"build_for": "host", "timeout_seconds": 10},
                "allow_http_webhooks": True,
                "subscribers": [{**each, "url": receiver.hook_url(each["name"])} for each in subscribers],
                **settings,
            },
            stack=stack,
            cloud=emulator,
            secrets=secrets,
        )
        yield Chain(emulator, receiver, webhook_ids, outputs)
    assert checked_calls.read_violations(violations) == []
