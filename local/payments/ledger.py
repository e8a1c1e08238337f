"""What the fake Stripe has really done, whatever its callers were told."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, kw_only=True)
class Charge:
    """Money that was taken: one for each PaymentIntent that succeeded.

    `request_id` is the order's, from the intent's metadata ("" where the intent has none); `amount` is in
    the currency's minor unit and `currency` in lower case, both as Stripe has them.
    """

    intent_id: str
    request_id: str
    amount: int
    currency: str
    refunded_amount: int = 0

    @property
    def refunded(self) -> bool:
        """Whether all of it was given back."""
        return self.refunded_amount >= self.amount


OnCharge = Callable[[Charge], None]


class Ledger:
    """Charges by PaymentIntent, read from the answers of the fake Stripe itself."""

    def __init__(self, on_charge: OnCharge | None = None) -> None:
        """Call `on_charge` with each charge as soon as it is taken or given back."""
        self._on_charge = on_charge
        self._lock = threading.Lock()
        self._charges: dict[str, Charge] = {}
        self._request_ids: dict[str, str] = {}

    def charges(self) -> list[Charge]:
        """Return the charges in the order they were taken."""
        with self._lock:
            return list(self._charges.values())

    def request_id_of(self, intent_id: str) -> str | None:
        """Return the order that an intent was made for."""
        return self._request_ids.get(intent_id)

    def note(self, answer: Mapping[str, Any]) -> None:
        """Take from an answer what it says of an intent or a refund."""
        with self._lock:
            if answer.get("object") == "payment_intent":
                self._note_intent(answer)
            elif answer.get("object") == "refund":
                self._note_refund(answer)

    def _note_intent(self, intent: Mapping[str, Any]) -> None:
        request_id = intent["metadata"].get("request_id")
        if request_id:
            self._request_ids[intent["id"]] = request_id
        if intent["status"] == "succeeded" and intent["id"] not in self._charges:
            self._write(
                Charge(
                    intent_id=intent["id"],
                    request_id=request_id or "",
                    amount=intent["amount"],
                    currency=intent["currency"],
                )
            )

    def _note_refund(self, refund: Mapping[str, Any]) -> None:
        charge = self._charges.get(refund["payment_intent"] or "")
        if charge:
            self._write(replace(charge, refunded_amount=charge.refunded_amount + refund["amount"]))

    def _write(self, charge: Charge) -> None:
        self._charges[charge.intent_id] = charge
        if self._on_charge is not None:
            self._on_charge(charge)
