"""The fake Stripe that tests and the laptop talk to: localstripe, with a front before it.

    with running_stripe(work_directory) as stripe:
        stripe.url                          # "http://127.0.0.1:port": STRIPE_API_BASE, payment.stripe_api_base
        stripe.plan(FaultPlan((late(...),), seed=7))     # from now on; FaultPlan() ends all faults
        stripe.charges()                    # list[Charge]: every charge that took money, refunded or not
        stripe.calls()                      # list[StripeCall]: every request that came, in order
        stripe.forget_idempotency_keys()    # as Stripe does a day later
        stripe.accept_only(key)             # every other API key is answered 401

The front honours idempotency keys as Stripe does, knows Stripe's test payment methods by name
(local/payments/test_cards.py), and meets the calls that its plan chooses with a fault
(local/payments/faults.py). All of it may be used from several threads.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from local.payments.faults import FaultPlan, StripeCall
from local.payments.ledger import Charge


class StripeFront:
    """A running fake Stripe."""

    url: str

    def charges(self) -> list[Charge]:
        """Return every charge that took money, in the order they were taken."""
        raise NotImplementedError

    def calls(self) -> list[StripeCall]:
        """Return every request that came, in the order of arrival."""
        raise NotImplementedError

    def plan(self, plan: FaultPlan) -> None:
        """Meet the calls that a plan chooses with its faults, from now on and until the next plan."""
        raise NotImplementedError

    def forget_idempotency_keys(self) -> None:
        """Forget what was answered to which key, as Stripe does after a day."""
        raise NotImplementedError

    def accept_only(self, api_key: str | None) -> None:
        """Answer 401 to every other key; None accepts any secret key again."""
        raise NotImplementedError


@contextmanager
def running_stripe(work_directory: Path) -> Iterator[StripeFront]:
    """Run a fake Stripe for the length of the block; its log is `stripe.log` in the directory."""
    raise NotImplementedError
    yield
