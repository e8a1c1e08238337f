"""Calls of Stripe's API through its own library: the key, the time-outs, and the meaning of its errors."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable
from functools import cache
from typing import Any, Protocol, TypeVar

import requests
import stripe
from requests.adapters import HTTPAdapter

from functions.domain.payment import PaymentGatewayRefused, PaymentGatewayUnavailable

Result = TypeVar("Result")

# The part of the function's time that no call of Stripe may use.
_RESERVED_SECONDS = 1.0
_LONGEST_CALL_SECONDS = 10.0
_LONGEST_CONNECT_SECONDS = 3.0
_CONFLICT = 409
_SERVER_ERROR = 500
_KEY_IN_TEXT = re.compile(r"\b[srp]k_[\w*]+")


class ApiKey(Protocol):
    """Where the API key comes from; `functions.adapters.payment_secret.PaymentSecret` is one."""

    @property
    def arn(self) -> str:
        """The secret's ARN, for messages."""

    def value(self) -> str:
        """Return the key."""

    def read_again(self) -> str:
        """Return the key as it is now."""


class StripeApi:
    """Calls Stripe within the time that the function has left."""

    def __init__(self, key: ApiKey, *, api_base: str, seconds_left: Callable[[], float]) -> None:
        """Call `api_base`, or Stripe itself where that is ""."""
        self._key = key
        self._base_addresses: Any = {"api": api_base} if api_base else None
        self._http = stripe.RequestsClient(session=_Session(seconds_left))
        # Its log would repeat Stripe's messages, which contain the ends of the key.
        logging.getLogger("stripe").setLevel(logging.WARNING)

    def ask(self, operation: Callable[[stripe.StripeClient], Result]) -> Result:
        """Return the result of an operation of Stripe's client; read a key that was rotated again, once.

        Raises `PaymentGatewayUnavailable` and `PaymentGatewayRefused`. Stripe's own `CardError` and
        `InvalidRequestError` are left to the caller.
        """
        key = self._key.value()
        try:
            return self._ask(key, operation)
        except stripe.AuthenticationError:
            current = self._key.read_again()
        try:
            if current != key:
                return self._ask(current, operation)
        except stripe.AuthenticationError:
            pass
        raise PaymentGatewayRefused(
            f"Stripe does not accept the API key in {self._key.arn}: put a valid one there, then redrive"
        )

    def _ask(self, key: str, operation: Callable[[stripe.StripeClient], Result]) -> Result:
        # The workflow retries.
        client = stripe.StripeClient(
            key, base_addresses=self._base_addresses, http_client=self._http, max_network_retries=0
        )
        try:
            return operation(client)
        except (stripe.AuthenticationError, stripe.CardError, stripe.InvalidRequestError):
            raise
        except stripe.StripeError as error:
            # Without its cause: its traceback would show the key.
            raise _meaning_of(error) from None


def refused(error: stripe.StripeError) -> PaymentGatewayRefused:
    """Return the error for a request that Stripe refuses at every attempt."""
    what = _KEY_IN_TEXT.sub("(the key)", str(error))
    return PaymentGatewayRefused(f"Stripe refuses the request ({_code_of(error)}): {what}")


def _meaning_of(error: stripe.StripeError) -> Exception:
    if isinstance(error, stripe.APIConnectionError):
        return PaymentGatewayUnavailable(f"Stripe did not answer: {type(error.__cause__).__name__}")
    status = error.http_status or _SERVER_ERROR
    is_busy = isinstance(error, stripe.RateLimitError) or status == _CONFLICT
    if is_busy or status >= _SERVER_ERROR or isinstance(error, stripe.APIError):
        return PaymentGatewayUnavailable(f"Stripe answered {status} ({_code_of(error)})")
    return refused(error)


def _code_of(error: stripe.StripeError) -> str:
    # A field that Stripe leaves out of an object is no attribute of it.
    return getattr(error.error, "code", None) or type(error).__name__


class _Session(requests.Session):
    """Times out before the function does, and ignores the environment.

    Its proxy or netrc settings would replace the address or the Authorization header.
    """

    def __init__(self, seconds_left: Callable[[], float]) -> None:
        super().__init__()
        self.trust_env = False
        self._seconds_left = seconds_left
        for scheme in ("https://", "http://"):
            self.mount(scheme, _connections())

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:  # noqa: ANN401 - as requests has it
        """Send a request; raise Timeout where no time is left."""
        left = min(self._seconds_left() - _RESERVED_SECONDS, _LONGEST_CALL_SECONDS)
        if left <= 0:
            raise requests.Timeout("the function has no time left")
        kwargs["timeout"] = (min(left, _LONGEST_CONNECT_SECONDS), left)
        return super().request(*args, **kwargs)


@cache
def _connections() -> HTTPAdapter:
    """Return the connections that a warm function reuses in its next invocation."""
    return HTTPAdapter()
