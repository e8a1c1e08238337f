"""The whole chain with the fake Stripe as its payment provider."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from itertools import chain as flattened
from pathlib import Path

import pytest

from local.stripe.fake_stripe import FakeStripe
from local.stripe.faults import Fault, unavailable
from tests.support.chain import Chain, running_chain
from tests.support.emulator import files_below
from tests.support.orders import AMOUNT, order_payload
from tests.support.pulumi_graph import ROOT
from tests.support.stripe import FOREVER, KEY, charges, fake_stripe, module_stripe, operations
from tests.support.waiting import wait_for

__all__ = ["fake_stripe", "module_stripe"]

pytestmark = [pytest.mark.slow, pytest.mark.e2e]


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory, module_stripe: FakeStripe) -> Iterator[Chain]:
    with running_chain(
        tmp_path_factory.mktemp("chain"),
        stack="stripe",
        hooks=["shop"],
        settings={
            "payment": {"provider": "stripe", "stripe_api_base": module_stripe.url},
            "functions": {"build_for": "host", "timeout_seconds": 5},
            "workflow": {"payment_retry": {"interval_seconds": 1, "max_attempts": 1, "max_delay_seconds": 2}},
        },
        subscribers=[{"name": "shop", "client_id": "shop"}],
        secrets={"stripeApiKey": KEY},
    ) as running:
        yield running


def test_a_paid_order_is_one_charge(chain: Chain, fake_stripe: FakeStripe) -> None:
    request_id = chain.accept(order_payload())
    event = chain.event(request_id)
    (charge,) = charges(fake_stripe, request_id)
    assert event.type == "order.paid"
    assert event.data["payment"] == {"id": charge.intent_id, "status": "approved", "reason": None}
    assert (charge.amount, charge.currency) == (event.data["total_amount"], "eur")


@pytest.mark.parametrize(
    ("payment_method", "reason"),
    [
        ("pm_card_chargeDeclinedInsufficientFunds", "insufficient_funds"),
        ("pm_card_authenticationRequired", "authentication_required"),
    ],
)
def test_a_declined_order_takes_nothing(
    chain: Chain, fake_stripe: FakeStripe, payment_method: str, reason: str
) -> None:
    request_id = chain.accept(order_payload(payment_method=payment_method))
    event = chain.event(request_id)
    assert (event.type, event.data["payment"]["reason"]) == ("order.declined", reason)
    assert charges(fake_stripe, request_id) == []


def test_a_stripe_that_stays_away_fails_the_order_and_its_payment_is_cancelled_later(
    chain: Chain, fake_stripe: FakeStripe
) -> None:
    fake_stripe.inject(unavailable(operations=frozenset(["confirm", "retrieve"])))
    request_id = chain.accept(order_payload())
    assert chain.event(request_id).type == "order.failed"
    fake_stripe.inject()
    assert released(chain, request_id)["reason"] == "nothing_taken"
    assert operations(fake_stripe, request_id)[-1] == "cancel"
    assert charges(fake_stripe, request_id) == []


def test_what_was_taken_while_nobody_listened_is_given_back(chain: Chain, fake_stripe: FakeStripe) -> None:
    never_answered = Fault(kind="late", operations=frozenset(["confirm"]), delay_seconds=FOREVER)
    fake_stripe.inject(never_answered, unavailable(operations=frozenset(["retrieve"]), up_to_number=1))
    request_id = chain.accept(order_payload())
    assert chain.event(request_id).type == "order.failed"
    assert released(chain, request_id)["reason"] == "given_back"
    (charge,) = charges(fake_stripe, request_id)
    assert charge.refunded


def released(chain: Chain, request_id: str) -> dict[str, str]:
    """Wait for the end of an order's execution and return the result of its release."""
    client = chain.emulator.client("stepfunctions")
    (name,) = chain.executions(request_id)
    arn = chain.outputs["state_machine_arn"].replace(":stateMachine:", ":execution:") + f":{name}"
    ended = wait_for(
        lambda: (
            execution
            if (execution := client.describe_execution(executionArn=arn))["status"] != "RUNNING"
            else None
        )
    )
    assert ended["status"] == "SUCCEEDED", ended
    return json.loads(ended["output"])["payment"]


def test_the_key_is_in_no_functions_environment_and_in_no_log(chain: Chain) -> None:
    functions = chain.emulator.client("lambda").list_functions()["Functions"]
    assert len(functions) > 10
    assert KEY not in json.dumps(functions, default=str)
    logs = chain.emulator.client("logs")
    groups = [group["logGroupName"] for group in logs.describe_log_groups()["logGroups"]]
    events = flattened.from_iterable(logs.filter_log_events(logGroupName=name)["events"] for name in groups)
    lines = [event["message"] for event in events]
    assert any("process_payment" in line for line in lines)
    assert KEY not in "".join(lines)


def test_the_key_is_in_no_output_and_in_no_file_that_the_laptop_keeps(chain: Chain) -> None:
    assert KEY not in json.dumps(chain.outputs)
    files = files_below(chain.emulator.work_directory)
    assert files
    assert [each for each in files if KEY.encode() in content_of(each)] == []


def content_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        # Gone since it was listed: a worker's temporary file.
        return b""


def test_the_laptop_pays_at_a_fake_stripe_and_shows_the_charge() -> None:
    command = [sys.executable, "-m", "local", "--once", "--payment", "stripe"]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    request_id = re.search(r"request ID (\S+)", run.stdout).group(1)
    assert f"charged {AMOUNT / 100:.2f} EUR for {request_id}: pi_" in run.stdout
