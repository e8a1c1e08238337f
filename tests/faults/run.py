"""One run: the stack on the laptop, eight clients, every fault on, and the facts found afterwards."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from infra.assembly.payments import STRIPE_API_KEY
from local.payments.stripe_front import StripeFront, running_stripe
from local.sns.settings import DELIVERY_LOG
from tests.faults import collect
from tests.faults.client import Client
from tests.faults.event_claims import expected_deliveries, told_or_resting
from tests.faults.facts import Facts, TakenCharge
from tests.faults.gateway import GatewayFaults
from tests.faults.injector import environment, read_journal
from tests.faults.order_claims import FINAL_STATUSES
from tests.faults.plan import CLIENTS, PLACES, POSTED_TWICE, FaultPlan
from tests.faults.receivers import PLANNED, Receivers
from tests.local.chain import Chain, running_chain

FUNCTION_TIMEOUT_SECONDS = 5
POISON = ('{"request_id": "poison-1"', '{"request_id": "poison-2"}', '"poison-3"')
# By what the emulator multiplies the waits of a workflow's retries: a release waits for up to a minute.
_WAIT_SCALE = 0.2
# Nothing new for so long, and it is judged as it is.
_LONGEST_STANDSTILL_SECONDS = 90

Say = Callable[[str], object]


def stack_settings(workflow_type: str, stripe_url: str) -> dict[str, Any]:
    """Return the settings of the stack under test: AWS's hours and minutes are seconds here."""
    return {
        "functions": {"build_for": "host", "timeout_seconds": FUNCTION_TIMEOUT_SECONDS},
        "queue": {"visibility_timeout_seconds": 10, "max_concurrency": 2},
        "workflow": {
            "type": workflow_type,
            "payment_retry": {"interval_seconds": 1, "max_attempts": 3, "max_delay_seconds": 2},
        },
        "delivery": {
            "num_retries": 2,
            "num_no_delay_retries": 0,
            "num_min_delay_retries": 0,
            "num_max_delay_retries": 0,
            "min_delay_target_seconds": 1,
            "max_delay_target_seconds": 1,
        },
        "payment": {"provider": "stripe", "stripe_api_base": stripe_url},
        "redelivery": {"delays_seconds": [1] * 8},
    }


def run(directory: Path, plan: FaultPlan, workflow_type: str, *, workers: int = 2, say: Say = print) -> Facts:
    """Let the clients post their orders under the plan's faults, and return what is found at the end."""
    journal, delivery_log = directory / "faults.jsonl", directory / "deliveries.jsonl"
    with (
        running_stripe(directory) as stripe,
        running_chain(
            directory,
            stack="faults",
            hooks=[],
            settings=stack_settings(workflow_type, stripe.url),
            secrets={STRIPE_API_KEY: "sk_test_faults"},
            plugs=["tests.faults.plug"],
            environment={
                **environment(plan, journal),
                DELIVERY_LOG: str(delivery_log),
                "SFN_WAIT_SCALE": str(_WAIT_SCALE),
                "EMULATOR_WORKERS_PER_FUNCTION": str(workers),
            },
        ) as chain,
        Receivers(
            chain.emulator, directory, topic_arn=chain.outputs["topic_arn"], delivery_log=delivery_log
        ) as receivers,
    ):
        gateway = GatewayFaults(plan, late_seconds=FUNCTION_TIMEOUT_SECONDS)
        stripe.plan(gateway)
        return _Run(chain, plan, workflow_type, receivers, stripe, gateway, journal, say).facts()


