"""A client that does not give up: it registers webhooks, posts orders, and asks again after an error."""

from __future__ import annotations

import time
import urllib.error
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

from functions.domain.event import ORDER_EVENT_TYPES
from functions.domain.order_example import order_of
from tests.faults.facts import AcceptedOrder, Webhook
from tests.faults.plan import CLIENTS, GIVEN_UP, POSTED_TWICE, REFUSING, FaultPlan, killed
from tests.faults.receivers import GIVEN_UP_HOOK, SECOND_HOOK, Receivers, spare_hook
from tests.faults.under_way import UnderWay
from tests.support.chain import Chain, HttpResponse
from tests.support.waiting import wait_for

ALL_TYPES: tuple[str, ...] = ORDER_EVENT_TYPES
_DECLINED_CARD = "pm_card_chargeDeclined"
_LONGEST_WAIT_SECONDS = 300
# Longer than SNS tries to deliver a request to confirm.
_CONFIRMATION_SECONDS = 15
# How many orders the refusing client posts while nobody listens at its webhook.
_ORDERS_WHILE_REFUSING = 3


@dataclass
class ClientRecord:
    """What a client remembers of a run."""

    accepted: list[AcceptedOrder] = field(default_factory=list)
    not_accepted: list[str] = field(default_factory=list)
    webhooks: list[Webhook] = field(default_factory=list)


class Client:
    """One client, in a thread of its own."""

    def __init__(
        self, chain: Chain, plan: FaultPlan, receivers: Receivers, under_way: UnderWay, client_id: str
    ) -> None:
        self._chain = chain
        self._under_way = under_way
        self._plan = plan
        self._receivers = receivers
        self._id = client_id
        self.record = ClientRecord()
        self.posted_twice = 0
        self.asked_again: set[str] = set()

    def register(self) -> None:
        """Register the client's webhooks, and here and there delete one again."""
        assert self._ask("GET", "/health").status == 200
        assert self._ask("GET", "/nothing").status == 404
        main = self._register(self._id)
        if self._id == CLIENTS[1]:
            self._register(SECOND_HOOK)
        if self._id == GIVEN_UP:
            self._register(GIVEN_UP_HOOK, ("order.declined",), gives_up=True)
        if self._is_chosen("delete_webhook", self._id):
            self._register_in_vain()
        assert self._ask("POST", f"/webhooks/{main.webhook_id}/test", {}).status == 202
        listed = self._ask("GET", "/webhooks").body["webhooks"]
        assert {each["webhook_id"] for each in listed} == {
            each.webhook_id for each in self.record.webhooks if not each.deleted
        }

    def _register_in_vain(self) -> None:
        spare = self._register(spare_hook(self._id))
        # A deletion whose answer got lost finds nothing the second time.
        assert self._ask("DELETE", f"/webhooks/{spare.webhook_id}").status in (204, 404)
        self.record.webhooks.remove(spare)
        self.record.webhooks.append(replace(spare, deleted=True))

    def post_orders(self) -> None:
        """Post every order, each until it is accepted."""
        orders = self._plan.orders_of(self._id)
        closed_at = len(orders) // 3
        for number, reference in enumerate(orders):
            if self._id == REFUSING and number == closed_at:
                self._receivers.refuse_connections()
            if self._id == REFUSING and number == closed_at + _ORDERS_WHILE_REFUSING:
                self._receivers.accept_connections()
            self._under_way.wait()
            self._post(reference)

    def ask_for_events_again(self) -> None:
        """Ask for the events of some orders once more."""
        for order in self.record.accepted:
            if self._is_chosen("redeliver_order", order.reference):
                (request_id, *_) = order.request_ids
                path = f"/orders/{request_id}"
                wait_for(lambda path=path: self._is_final(path), "an order's end", _LONGEST_WAIT_SECONDS)
                self.asked_again.add(request_id)
                assert self._ask("POST", f"/orders/{request_id}/redeliver", {}).status == 202

    def _post(self, reference: str) -> None:
        number = int(reference[-4:])
        amount = 1000 + number
        body = order_of(
            amount,
            reference=reference,
            payment_method=_DECLINED_CARD if self._plan.is_declined(reference) else "pm_card_visa",
        )
        posts = 2 if reference in self._plan.chosen[POSTED_TWICE] else 1
        self.posted_twice += posts - 1
        with ThreadPoolExecutor(posts) as pool:
            asked = [
                pool.submit(self._ask, "POST", "/orders", body, idempotency_key=reference)
                for _ in range(posts)
            ]
        answers = [each.result() for each in asked]
        if any(each.status != 202 for each in answers):
            self.record.not_accepted.append(f"{reference}: {[each.status for each in answers]}")
            return
        request_ids = frozenset(each.body["request_id"] for each in answers)
        self.record.accepted.append(
            AcceptedOrder(
                client_id=self._id,
                reference=reference,
                amount=amount,
                currency="EUR",
                request_ids=request_ids,
                expected_status=self._plan.expected_status(reference),
            )
        )
        if self._is_chosen("get_order", reference):
            self._ask("GET", f"/orders/{next(iter(request_ids))}")

    def _is_chosen(self, function: str, subject: str) -> bool:
        return any(
            subject in self._plan.chosen[place]
            for place in (killed("before", function), killed("after", function))
        )

    def _is_final(self, path: str) -> bool:
        answer = self._ask("GET", path)
        return answer.status == 200 and answer.body["status"] != "pending"

    def _register(
        self, hook: str, event_types: tuple[str, ...] = ALL_TYPES, *, gives_up: bool = False
    ) -> Webhook:
        body = {"url": self._receivers.url(hook), "event_types": list(event_types)}
        webhook_id = self._confirmed(body)
        webhook = Webhook(
            hook=hook,
            client_id=self._id,
            webhook_id=webhook_id,
            event_types=frozenset(event_types),
            gives_up=gives_up,
        )
        self.record.webhooks.append(webhook)
        return webhook

    def _confirmed(self, body: dict[str, Any]) -> str:
        """Register a webhook, again and again until it is confirmed, and return its ID.

        A receiver refuses to confirm an ID that it does not know yet. On a busy machine SNS gives up before
        the registration is answered; registering again has it ask again.
        """
        deadline = time.monotonic() + _LONGEST_WAIT_SECONDS
        while True:
            answer = self._ask("POST", "/webhooks", body)
            assert answer.status in (200, 201), answer
            webhook_id: str = answer.body["webhook_id"]
            self._receivers.webhook_ids.add(webhook_id)
            path = f"/webhooks/{webhook_id}"
            try:
                wait_for(
                    lambda path=path: self._ask("GET", path).body["status"] == "active",
                    "the webhook's confirmation",
                    _CONFIRMATION_SECONDS,
                )
            except AssertionError:
                if time.monotonic() > deadline:
                    raise
            else:
                return webhook_id

    def _ask(self, method: str, path: str, body: Any = None, **headers: str) -> HttpResponse:
        """Call the API until it gives an answer that is no fault of its own."""
        deadline = time.monotonic() + _LONGEST_WAIT_SECONDS
        while True:
            try:
                answer = self._chain.call(method, path, body, x_client_id=self._id, **headers)
            except (urllib.error.URLError, ConnectionError, TimeoutError) as error:
                answer = HttpResponse(599, {}, str(error))
            if answer.status < 500 or time.monotonic() > deadline:
                return answer
            time.sleep(0.1)
