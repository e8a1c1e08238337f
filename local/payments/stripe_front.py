"""The fake Stripe that tests and the laptop talk to: localstripe, with a front before it.

    with running_stripe(work_directory) as stripe:
        stripe.url                          # "http://127.0.0.1:port": payment.stripe_api_base
        stripe.plan(FaultPlan((unavailable(share=0.2),), seed=7))   # from now on; FaultPlan() ends all
        stripe.charges()                    # list[Charge]: every charge that took money, refunded or not
        stripe.calls()                      # list[StripeCall]: every request that came, in order
        stripe.forget_idempotency_keys()    # as Stripe does a day later
        stripe.accept_only(key)             # every other API key is answered 401

The front honours idempotency keys as Stripe does, knows Stripe's test payment methods by name
(local/payments/cards.py), and meets the calls that its plan chooses with a fault (local/payments/faults.py).
All of it may be used from several threads.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path

from local.loopback import HOST
from local.payments.completion import CompletedStripe
from local.payments.faults import Fault, FaultPlan, StripeCall
from local.payments.front_requests import FrontRequest, FrontServer, intent_in, operation_of
from local.payments.idempotency import IdempotencyKeys
from local.payments.ledger import Charge, Ledger, OnCharge
from local.payments.stripe_server import running_localstripe
from local.payments.upstream import Answer, Upstream

_NO_KEY = {"type": "invalid_request_error", "message": "You did not provide an API key."}


@dataclass(frozen=True)
class _Planned:
    plan: FaultPlan
    over: threading.Event = field(default_factory=threading.Event)


class StripeFront:
    """A running fake Stripe."""

    def __init__(self, upstream: Upstream, on_charge: OnCharge | None = None) -> None:
        self._ledger = Ledger(on_charge)
        self._stripe = CompletedStripe(upstream, self._ledger)
        self._keys = IdempotencyKeys()
        self._lock = threading.Lock()
        self._calls: list[StripeCall] = []
        self._numbers: Counter[tuple[str | None, str]] = Counter()
        self._planned = _Planned(FaultPlan())
        self._only_key: str | None = None
        self.url = ""

    def charges(self) -> list[Charge]:
        """Return every charge that took money, in the order they were taken."""
        return self._ledger.charges()

    def calls(self) -> list[StripeCall]:
        """Return every request that came, in the order of arrival."""
        with self._lock:
            return list(self._calls)

    def plan(self, plan: FaultPlan) -> None:
        """Meet the calls that a plan chooses with its faults, from now on and until the next plan.

        Whatever the plan before still delays goes on at once.
        """
        with self._lock:
            before, self._planned = self._planned, _Planned(plan)
        before.over.set()

    def forget_idempotency_keys(self) -> None:
        """Forget what was answered to which key, as Stripe does after a day."""
        self._keys.forget()

    def accept_only(self, api_key: str | None) -> None:
        """Answer 401 to every other key; None accepts any secret key again."""
        self._only_key = api_key

    def respond(
        self, method: str, path: str, parameters: dict[str, str], *, key: str, idempotency_key: str | None
    ) -> Answer | Fault:
        """Return the answer to a request, or the fault that leaves the caller without one."""
        call = self._note(method, path, parameters, idempotency_key)
        refusal = self._refusal_of(key)
        if refusal:
            return Answer(HTTPStatus.UNAUTHORIZED, {"error": refusal})
        planned = self._planned
        fault = planned.plan.fault_for(call)
        if fault and fault.kind == "reset":
            return fault
        if fault and fault.kind == "answer":
            return Answer(fault.status, {"error": dict(fault.error)})
        answer = self._keys.once(
            idempotency_key, (method, path, parameters), lambda: self._act(call, fault, planned.over)
        )
        if fault and fault.kind == "late":
            planned.over.wait(fault.delay_seconds)
        return answer

    def _act(self, call: StripeCall, fault: Fault | None, over: threading.Event) -> Answer:
        if fault and fault.kind == "slow":
            over.wait(fault.delay_seconds)
        return self._stripe.ask(call)

    def _note(
        self, method: str, path: str, parameters: dict[str, str], idempotency_key: str | None
    ) -> StripeCall:
        operation = operation_of(method, path)
        intent_id = parameters.get("payment_intent") or intent_in(path)
        request_id = parameters.get("metadata[request_id]") or self._ledger.request_id_of(intent_id)
        with self._lock:
            self._numbers[request_id, operation] += 1
            call = StripeCall(
                operation=operation,
                method=method,
                path=path,
                request_id=request_id,
                number=self._numbers[request_id, operation],
                idempotency_key=idempotency_key,
                parameters=parameters,
            )
            self._calls.append(call)
        return call

    def _refusal_of(self, key: str) -> dict[str, str] | None:
        if not key:
            return _NO_KEY
        if not key.startswith(("sk_", "rk_")) or self._only_key not in (None, key):
            # Stripe shows the beginning and the end.
            shown = f"{key[:8]}{'*' * 8}{key[-4:]}"
            return {"type": "invalid_request_error", "message": f"Invalid API Key provided: {shown}"}
        return None

    @contextmanager
    def serving(self) -> Iterator[None]:
        """Serve a free loopback port for the length of the block."""
        handler = type("Request", (FrontRequest,), {"front": self})
        with FrontServer((HOST, 0), handler) as server:
            self.url = f"http://{HOST}:{server.server_address[1]}"
            thread = threading.Thread(target=server.serve_forever, name="stripe-front", daemon=True)
            thread.start()
            try:
                yield
            finally:
                self._planned.over.set()
                server.shutdown()
                thread.join()


@contextmanager
def running_stripe(work_directory: Path, on_charge: OnCharge | None = None) -> Iterator[StripeFront]:
    """Run a fake Stripe for the length of the block; its log is `stripe.log` in the directory.

    `on_charge` is called with each charge as soon as it is taken or given back. Raises StripeServerError when
    it does not start.
    """
    with running_localstripe(work_directory) as upstream:
        front = StripeFront(upstream, on_charge)
        with front.serving():
            yield front
