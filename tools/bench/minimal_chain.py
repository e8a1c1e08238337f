"""Minimal chains, wired by hand: what the program is compared with."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from local.emulator import Emulator
from tools.bench.chain import Chain, running_counted
from tools.bench.receiver import running_receiver

_ROLE = "arn:aws:iam::000000000000:role/any"
_FUNCTIONS = Path(__file__).with_name("minimal_functions.py")


@contextmanager
def minimal_chain(directory: Path, *, records: bool) -> Iterator[Chain]:
    """Run the least that leads from an order to a webhook; with `records` it keeps a row of each delivery."""
    with running_counted(directory) as emulator, running_receiver() as (receiver, url):
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
