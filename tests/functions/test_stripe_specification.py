"""Stripe's own stripe-mock checks every request of the gateway against Stripe's OpenAPI specification."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from functions.adapters import stripe_api
from functions.domain.payment import PaymentGatewayUnavailable
from local.stripe.fake_stripe import FakeStripe
from local.stripe.faults import unavailable
from tests.support.pulumi_graph import ROOT
from tests.support.stripe import gateway_at, module_stripe, request_for

__all__ = ["module_stripe"]

VERSION = "v0.203.0"
GO = shutil.which("go")
BINARY = ROOT / ".cache" / "stripe-mock" / VERSION / "stripe-mock"


@pytest.fixture(scope="module")
def stripe_mock() -> Iterator[str]:
    """The address of a stripe-mock, which answers 400 to a request that its specification does not allow."""
    if GO is None:
        pytest.skip("stripe-mock is written in Go: install Go")
    if not BINARY.exists():
        build = [GO, "install", f"github.com/stripe/stripe-mock@{VERSION}"]
        environment = {**os.environ, "GOBIN": str(BINARY.parent)}
        subprocess.run(build, env=environment, check=True, capture_output=True, text=True)
    # An empty port lets the system choose one.
    command = [str(BINARY), "-http-addr", "127.0.0.1:"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        try:
            output = ""
            for line in process.stdout or ():
                output += line
                found = re.search(r"Listening for HTTP at address: (\S+)", line)
                if found:
                    break
            else:
                pytest.fail(f"stripe-mock did not start:\n{output}")
            yield f"http://{found[1]}"
        finally:
            process.terminate()


@pytest.fixture(scope="module")
def sent(module_stripe: FakeStripe) -> list[requests.PreparedRequest]:
    """What the gateway sends in every situation that makes it send a different request."""
    recorded: list[requests.PreparedRequest] = []
    send = requests.Session.send

    def record(session, request, **options):
        recorded.append(request)
        return send(session, request, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stripe_api._Session, "send", record)
        make_every_request(module_stripe)
    return recorded


def make_every_request(fake: FakeStripe) -> None:
    for payment_method in ("pm_card_visa", "pm_card_authenticationRequired"):
        gateway, request = gateway_at(fake.url), request_for(payment_method, payment_method)
        gateway.charge(request)
        gateway.release(request)
    used = fake.account.add_payment_method()
    for request_id in ("first", "second"):
        gateway_at(fake.url).charge(request_for(request_id, used))
    unconfirmed, request = gateway_at(fake.url), request_for("unconfirmed")
    fake.inject(unavailable(operations=frozenset(["confirm"])))
    with pytest.raises(PaymentGatewayUnavailable):
        unconfirmed.charge(request)
    unconfirmed.release(request)


def operation(request: requests.PreparedRequest) -> str:
    """The operation as Stripe's library names it, such as `payment_intents.confirm`."""
    resource, *rest = urlsplit(request.url).path.removeprefix("/v1/").split("/")
    return f"{resource}.{'retrieve' if request.method == 'GET' else rest[-1] if rest else 'create'}"


def resend(request: requests.PreparedRequest, address: str, body: str | None = None) -> requests.Response:
    """Send a recorded request to stripe-mock with the same headers, and with another body if one is given."""
    repeated = request.copy()
    repeated.url = address + urlsplit(request.url).path
    if body is not None:
        repeated.prepare_body(body, None)
    with requests.Session() as session:
        return session.send(repeated, timeout=30)


def test_all_that_the_gateway_can_ask_is_recorded(sent) -> None:
    source = "".join(path.read_text() for path in (ROOT / "functions/adapters").glob("stripe_*.py"))
    assert {operation(request) for request in sent} == set(re.findall(r"client\.v1\.(\w+\.\w+)\(", source))


def test_stripes_specification_allows_every_request(sent, stripe_mock) -> None:
    refused = [
        (operation(request), request.body, answer.text)
        for request in sent
        if (answer := resend(request, stripe_mock)).status_code != requests.codes.ok
    ]
    assert refused == []


@pytest.mark.parametrize(
    ("asked", "right", "wrong"),
    [
        ("payment_intents.create", "payment_method=", "payment_methd="),
        # The specification closes only the outermost object. The fake itself wants the field inside.
        ("payment_intents.create", "automatic_payment_methods[", "automatic_methods["),
        ("payment_intents.create", "amount=9990", "amount=all"),
        ("payment_intents.cancel", "cancellation_reason=abandoned", "cancellation_reason=forgotten"),
        ("refunds.create", "payment_intent=", "intent="),
    ],
)
def test_a_misspelt_parameter_or_value_is_refused(sent, stripe_mock, asked, right, wrong) -> None:
    request = next(each for each in sent if operation(each) == asked)
    assert right in request.body
    answer = resend(request, stripe_mock, request.body.replace(right, wrong))
    assert answer.status_code == requests.codes.bad_request, answer.text
