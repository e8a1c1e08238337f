"""The HTTP interface under schemathesis, and requests that no client library would send."""

from __future__ import annotations

import http.client
import json
import os
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import schemathesis
from schemathesis.core.parameters import ParameterLocation
from schemathesis.engine import Status, events, from_schema
from schemathesis.engine.recorder import ScenarioRecorder
from schemathesis.generation.meta import TestPhase
from schemathesis.hooks import GLOBAL_HOOK_DISPATCHER
from schemathesis.schemas import BaseSchema

from functions.domain.card_number import contains_card_number
from functions.domain.webhook_url import LONGEST_URL
from functions.http.caller import CLIENT_ID_HEADER
from functions.http.idempotency_key import IDEMPOTENCY_KEY_HEADER
from tests.support.chain import Chain, HttpResponse
from tests.support.interface import closed_document
from tests.support.orders import make_payable
from tests.support.waiting import wait_for

HOOK = "shop"
# How many requests of each operation are made up at random: by default few, and the same ones every time.
_EXAMPLES = os.environ.get("INTERFACE_FUZZ_EXAMPLES")


@dataclass
class Findings:
    """What a run of schemathesis has tried and found."""

    tried: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def note(self, event: events.EngineEvent) -> None:
        if isinstance(event, events.ScenarioFinished):
            self.tried.update(node.value.operation.label for node in event.recorder.cases.values())
            self.faults.extend(_failed_checks(event.recorder))
        elif isinstance(event, events.NonFatalError):
            self.faults.append(f"{event.label}: {event.value!r}")
        elif isinstance(event, events.FatalError):
            self.faults.append(repr(event.exception))


def _failed_checks(recorder: ScenarioRecorder) -> list[str]:
    return [
        f"{recorder.label}: {check.failure_info.failure.title}\n{check.failure_info.failure.message}\n"
        f"{check.failure_info.code_sample}"
        for checks in recorder.checks.values()
        for check in checks
        if check.status is Status.FAILURE and check.failure_info is not None
    ]


def try_interface(chain: Chain) -> Findings:
    """Send what schemathesis makes up from the document, operation by operation and one after the other."""
    findings = Findings()
    with _completed(chain):
        for event in from_schema(_laptop_interface(chain)).execute():
            findings.note(event)
    return findings


@contextmanager
def _completed(chain: Chain) -> Iterator[None]:
    def before_call(context: schemathesis.HookContext, case: schemathesis.Case, kwargs: Any) -> None:
        _complete(case, chain)

    def after_call(
        context: schemathesis.HookContext, case: schemathesis.Case, response: schemathesis.Response
    ) -> None:
        if response.status_code == 202 and _operation_id(case) == "accept_order" and _is_one_of_many(case):
            settled(chain, response.json()["request_id"])

    schemathesis.hook(before_call)
    schemathesis.hook(after_call)
    try:
        yield
    finally:
        # Hooks are the process's: no other schema may meet these.
        GLOBAL_HOOK_DISPATCHER.unregister(before_call)
        GLOBAL_HOOK_DISPATCHER.unregister(after_call)


def _laptop_interface(chain: Chain) -> BaseSchema:
    document = closed_document()
    # A laptop takes webhooks by http too.
    url = document["components"]["schemas"]["WebhookRequest"]["properties"]["url"]
    url["pattern"] = url["pattern"].replace("https:", "https?:")
    config = schemathesis.Config(seed=None if _EXAMPLES else 1)
    schema = schemathesis.openapi.from_dict(document, config=config)
    schema.config.base_url = chain.outputs["api_endpoint"]
    schema.config.continue_on_failure = True
    schema.config.generation.max_examples = int(_EXAMPLES or 10)
    schema.config.generation.deterministic = not _EXAMPLES
    schema.config.generation.database = "none"
    schema.config.generation.with_security_parameters = False  # a laptop asks for none
    return schema


def _complete(case: schemathesis.Case, chain: Chain) -> None:
    """Give a request that is to be taken what a JSON schema cannot ask for, and leave all others alone."""
    if case.meta is None:
        return
    if not case.meta.is_negative_at(ParameterLocation.HEADER):
        if IDEMPOTENCY_KEY_HEADER in case.headers:
            # Of two orders with one key the second is refused.
            case.headers[IDEMPOTENCY_KEY_HEADER] = uuid.uuid4().hex
        if _is_one_of_many(case):
            # One call finds what the other made.
            case.headers[CLIENT_ID_HEADER] = "one-client"
    if case.query and not case.meta.is_negative_at(ParameterLocation.QUERY):
        _complete_list(case.query)
    if isinstance(case.body, dict) and not case.meta.is_negative_at(ParameterLocation.BODY):
        _complete_body(case, case.body, chain)


def _complete_list(query: dict[str, Any]) -> None:
    # Only a cursor of the same list is taken, and only a range that does not end before it begins.
    query.pop("cursor", None)
    if "since" in query:
        query.pop("until", None)


def _complete_body(case: schemathesis.Case, body: dict[str, Any], chain: Chain) -> None:
    if _operation_id(case) == "accept_order":
        _complete_order(body)
    elif _operation_id(case) == "redeliver_order":
        # Only the client's own webhooks are taken.
        body.pop("webhook_id", None)
    elif _operation_id(case) == "recover_webhook":
        body |= {"since": "2026-01-01T00:00:00Z", "until": None}
    elif _operation_id(case) == "create_webhook":
        # A host that is there; only the receiver's own hook would confirm.
        url = f"{chain.receiver.url}/{body['url']}"
        body["url"] = chain.receiver.hook_url(HOOK) if _is_one_of_many(case) else url[:LONGEST_URL]


def _complete_order(order: dict[str, Any]) -> None:
    make_payable(order)
    if contains_card_number(order["payment_method"]):
        order["payment_method"] = "pm_card_visa"


def _is_one_of_many(case: schemathesis.Case) -> bool:
    return case.meta is not None and case.meta.phase.name is TestPhase.STATEFUL


def _operation_id(case: schemathesis.Case) -> str:
    return str(case.operation.definition.raw["operationId"])


def settled(chain: Chain, request_id: str) -> str:
    """Wait for an order's outcome."""
    wait_for(lambda: (chain.order(request_id) or {"status": "pending"})["status"] != "pending")
    return request_id


def send(chain: Chain, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> HttpResponse:
    """Send exactly these headers beside Host and Content-Length."""
    endpoint = urlsplit(chain.outputs["api_endpoint"])
    connection = http.client.HTTPConnection(endpoint.hostname or "", endpoint.port, timeout=60)
    try:
        connection.request(method, endpoint.path + path, body, dict(headers))
        reply = connection.getresponse()
        text = reply.read()
        received = {name.lower(): value for name, value in reply.getheaders()}
        return HttpResponse(reply.status, received, json.loads(text) if text else None)
    finally:
        connection.close()
