"""The fake Stripe that tests and the laptop use.

    with running_stripe() as stripe:
        stripe.url                                         # for the setting payment.stripe_api_base
        stripe.inject(unavailable(operations=frozenset(["confirm"])))    # until the next `inject`
        stripe.account.charges()                           # every charge that took money, refunded or not
        stripe.account.add_payment_method()                # the ID of a PaymentMethod that can be used once
        stripe.calls()                                     # every request, in order of arrival
        stripe.idempotency_keys.forget()                   # as Stripe does a day later
        stripe.only_key = "sk_test_new"                    # every other API key is answered 401

It runs in threads of this process. Every method may be called from any thread.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus

from local.loopback import HOST
from local.loopback_requests import loopback_only
from local.stripe.account import OnCharge, StripeAccount
from local.stripe.errors import StripeRefusal
from local.stripe.faults import Fault, Operation, StripeCall
from local.stripe.idempotency import IdempotencyKeys, StripeResponse, error_response
from local.stripe.server import StripeRequest, StripeServer

_OPERATIONS: tuple[tuple[str, str, Operation], ...] = (
    ("POST", r"/v1/payment_intents()", "create"),
    ("POST", r"/v1/payment_intents/([^/]+)/confirm", "confirm"),
    ("POST", r"/v1/payment_intents/([^/]+)/cancel", "cancel"),
    ("GET", r"/v1/payment_intents/([^/]+)", "retrieve"),
    ("GET", r"/v1/payment_methods/([^/]+)", "retrieve_payment_method"),
    ("POST", r"/v1/refunds()", "refund"),
)
FaultFor = Callable[[StripeCall], Fault | None]


@dataclass(frozen=True)
class _Injection:
    fault_for: FaultFor
    over: threading.Event = field(default_factory=threading.Event)


class FakeStripe:
    """A running fake Stripe."""

    def __init__(self, on_charge: OnCharge | None = None) -> None:
        self.url = ""
        self.account = StripeAccount(on_charge)
        self.idempotency_keys = IdempotencyKeys()
        self.only_key: str | None = None
        self._lock = threading.Lock()
        self._calls: list[StripeCall] = []
        self._numbers: Counter[tuple[str | None, str]] = Counter()
        self._injection = _Injection(lambda _: None)

    def calls(self) -> list[StripeCall]:
        """Return every request, in the order of arrival."""
        with self._lock:
            return list(self._calls)

    def inject(self, *faults: Fault) -> None:
        """Let each call meet the first fault that applies to it; without faults, stop injecting."""
        self.inject_by(lambda call: next((fault for fault in faults if fault.applies_to(call)), None))

    def inject_by(self, fault_for: FaultFor) -> None:
        """Let `fault_for` choose each call's fault. Responses that were delayed until now continue."""
        with self._lock:
            last, self._injection = self._injection, _Injection(fault_for)
        last.over.set()

    def respond(
        self, method: str, path: str, parameters: dict[str, str], *, api_key: str, idempotency_key: str | None
    ) -> StripeResponse | None:
        """Return the response to a request, or None to reset its connection."""
        call = self._record(method, path, parameters, idempotency_key)
        if not api_key.startswith(("sk_", "rk_")) or self.only_key not in (None, api_key):
            # Stripe shows the beginning and the end of a key.
            message = f"Invalid API Key provided: {api_key[:8]}{'*' * 8}{api_key[-4:]}"
            return error_response(HTTPStatus.UNAUTHORIZED, type="invalid_request_error", message=message)
        injection = self._injection
        fault = injection.fault_for(call)
        if fault and fault.kind == "reset":
            return None
        if fault and fault.kind == "answer":
            return error_response(fault.status, **fault.error)

        def execute() -> StripeResponse:
            if fault and fault.kind == "slow":
                injection.over.wait(fault.delay_seconds)
            return self._execute(call)

        if idempotency_key and method == "POST":
            response = self.idempotency_keys.once(idempotency_key, (path, parameters), execute)
        else:
            response = execute()
        if fault and fault.kind == "late":
            injection.over.wait(fault.delay_seconds)
        return response

    def _execute(self, call: StripeCall) -> StripeResponse:
        account = self.account
        operations = {
            "create": lambda: account.create(call.parameters),
            "retrieve": lambda: account.retrieve(call.object_id),
            "confirm": lambda: account.confirm(call.object_id, call.parameters),
            "cancel": lambda: account.cancel(call.object_id, call.parameters),
            "refund": lambda: account.refund(call.parameters),
            "retrieve_payment_method": lambda: account.payment_method(call.object_id),
        }
        if call.operation == "other":
            message = f"Unrecognized request URL ({call.method}: {call.path})."
            return error_response(HTTPStatus.NOT_FOUND, type="invalid_request_error", message=message)
        try:
            with account.lock:
                return StripeResponse(HTTPStatus.OK, dict(operations[call.operation]()))
        except StripeRefusal as refusal:
            return error_response(refusal.status, **refusal.error)

    def _record(
        self, method: str, path: str, parameters: dict[str, str], idempotency_key: str | None
    ) -> StripeCall:
        operation, object_id = _operation_of(method, path)
        intent_id = parameters.get("payment_intent") or object_id
        request_id = parameters.get("metadata[request_id]") or self.account.request_id_of(intent_id)
        with self._lock:
            self._numbers[request_id, operation] += 1
            call = StripeCall(
                operation=operation,
                method=method,
                path=path,
                object_id=object_id,
                request_id=request_id,
                number=self._numbers[request_id, operation],
                idempotency_key=idempotency_key,
                parameters=parameters,
            )
            self._calls.append(call)
        return call


@contextmanager
def running_stripe(on_charge: OnCharge | None = None) -> Iterator[FakeStripe]:
    """Serve a fake Stripe on a free loopback port for the length of the block.

    `on_charge` is called with each charge as soon as it is taken or refunded.
    """
    stripe = FakeStripe(on_charge)
    handler = type("Request", (StripeRequest,), {"responder": stripe})
    with StripeServer((HOST, 0), loopback_only(handler)) as server:
        stripe.url = f"http://{HOST}:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, name="fake-stripe", daemon=True)
        thread.start()
        try:
            yield stripe
        finally:
            stripe.inject()
            server.shutdown()
            thread.join()


def _operation_of(method: str, path: str) -> tuple[Operation, str]:
    for verb, pattern, operation in _OPERATIONS:
        match = re.fullmatch(pattern, path)
        if match and verb == method:
            return operation, match[1]
    return "other", ""
