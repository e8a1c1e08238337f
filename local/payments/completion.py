"""What localstripe leaves out of Stripe, as far as a payment's way goes."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from local.payments.cards import CARDS, Card
from local.payments.faults import StripeCall
from local.payments.front_requests import intent_in
from local.payments.ledger import Ledger
from local.payments.upstream import Answer, Upstream


class CompletedStripe:
    """Localstripe with Stripe's test cards, error codes and rules of refunding; writes the ledger."""

    def __init__(self, upstream: Upstream, ledger: Ledger) -> None:
        self._upstream = upstream
        self._ledger = ledger
        self._lock = threading.Lock()
        self._payment_methods: dict[str, str] = {}
        self._cards: dict[str, Card] = {}
        self._cancellation_reasons: dict[str, str] = {}
        self._undecided: set[str] = set()

    def ask(self, call: StripeCall) -> Answer:
        """Do what a call asks for, one call at a time, and return what Stripe would answer."""
        with self._lock:
            answer = self._ask(call)
            self._ledger.note(answer.body)
            return answer

    def _ask(self, call: StripeCall) -> Answer:
        intent_id = _intent_id(call)
        card = self._cards.get(intent_id)
        if call.operation == "create":
            return self._create(call)
        if call.operation == "confirm" and card and card.stays_processing:
            self._undecided.add(intent_id)
        if call.operation in ("confirm", "cancel") and intent_id in self._undecided:
            return self._undecided_answer(call, intent_id)
        if call.operation == "refund" and self._is_refunded(intent_id):
            return _refuse(code="charge_already_refunded", message="The charge has already been refunded.")
        parameters = dict(call.parameters)
        reason = parameters.pop("cancellation_reason", None)
        answer = self._upstream.ask(call.method, call.path, parameters)
        if call.operation == "cancel" and answer.succeeded and reason:
            self._cancellation_reasons[intent_id] = reason
        return self._complete(call, answer, card)

    def _create(self, call: StripeCall) -> Answer:
        # Localstripe knows the parameter of old, which Stripe's present API has given up for the other.
        if "payment_method_types[0]" in call.parameters:
            return _refuse(code="payment_method_types_no_longer_supported", message="No longer supported.")
        parameters = {
            name: value
            for name, value in call.parameters.items()
            if not name.startswith("allowed_payment_method_types")
        }
        token = parameters.get("payment_method", "")
        card = CARDS.get(token)
        if card:
            parameters["payment_method"] = self._payment_method(token, card)
        answer = self._upstream.ask(call.method, call.path, parameters)
        if card and answer.succeeded:
            self._cards[answer.body["id"]] = card
        if answer.status == HTTPStatus.NOT_FOUND and token:
            message = f"No such PaymentMethod: '{token}'"
            return _refuse(code="resource_missing", param="payment_method", message=message)
        return self._complete(call, answer, card)

    def _payment_method(self, token: str, card: Card) -> str:
        if token not in self._payment_methods:
            made = self._upstream.ask("POST", "/v1/payment_methods", card.parameters)
            self._payment_methods[token] = made.body["id"]
        return self._payment_methods[token]

    def _undecided_answer(self, call: StripeCall, intent_id: str) -> Answer:
        intent = self._complete(call, self._upstream.ask("GET", f"/v1/payment_intents/{intent_id}"), None)
        return intent if call.operation == "confirm" else _unexpected_state(intent.body)

    def _is_refunded(self, intent_id: str) -> bool:
        return any(each.intent_id == intent_id and each.refunded for each in self._ledger.charges())

    def _complete(self, call: StripeCall, answer: Answer, card: Card | None) -> Answer:
        body = answer.body
        if body.get("object") == "payment_intent":
            return Answer(answer.status, self._intent(body, card))
        if answer.status == HTTPStatus.PAYMENT_REQUIRED:
            shown = self._upstream.ask("GET", f"/v1/payment_intents/{_intent_id(call)}").body
            decline = {"type": "card_error", "payment_intent": self._intent(shown, card)}
            if card and card.decline_code:
                decline["decline_code"] = card.decline_code
            return Answer(answer.status, {"error": body["error"] | decline})
        if answer.status == HTTPStatus.BAD_REQUEST and call.operation in ("confirm", "cancel"):
            return _unexpected_state(
                self._upstream.ask("GET", f"/v1/payment_intents/{_intent_id(call)}").body
            )
        return answer

    def _intent(self, intent: Mapping[str, Any], card: Card | None) -> dict[str, Any]:
        completed = {**intent, "cancellation_reason": self._cancellation_reasons.get(intent["id"])}
        if intent["id"] in self._undecided:
            completed["status"] = "processing"
        if intent.get("last_payment_error") and card and card.decline_code:
            completed["last_payment_error"] = {
                **intent["last_payment_error"],
                "type": "card_error",
                "decline_code": card.decline_code,
            }
        return completed


def _intent_id(call: StripeCall) -> str:
    return call.parameters.get("payment_intent") or intent_in(call.path)


def _refuse(**error: Any) -> Answer:  # noqa: ANN401 - the fields of Stripe's error
    return Answer(HTTPStatus.BAD_REQUEST, {"error": {"type": "invalid_request_error", **error}})


def _unexpected_state(intent: Mapping[str, Any]) -> Answer:
    message = f"This PaymentIntent could not be changed because it has a status of {intent['status']}."
    return _refuse(code="payment_intent_unexpected_state", message=message, payment_intent=intent)
