"""Chains from an order to its webhook on the laptop: ours, and minimal ones wired by hand."""

from __future__ import annotations

import http.client
import io
import json
import time
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from functions.domain.order_example import ORDER_EXAMPLE
from local.deployer import deploy
from local.emulator import Emulator, running_emulator
from local.sns.settings import DIRECTORY
from tools.bench.receiver import Receiver, running_receiver
from tools.program_graph import ROOT

_MOST_TRIES, _SECONDS_BEFORE_NEXT_TRY = 100, 0.5
_ROLE = "arn:aws:iam::000000000000:role/any"
_FUNCTIONS = Path(__file__).with_name("minimal_functions.py")


@dataclass(frozen=True, kw_only=True)
class Posted:
    """An order that was accepted: when it was posted, and how long its 202 took."""

    request_id: str
    at: float
    seconds: float


@dataclass(frozen=True, kw_only=True)
class Chain:
    """A running chain: its API and the receiver of its events."""

    emulator: Emulator
    orders_url: str
    receiver: Receiver

    def post(self) -> Posted:
        """Post an order until it is accepted; raise RuntimeError for any other answer, or after many 500s.

        In a burst of thousands the emulator's account has no concurrency left now and then, and answers 500.
        """
        for _ in range(_MOST_TRIES):
            posted = self._post()
            if posted is not None:
                return posted
            time.sleep(_SECONDS_BEFORE_NEXT_TRY)
        raise RuntimeError(f"{self.orders_url} answered 500 to {_MOST_TRIES} attempts")

    def _post(self) -> Posted | None:
        url = urlsplit(self.orders_url)
        connection = http.client.HTTPConnection(str(url.hostname), url.port, timeout=60)
        headers = {"content-type": "application/json"}
        at = time.perf_counter()
        try:
            connection.request("POST", url.path, json.dumps(ORDER_EXAMPLE), headers)
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        seconds = time.perf_counter() - at
        if answer.status == http.HTTPStatus.INTERNAL_SERVER_ERROR:
            return None
        if answer.status != http.HTTPStatus.ACCEPTED:
            raise RuntimeError(f"{self.orders_url} answered {answer.status}: {content[:500]!r}")
        return Posted(request_id=json.loads(content)["request_id"], at=at, seconds=seconds)


@contextmanager
def program_chain(directory: Path) -> Iterator[Chain]:
    """Run the program with one registered webhook."""
    with _emulator(directory) as emulator, running_receiver() as (receiver, url):
        outputs = deploy(
            ROOT / "__main__.py",
            settings={
                "api": {"auth": "none"},
                "functions": {"build_for": "host"},
                "allow_http_webhooks": True,
            },
            stack="bench",
            cloud=emulator,
        )
        chain = Chain(emulator=emulator, orders_url=f"{outputs['api_endpoint']}/orders", receiver=receiver)
        _register(f"{outputs['api_endpoint']}/webhooks", url)
        yield chain


@contextmanager
def minimal_chain(directory: Path, *, records: bool) -> Iterator[Chain]:
    """Run the least that leads from an order to a webhook; with `records` it keeps a row of each delivery."""
    with _emulator(directory) as emulator, running_receiver() as (receiver, url):
        wired = _Wiring(emulator, records=records)
        emulator.client("sns").subscribe(TopicArn=wired.topic_arn, Protocol="http", Endpoint=url)
        yield Chain(emulator=emulator, orders_url=wired.orders_url, receiver=receiver)