class _Run:
    def __init__(
        self,
        chain: Chain,
        plan: FaultPlan,
        workflow_type: str,
        receivers: Receivers,
        stripe: StripeFront,
        gateway: GatewayFaults,
        journal: Path,
        say: Say,
    ) -> None:
        self._chain = chain
        self._plan = plan
        self._workflow_type = workflow_type
        self._receivers = receivers
        self._stripe = stripe
        self._gateway = gateway
        self._journal = journal
        self._say = say
        self._started = time.monotonic()
        self._clients = [Client(chain, plan, receivers, client_id) for client_id in CLIENTS]

    def facts(self) -> Facts:
        for body in POISON:
            self._chain.send(body)
        self._each(Client.register)
        self._tell("webhooks registered")
        self._receivers.start_faults()
        self._each(Client.post_orders)
        self._tell(f"{len(self._plan.orders)} orders posted")
        self._wait(lambda facts: _count_pending(facts) == 0)
        self._tell("every order final")
        # From here on the gateway answers again, so that what it took unseen can be given back.
        self._gateway.answers_again.set()
        self._each(Client.ask_for_events_again)
        facts = self._wait(_is_quiet)
        self._tell("quiet")
        return facts

    def _tell(self, what: str) -> None:
        self._say(f"{time.monotonic() - self._started:5.0f} s: {what}")

    def _each(self, do: Callable[[Client], None]) -> None:
        with ThreadPoolExecutor(len(self._clients)) as pool:
            for done in [pool.submit(do, client) for client in self._clients]:
                done.result()

    def _wait(self, is_over: Callable[[Facts], bool]) -> Facts:
        """Return the facts when it is over, or when nothing has changed for long."""
        last_change, before = time.monotonic(), None
        while True:
            facts = self._collect()
            figures = _figures(facts)
            if is_over(facts) or time.monotonic() - last_change > _LONGEST_STANDSTILL_SECONDS:
                return facts
            if figures != before:
                last_change, before = time.monotonic(), figures
            time.sleep(1)

    def _collect(self) -> Facts:
        records = [client.record for client in self._clients]
        accepted = tuple(order for record in records for order in record.accepted)
        webhooks = tuple(webhook for record in records for webhook in record.webhooks)
        request_ids = [request_id for order in accepted for request_id in order.request_ids]
        return Facts(
            workflow_type=self._workflow_type,
            accepted=accepted,
            not_accepted=tuple(reference for record in records for reference in record.not_accepted),
            stored=collect.stored_orders(self._chain),
            executions=collect.executions(self._chain, request_ids),
            charges=tuple(
                TakenCharge(
                    request_id=each.request_id,
                    amount=each.amount,
                    currency=each.currency,
                    kept=not each.refunded,
                )
                for each in self._stripe.charges()
            ),
            webhooks=webhooks,
            handled=collect.handled_events(self._receivers.handled()),
            resting=collect.resting_messages(self._chain, webhooks),
            poison=frozenset(POISON),
            planned_faults=self._planned(),
            happened_faults=self._happened(),
        )

    def _planned(self) -> Mapping[str, int]:
        chosen = self._plan.chosen
        return {
            **{name: sum(self._plan.planned(name, each) for each in chosen[name]) for name in PLACES},
            **PLANNED,
        }

    def _happened(self) -> Mapping[str, int]:
        return {
            **read_journal(self._journal),
            **self._gateway.happened,
            **self._receivers.happened(),
            POSTED_TWICE: sum(client.posted_twice for client in self._clients),
        }


def _count_pending(facts: Facts) -> int:
    final = sum(each.status in FINAL_STATUSES for each in facts.stored)
    return len(facts.accepted) - final


def _is_quiet(facts: Facts) -> bool:
    return (
        _count_pending(facts) == 0
        and all(each.status != "RUNNING" for each in facts.executions)
        and all(each.queue not in ("orders", "undelivered") for each in facts.resting)
        and not expected_deliveries(facts) - told_or_resting(facts)
    )


def _figures(facts: Facts) -> object:
    return (
        len(facts.stored),
        _count_pending(facts),
        Counter((each.workflow, each.status) for each in facts.executions),
        Counter(each.queue for each in facts.resting),
        len(facts.handled),
        len(facts.charges),
        sum(facts.happened_faults.values()),
    )
