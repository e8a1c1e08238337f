"""A Stripe account: its PaymentMethods, its PaymentIntents, and the charges that these became."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from local.stripe import errors
from local.stripe.cards import CARDS, Card

Parameters = Mapping[str, str]
_CANCELLABLE = frozenset(("requires_payment_method", "requires_confirmation", "requires_action"))


@dataclass(frozen=True, kw_only=True)
class Charge:
    """Money that was taken: one for each PaymentIntent that succeeded.

    `request_id` is the order's, from the intent's metadata ("" where the intent has none). `amount` is in
    the currency's minor unit and `currency` in lower case, both as Stripe has them.
    """

    intent_id: str
    request_id: str
    amount: int
    currency: str
    refunded: bool = False


OnCharge = Callable[[Charge], None]


class StripeAccount:
    """The state behind Stripe's API. The operations raise StripeRefusal where Stripe refuses."""

    def __init__(self, on_charge: OnCharge | None = None) -> None:
        """Call `on_charge` with each charge as soon as it is taken or refunded."""
        self._on_charge = on_charge
        self.lock = threading.RLock()
        self._numbers = count(1)
        self._intents: dict[str, dict[str, Any]] = {}
        self._payment_methods: dict[str, dict[str, Any]] = {}
        self._cards: dict[str, Card] = {}
        self._used: set[str] = set()
        self._charges: dict[str, Charge] = {}

    def charges(self) -> list[Charge]:
        """Return the charges in the order they were taken."""
        with self.lock:
            return list(self._charges.values())

    def request_id_of(self, intent_id: str) -> str | None:
        """Return the order that an intent was created for."""
        metadata: dict[str, str] = self._intents.get(intent_id, {}).get("metadata", {})
        return metadata.get("request_id")

    def add_payment_method(
        self, card: Card | None = None, *, payment_method_type: str = "card", customer: str | None = None
    ) -> str:
        """Store a client's own PaymentMethod, which can be used once unless it has a customer."""
        payment_method = self._object("pm", "payment_method", type=payment_method_type, customer=customer)
        payment_method_id: str = payment_method["id"]
        self._payment_methods[payment_method_id] = payment_method
        self._cards[payment_method_id] = card or Card()
        return payment_method_id

    def create(self, parameters: Parameters) -> dict[str, Any]:
        """Create a PaymentIntent with a PaymentMethod."""
        if any(name.startswith("payment_method_types") for name in parameters):
            # https://docs.stripe.com/changelog: since the API of 2026-09-30.
            raise errors.StripeRefusal("Use others.", code="payment_method_types_no_longer_supported")
        payment_method = self.payment_method(parameters["payment_method"], status=400)
        if payment_method["id"] in self._used:
            raise errors.StripeRefusal(errors.USED_BEFORE)
        if payment_method["customer"]:
            raise errors.customer_missing(payment_method["id"], payment_method["customer"])
        if payment_method["type"] != "card":
            raise errors.type_not_allowed(payment_method["type"])
        intent = self._object(
            "pi",
            "payment_intent",
            amount=int(parameters["amount"]),
            automatic_payment_methods={"enabled": True, "allow_redirects": "always"}
            | _fields(parameters, "automatic_payment_methods"),
            cancellation_reason=None,
            currency=parameters["currency"],
            last_payment_error=None,
            metadata=_fields(parameters, "metadata"),
            payment_method=payment_method["id"],
            status="requires_confirmation",
        )
        self._intents[intent["id"]] = intent
        return intent

    def retrieve(self, intent_id: str) -> dict[str, Any]:
        """Return a PaymentIntent."""
        if intent_id not in self._intents:
            raise errors.missing("payment_intent", intent_id, param="intent", status=404)
        return self._intents[intent_id]

    def confirm(self, intent_id: str, parameters: Parameters) -> dict[str, Any]:
        """Charge a PaymentIntent's PaymentMethod."""
        intent = self.retrieve(intent_id)
        if intent["status"] != "requires_confirmation":
            raise errors.unexpected_state(intent, "confirm")
        redirects = intent["automatic_payment_methods"]["allow_redirects"]
        if redirects != "never" and "return_url" not in parameters:
            raise errors.StripeRefusal(errors.RETURN_URL_MISSING, payment_intent=dict(intent))
        payment_method = intent["payment_method"]
        if payment_method in self._used:
            raise self._failed(intent, errors.USED_MEANWHILE, status=400)
        self._used.add(payment_method)
        card = self._cards[payment_method]
        if card.code:
            codes = {"code": card.code} | ({"decline_code": card.decline_code} if card.decline_code else {})
            raise self._failed(intent, "Your card was declined.", status=402, type="card_error", **codes)
        intent["status"] = card.status
        if card.status == "succeeded":
            request_id = intent["metadata"].get("request_id", "")
            charged = {"amount": intent["amount"], "currency": intent["currency"]}
            self._write(Charge(intent_id=intent_id, request_id=request_id, **charged))
        return intent

    def cancel(self, intent_id: str, parameters: Parameters) -> dict[str, Any]:
        """Cancel a PaymentIntent that has not taken anything."""
        intent = self.retrieve(intent_id)
        if intent["status"] not in _CANCELLABLE:
            raise errors.unexpected_state(intent, "cancel")
        intent |= {"status": "canceled", "cancellation_reason": parameters.get("cancellation_reason")}
        return intent

    def refund(self, parameters: Parameters) -> dict[str, Any]:
        """Refund what a PaymentIntent took."""
        intent = self.retrieve(parameters["payment_intent"])
        charge = self._charges.get(intent["id"])
        if charge is None:
            raise errors.unexpected_state(intent, "refund")
        if charge.refunded:
            raise errors.StripeRefusal("It has already been refunded.", code="charge_already_refunded")
        self._write(replace(charge, refunded=True))
        return self._object(
            "re", "refund", amount=charge.amount, payment_intent=intent["id"], status="succeeded"
        )

    def payment_method(self, payment_method_id: str, *, status: int = 404) -> dict[str, Any]:
        """Return a PaymentMethod; each use of a test name is a new one. `status` is that of its absence."""
        if payment_method_id in CARDS:
            payment_method_id = self.add_payment_method(CARDS[payment_method_id])
        if payment_method_id not in self._payment_methods:
            raise errors.missing("PaymentMethod", payment_method_id, param="payment_method", status=status)
        return self._payment_methods[payment_method_id]

    def _failed(
        self, intent: dict[str, Any], message: str, *, status: int, **fields: object
    ) -> errors.StripeRefusal:
        refusal = errors.StripeRefusal(message, status=status, **fields)
        intent |= {"status": "requires_payment_method", "payment_method": None}
        intent["last_payment_error"] = dict(refusal.error)
        refusal.error["payment_intent"] = dict(intent)
        return refusal

    def _object(self, prefix: str, kind: str, **fields: object) -> dict[str, Any]:
        return {"id": f"{prefix}_{next(self._numbers):08}", "object": kind, "livemode": False, **fields}

    def _write(self, charge: Charge) -> None:
        self._charges[charge.intent_id] = charge
        if self._on_charge is not None:
            self._on_charge(charge)


def _fields(parameters: Parameters, name: str) -> dict[str, str]:
    """Return the fields of a nested parameter, sent as `name[field]`."""
    prefix = f"{name}["
    return {key[len(prefix) : -1]: value for key, value in parameters.items() if key.startswith(prefix)}