class _Wiring:
    """Every resource of a minimal chain."""

    def __init__(self, emulator: Emulator, *, records: bool) -> None:
        client = emulator.client
        table, key = "minimal", [{"AttributeName": "pk", "KeyType": "HASH"}]
        client("dynamodb").create_table(
            TableName=table,
            KeySchema=key,
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
        queue_url = client("sqs").create_queue(QueueName="minimal")["QueueUrl"]
        queue = client("sqs").get_queue_attributes(QueueUrl=queue_url, AttributeNames=["QueueArn"])
        self.topic_arn = client("sns").create_topic(Name="minimal")["TopicArn"]
        variables = {
            "QUEUE_URL": queue_url,
            "TABLE_NAME": table,
            "TOPIC_ARN": self.topic_arn,
            "RECORDS": "yes" if records else "",
        }
        steps = [_function(emulator, name, variables) for name in ("save", "pay", "update", "inform")]
        machine = client("stepfunctions").create_state_machine(
            name="minimal", definition=json.dumps(_definition(steps)), roleArn=_ROLE
        )["stateMachineArn"]
        start = _function(emulator, "start", {**variables, "STATE_MACHINE_ARN": machine})
        client("lambda").create_event_source_mapping(
            EventSourceArn=queue["Attributes"]["QueueArn"], FunctionName=start, BatchSize=10
        )
        if records:
            self._record_deliveries(emulator, _function(emulator, "record", variables))
        self.orders_url = f"{_api(emulator, _function(emulator, 'accept', variables))}/orders"

    def _record_deliveries(self, emulator: Emulator, record_arn: str) -> None:
        sns, logs = emulator.client("sns"), emulator.client("logs")
        for name, value in (
            ("HTTPSuccessFeedbackRoleArn", _ROLE),
            ("HTTPFailureFeedbackRoleArn", _ROLE),
            ("HTTPSuccessFeedbackSampleRate", "100"),
        ):
            sns.set_topic_attributes(TopicArn=self.topic_arn, AttributeName=name, AttributeValue=value)
        _, _, _, region, account, topic = self.topic_arn.split(":")
        group = f"sns/{region}/{account}/{topic}"
        logs.create_log_group(logGroupName=group)
        emulator.client("lambda").add_permission(
            FunctionName=record_arn,
            StatementId="logs",
            Action="lambda:InvokeFunction",
            Principal="logs.amazonaws.com",
            SourceArn=f"arn:aws:logs:{region}:{account}:log-group:{group}:*",
        )
        logs.put_subscription_filter(
            logGroupName=group, filterName="record", filterPattern="", destinationArn=record_arn
        )


def _function(emulator: Emulator, name: str, variables: Mapping[str, str]) -> str:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.write(_FUNCTIONS, "minimal_functions.py")
    created = emulator.client("lambda").create_function(
        FunctionName=f"minimal-{name}",
        Role=_ROLE,
        Handler=f"minimal_functions.{name}",
        Runtime="python3.13",
        Code={"ZipFile": content.getvalue()},
        Environment={"Variables": variables},
        Timeout=20,
    )
    return str(created["FunctionArn"])


def _definition(function_arns: list[str]) -> dict[str, Any]:
    states: dict[str, Any] = {
        f"Step{place}": {
            "Type": "Task",
            "Resource": "arn:aws:states:::lambda:invoke",
            "Arguments": {"FunctionName": arn, "Payload": "{% $states.input %}"},
            "Output": "{% $states.result.Payload %}",
            **({"End": True} if place == len(function_arns) - 1 else {"Next": f"Step{place + 1}"}),
        }
        for place, arn in enumerate(function_arns)
    }
    return {"QueryLanguage": "JSONata", "StartAt": "Step0", "States": states}


def _api(emulator: Emulator, function_arn: str) -> str:
    client = emulator.client("apigatewayv2")
    api_id = client.create_api(Name="minimal", ProtocolType="HTTP")["ApiId"]
    integration = client.create_integration(
        ApiId=api_id, IntegrationType="AWS_PROXY", IntegrationUri=function_arn, PayloadFormatVersion="2.0"
    )
    target = f"integrations/{integration['IntegrationId']}"
    client.create_route(ApiId=api_id, RouteKey="POST /orders", Target=target)
    client.create_stage(ApiId=api_id, StageName="$default", AutoDeploy=True)
    return emulator.api_url(api_id)


@contextmanager
def _emulator(directory: Path) -> Iterator[Emulator]:
    with running_emulator(
        work_directory=directory, extra_environment={DIRECTORY: str(directory)}
    ) as emulator:
        yield emulator


def _register(webhooks_url: str, url: str) -> None:
    target = urlsplit(webhooks_url)
    connection = http.client.HTTPConnection(str(target.hostname), target.port, timeout=60)
    connection.request("POST", target.path, json.dumps({"url": url}), {"content-type": "application/json"})
    answer = connection.getresponse()
    if answer.status != http.HTTPStatus.CREATED:
        raise RuntimeError(f"{webhooks_url} answered {answer.status}: {answer.read()[:500]!r}")
    connection.close()
