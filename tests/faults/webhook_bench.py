"""A stack with webhooks of one client, whose clock the bench sets: for what takes days."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from local.emulated_clock import EmulatedClock, start_clock
from local.sns.behaviour import SnsBehaviour
from local.sns.settings import BEHAVIOUR
from receiver import hooks as hooks_module
from tests.faults import collect
from tests.faults.facts import AcceptedOrder, Facts, Webhook
from tests.faults.repetitions import find_repetitions
from tests.support.chain import Chain, running_chain
from tests.support.orders import order_payload
from tests.support.waiting import wait_for

CLIENT = "shop"
# Whatever is left after so long on the fast clock stays.
_LONGEST_QUIET_SECONDS = 900
_CONFIRMATION_SECONDS = 15

Settings = dict[str, Any]


@dataclass
class WebhookBench:
    """The running stack, its webhooks and what was posted."""

    chain: Chain
    clock: EmulatedClock
    webhooks: list[Webhook] = field(default_factory=list)
    accepted: dict[str, float] = field(default_factory=dict)
    """When each order was accepted on the machine's clock, by its request ID."""

    def register(self, hook: str, *, expected: bool = True) -> Webhook:
        """Register a webhook; unless it is expected by its receiver, it stays unconfirmed."""
        while True:
            answer = self.chain.call("POST", "/webhooks", {"url": self.chain.receiver.hook_url(hook)})
            assert answer.status in (200, 201), answer
            webhook = Webhook(
                hook=hook,
                client_id=CLIENT,
                webhook_id=answer.body["webhook_id"],
                event_types=frozenset({"order.paid", "order.declined", "order.failed"}),
            )
            if expected:
                self.chain.webhook_ids.add(webhook.webhook_id)
            if not expected or self._is_confirmed(webhook):
                if webhook not in self.webhooks:
                    self.webhooks.append(webhook)
                return webhook

    def _is_confirmed(self, webhook: Webhook) -> bool:
        try:
            wait_for(lambda: self.status_of(webhook) == "active", "the confirmation", _CONFIRMATION_SECONDS)
        except AssertionError:
            return False
        return True

    def status_of(self, webhook: Webhook) -> str:
        """Return a webhook's status as its client sees it."""
        status: str = self.chain.call("GET", f"/webhooks/{webhook.webhook_id}").body["status"]
        return status

    def post(self, number: int) -> None:
        """Post an order."""
        request_id = self.chain.accept(order_payload(reference=f"order-{number}"))
        self.accepted[request_id] = time.time()

    def let_die(self, hook: str) -> None:
        """Expect that a webhook's events end as dead."""
        self.webhooks = [
            replace(each, gives_up=True) if each.hook == hook else each for each in self.webhooks
        ]

    def activate(self, webhook: Webhook) -> None:
        """Re-enable a webhook that was disabled."""
        answer = self.chain.call("PATCH", f"/webhooks/{webhook.webhook_id}", {"status": "active"})
        assert answer.status == 200, answer

    def wait_until_published(self) -> None:
        """Wait until each order that was posted has a row at each webhook."""
        wait_for(
            lambda: (
                len(collect.deliveries(self.chain, self.webhooks)) >= len(self.accepted) * len(self.webhooks)
            ),
            "the orders' events",
            _LONGEST_QUIET_SECONDS,
        )

    def wait_until_disabled(self, hook: str) -> None:
        """Wait until a webhook's failures have disabled it."""
        (webhook,) = [each for each in self.webhooks if each.hook == hook]
        wait_for(lambda: self.status_of(webhook) == "disabled", f"{hook} disabled", _LONGEST_QUIET_SECONDS)

    def wait_until_quiet(self) -> Facts:
        """Wait until every row has ended, or waits at a webhook that is not served."""
        deadline = time.monotonic() + _LONGEST_QUIET_SECONDS
        while True:
            looked_at = time.monotonic()
            facts = self.facts()
            is_open = any(each.is_open and each.hook not in facts.waiting for each in facts.deliveries)
            if not is_open or looked_at > deadline:
                return facts
            time.sleep(max(1.0, 2 * (time.monotonic() - looked_at)))

    def facts(self) -> Facts:
        """Return what is known of the deliveries; of orders, what deliveries depend on."""
        stored = collect.stored_orders(self.chain)
        deliveries = collect.deliveries(self.chain, self.webhooks)
        hooks = [each.hook for each in self.webhooks]
        return Facts(
            workflow_type="STANDARD",
            accepted=tuple(
                AcceptedOrder(
                    client_id=CLIENT,
                    reference=each.reference,
                    amount=each.amount,
                    currency=each.currency,
                    request_ids=frozenset({each.request_id}),
                    expected_status=each.status,
                )
                for each in stored
            ),
            not_accepted=(),
            stored=stored,
            executions=(),
            redriven=(),
            releases_to_give_up=frozenset(),
            charges=(),
            webhooks=tuple(self.webhooks),
            handled=collect.handled_events({each: self.chain.receiver.hook(each).events for each in hooks}),
            deliveries=deliveries,
            waiting=collect.waiting_webhooks(self.chain, self.webhooks),
            repetitions=find_repetitions(
                {each: self.chain.receiver.hook(each).attempts for each in hooks},
                deliveries,
                {},
                late_hooks=frozenset(),
                asked_for=frozenset(),
            ),
            queued=collect.queued_messages(self.chain),
            poison=frozenset(),
            planned_faults={},
            happened_faults={},
        )

    def slowest_seconds(self, hooks: Sequence[str]) -> float:
        """Return how long the slowest order's event took from its acceptance, on the machine's clock."""
        taken: dict[tuple[str, str], float] = {}
        for hook in hooks:
            for attempt in self.chain.receiver.hook(hook).attempts:
                if attempt.outcome == "handled" and attempt.subject in self.accepted:
                    at = datetime.fromisoformat(attempt.at).timestamp()
                    taken.setdefault((hook, attempt.subject), at)
        return max((at - self.accepted[request_id] for (_, request_id), at in taken.items()), default=0.0)


@contextmanager
def running_bench(
    directory: Path,
    hooks: Sequence[str],
    *,
    settings: Settings | None = None,
    behaviour: SnsBehaviour | None = None,
    plugs: Sequence[str] = (),
    environment: Callable[[], dict[str, str]] = dict,
) -> Iterator[WebhookBench]:
    """Run the stack, its clock at the machine's speed, with receivers for these hooks."""
    # A webhook of the bench gets more than the sample server remembers.
    hooks_module.JOURNAL_LENGTH = 1_000_000
    with running_chain(
        directory,
        stack="bench",
        hooks=hooks,
        settings={"functions": {"build_for": "host", "timeout_seconds": 30}, **(settings or {})},
        plugs=plugs,
        environment={
            **start_clock(directory / "clock"),
            **({BEHAVIOUR: behaviour.to_json()} if behaviour else {}),
            **environment(),
        },
    ) as chain:
        yield WebhookBench(chain, EmulatedClock(directory / "clock"))
