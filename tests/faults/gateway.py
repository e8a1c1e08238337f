"""The gateway's part of the plan, which the fake Stripe asks about each call."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable

from local.stripe.faults import Fault, StripeCall, rate_limited, unavailable
from tests.faults.plan import GATEWAY_FAULTS, GATEWAY_NEVER_ANSWERS, RELEASE_GIVEN_UP, FaultPlan, gateway

_CHARGING = frozenset({"create", "confirm"})
_SLOW_SECONDS = 1.0


class GatewayFaults:
    """Decides which calls of Stripe's API meet which fault; thread-safe.

    `late_seconds` is longer than the function waits for an answer.
    """

    def __init__(self, plan: FaultPlan, *, late_seconds: float) -> None:
        self._plan = plan
        self._faults = {
            "unavailable": unavailable(),
            "rate limited": rate_limited(),
            "reset": Fault(kind="reset"),
            "slow": Fault(kind="slow", delay_seconds=_SLOW_SECONDS),
            "answers too late": Fault(kind="late", delay_seconds=late_seconds),
        }
        self._taken_unseen = plan.chosen[RELEASE_GIVEN_UP].union(
            sorted(plan.chosen[GATEWAY_NEVER_ANSWERS])[::2]
        )
        self._silent = set(plan.failing)
        self._lock = threading.Lock()
        self._references: dict[str, str] = {}
        self._numbers: Counter[tuple[str, str]] = Counter()
        self.happened: Counter[str] = Counter()

    def answer_again(self, references: Iterable[str]) -> None:
        """Answer from now on whatever is asked about these orders."""
        with self._lock:
            self._silent.difference_update(references)

    def fault_for(self, call: StripeCall) -> Fault | None:
        """Return the fault that a call meets, if any."""
        with self._lock:
            reference = self._reference_of(call)
            if reference in self._silent:
                return self._silence(call, reference)
            if reference is None or call.operation not in _CHARGING:
                return None
            for fault in GATEWAY_FAULTS:
                self._numbers[fault, reference] += 1
                if self._plan.hits(gateway(fault), reference, self._numbers[fault, reference]):
                    self.happened[gateway(fault)] += 1
                    return self._faults[fault]
        return None

    def _silence(self, call: StripeCall, reference: str) -> Fault | None:
        self.happened[GATEWAY_NEVER_ANSWERS] += reference in self._plan.chosen[GATEWAY_NEVER_ANSWERS]
        # Of every second of these orders the money is taken unseen, and has to be given back.
        if reference in self._taken_unseen:
            if call.operation == "create":
                return None
            if call.operation == "confirm":
                return self._faults["answers too late"]
        return self._faults["unavailable"]

    def _reference_of(self, call: StripeCall) -> str | None:
        reference = call.parameters.get("metadata[reference]")
        if reference is None:
            return self._references.get(call.request_id or "")
        self._references[call.request_id or ""] = reference
        return reference
