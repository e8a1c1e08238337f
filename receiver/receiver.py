"""Requests in, verified events out."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from .certificates import Certificates
from .confirmation import confirm
from .envelope import Envelope, Kind, open_envelope
from .events import Event, parse_event
from .fetching import Fetch, fetch
from .headers import Headers
from .refusals import Refused, TemporaryFailure
from .seen import Claim, SeenEvents, SeenInMemory
from .trust import Trust

_logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Delivered:
    """Hold an event; a duplicate was handled before and needs nothing but a 200."""

    event: Event
    duplicate: bool
    message_id: str


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Say that the subscription to a topic has been confirmed."""

    topic_arn: str
    message_id: str


@dataclass(frozen=True, slots=True)
class Unsubscribed:
    """Say that the subscription to a topic has ended; nothing more will come."""

    topic_arn: str
    message_id: str


Received = Delivered | Confirmed | Unsubscribed


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold the status and the text to answer a request with."""

    status: int
    text: str


class Receiver:
    """Verify what SNS posts to one webhook.

    One object serves all threads. `seen` is a SeenInMemory unless given, which forgets at a restart.
    """

    def __init__(
        self,
        trust: Trust,
        seen: SeenEvents | None = None,
        fetch: Fetch = fetch,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        if not isinstance(trust, Trust):
            raise TypeError(f"pass a Trust, such as Trust(client_id=…, …), not {type(trust).__name__}")
        for what, function in {"fetch": fetch, "clock": clock}.items():
            if not callable(function):
                raise TypeError(f"{what} is a function, not {type(function).__name__}")
        self._trust = trust
        self._seen = SeenInMemory() if seen is None else _checked(seen)
        self._fetch = fetch
        self._clock = clock
        self._certificates = Certificates(fetch)

    def answer(self, url: str, headers: Headers, body: bytes, work: Callable[[Event], object]) -> Answer:
        """Verify a request, do the work for a new event, and say what to answer.

        `url` is the request's URL, or its path, with the query; `body` is its body as it came, in bytes.

        `work` is called once per event as long as it succeeds; when it raises, the answer is 503, SNS repeats
        the delivery, and `work` is called again. It must return within SNS's 15 s: queue what takes longer.
        """
        if not callable(work):
            raise TypeError("pass the function that does the work for an event")
        if inspect.iscoroutinefunction(work):
            raise TypeError("work is an async function: pass a plain one, that is done when it returns")
        try:
            received = self.receive(url, headers, body)
        except Refused as refused:
            _logger.warning("refused a webhook request: %s", refused)
            return Answer(refused.status, f"{refused.code}: {refused.sentence}")
        if not isinstance(received, Delivered):
            return Answer(200, type(received).__name__.lower())
        if received.duplicate:
            return Answer(200, "duplicate")
        try:
            _do(work, received.event)
        except Exception:
            _logger.exception("event %s was not handled", received.event.id)
            self.release(received.event)
            return Answer(503, "not handled, please repeat")
        self.settle(received.event)
        return Answer(200, "handled")

    def receive(self, url: str, headers: Headers, body: bytes) -> Received:
        """Verify a request, confirming the subscription where it asks for that and is an expected one.

        The event of a Delivered that is no duplicate is claimed for you: call `settle` when your work is
        done and only then answer 200; call `release` and answer 503 when it failed.

        Raises Refused; answer with its `status`. Raises TypeError for what no request holds.
        """
        if not isinstance(url, str):
            raise TypeError(f"pass the request's URL with its query, as text, not {type(url).__name__}")
        envelope = open_envelope(headers, body)
        now = self._clock()
        self._trust.check(envelope, now)
        self._certificates.verify(envelope, self._trust.certificate_source(envelope), now)
        if envelope.kind is Kind.SUBSCRIPTION_CONFIRMATION:
            source = self._trust.confirmation_source(envelope)
            self._trust.check_webhook(url)
            confirm(source, self._fetch)
            return Confirmed(envelope.topic_arn, envelope.message_id)
        if envelope.kind is Kind.UNSUBSCRIBE_CONFIRMATION:
            # Its SubscribeURL would undo the unsubscribing: not ours to decide.
            return Unsubscribed(envelope.topic_arn, envelope.message_id)
        return self._delivered(envelope)

    def settle(self, event: Event) -> None:
        """Remember the event as handled: every later copy is a duplicate."""
        self._seen.settle(_id_of(event))

    def release(self, event: Event) -> None:
        """Give the event back unhandled: the next copy of it is new."""
        self._seen.release(_id_of(event))

    def _delivered(self, envelope: Envelope) -> Delivered:
        event = parse_event(envelope.message)
        self._trust.check_client(event)
        claim = self._seen.claim(event.id)
        if claim is Claim.BUSY:
            raise TemporaryFailure("in_progress", f"Another copy of event {event.id} is being handled.")
        return Delivered(event, claim is Claim.DONE, envelope.message_id)


def _checked(seen: SeenEvents) -> SeenEvents:
    # A class has the functions as well, but is not called with itself.
    has_all = all(callable(getattr(seen, name, None)) for name in ("claim", "settle", "release"))
    if isinstance(seen, type) or not has_all:
        raise TypeError(
            f"seen is an object with claim, settle and release, such as SeenInMemory(), not {seen!r}"
        )
    return seen


def _id_of(event: Event) -> str:
    if not isinstance(event, Event):
        raise TypeError(f"pass the event of the Delivered, not {type(event).__name__}")
    return event.id


def _do(work: Callable[[Event], object], event: Event) -> None:
    if inspect.isawaitable(work(event)):
        raise TypeError("work is an async function, which has done nothing yet: pass a plain one")
