"""What a receiver accepts: for which client, from which topics, how old, signed by whom, confirmed where."""

from __future__ import annotations

import math
import reprlib
from collections.abc import Callable, Collection
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from .envelope import Envelope
from .events import Event
from .refusals import TemporaryFailure, UntrustedMessage, listed, shown, shown_end
from .sources import SigningAuthority, Source, certificate_source, confirmation_source, is_topic_arn
from .webhook_ids import webhook_id_in

_TOPIC_ARNS = 'a set of one or more topic ARNs, such as {"arn:aws:sns:…"}'
_WEBHOOK_IDS = (
    'a set of one or more webhook IDs, such as {"wh_…"}, or a function such as webhook_ids_in(path)'
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Trust:
    """Say what a receiver accepts.

    - client_id: whose events you expect, as the service knows you; every other client's are refused. It is
      in the signed document of each event. Required.
    - topic_arns: the topics you subscribed to; every other one is refused. Required.
    - webhook_ids: the webhooks whose subscriptions are confirmed: their IDs, or a function that is asked for
      each handshake, such as a `WebhookIds` or a look-up where you store what `POST /webhooks` returned.
      Required.
    - minimum_signature_version: 2 by default, which is what our topics use. Version 1 rests on SHA-1, for
      which two texts with one signature can be made; allow it only for a topic that cannot do better.
    - maximum_age_seconds: SNS signs once and repeats the same Timestamp on every retry. A delivery policy may
      spread waits over an hour, and up to a hundred unanswered attempts of 15 s each add 25 minutes; the
      default of 90 minutes covers that. A redelivery after that is published again, with a new Timestamp.
    - maximum_lead_seconds: how far your clock may be behind that of SNS.
    - authority: one more SNS to trust, for local use. Without it, only AWS is trusted.

    Raises ValueError for an option of the wrong type, or one that would accept more than it says.
    """

    client_id: str
    topic_arns: Collection[str]
    webhook_ids: Collection[str] | Callable[[str], bool]
    minimum_signature_version: int = 2
    maximum_age_seconds: float = 5400
    maximum_lead_seconds: float = 300
    authority: SigningAuthority | None = None

    def __post_init__(self) -> None:
        if not _is_text(self.client_id):
            raise ValueError(
                'client_id is text: your client ID as the service knows you, such as "123456789012:role/Shop"'
                f", not {reprlib.repr(self.client_id)}"
            )
        object.__setattr__(self, "topic_arns", _texts("topic_arns", _TOPIC_ARNS, self.topic_arns))
        for arn in self.topic_arns:
            if not is_topic_arn(arn):
                raise ValueError(f"{arn!r} is not the ARN of a standard SNS topic")
        if not callable(self.webhook_ids):
            object.__setattr__(self, "webhook_ids", _texts("webhook_ids", _WEBHOOK_IDS, self.webhook_ids))
        if type(self.minimum_signature_version) is not int or self.minimum_signature_version not in (1, 2):
            raise ValueError("minimum_signature_version is 1 or 2")
        for name in ("maximum_age_seconds", "maximum_lead_seconds"):
            value = getattr(self, name)
            if type(value) not in {int, float} or not math.isfinite(value) or value < 0:
                raise ValueError(f"{name} is a number that is finite and not negative")
        if self.authority is not None and not isinstance(self.authority, SigningAuthority):
            raise ValueError("authority is a SigningAuthority or None")

    def check(self, envelope: Envelope, now: datetime) -> None:
        """Refuse what needs no certificate to be refused: topic, signature version, age."""
        if envelope.topic_arn not in self.topic_arns:
            raise UntrustedMessage(
                "topic_not_allowed",
                f"The topic {shown_end(envelope.topic_arn)} is not in topic_arns: {listed(self.topic_arns)}.",
            )
        known = [str(version) for version in range(self.minimum_signature_version, 3)]
        if envelope.signature_version not in known:
            raise UntrustedMessage(
                "signature_version",
                f"Signature version {shown(envelope.signature_version)} is not among {', '.join(known)}.",
            )
        age = now - envelope.sent_at
        if age > timedelta(seconds=self.maximum_age_seconds):
            # A redelivery is signed again; or this machine's clock is fast.
            raise TemporaryFailure(
                "too_old",
                f"The message is of {envelope.timestamp}, more than {self.maximum_age_seconds:g} s before "
                f"this machine's {_clock(now)}.",
            )
        if -age > timedelta(seconds=self.maximum_lead_seconds):
            # Most likely this machine's clock is slow: a later attempt can succeed.
            raise TemporaryFailure(
                "from_the_future",
                f"The message is of {envelope.timestamp}, more than {self.maximum_lead_seconds:g} s after "
                f"this machine's {_clock(now)}.",
            )

    def check_client(self, event: Event) -> None:
        """Refuse another client's event: a genuine message, but not for this receiver."""
        if event.client_id != self.client_id:
            raise UntrustedMessage(
                "client_not_allowed",
                f"The event is for the client {shown(event.client_id)}, not for {shown(self.client_id)}.",
            )

    def check_webhook(self, url: str) -> None:
        """Refuse to confirm a webhook that is not expected.

        Raises UntrustedMessage, or TemporaryFailure for an ID that may yet be added.
        """
        webhook_id = webhook_id_in(url)
        if callable(self.webhook_ids):
            expected = self.webhook_ids(webhook_id)
            if type(expected) is not bool:
                # The coroutine of an async function, for example, would count as true.
                raise TypeError(f"webhook_ids returned {type(expected).__name__}, not True or False")
        else:
            expected = webhook_id in self.webhook_ids
        if not expected:
            known = "" if callable(self.webhook_ids) else f": {listed(self.webhook_ids)}"
            raise TemporaryFailure(
                "webhook_not_expected", f"The webhook {shown(webhook_id)} is not in webhook_ids (yet){known}."
            )

    def certificate_source(self, envelope: Envelope) -> Source:
        """Return where the signing certificate may be fetched, refusing every other place."""
        return certificate_source(envelope, self.authority)

    def confirmation_source(self, envelope: Envelope) -> Source:
        """Return the URL that confirms the subscription, refusing one that would do anything else."""
        return confirmation_source(envelope, self.authority)


def _texts(name: str, what: str, values: object) -> frozenset[str]:
    # A set that the caller holds may change later, and text is a collection of letters.
    if not isinstance(values, AbstractSet | list | tuple) or not values or not all(map(_is_text, values)):
        raise ValueError(f"{name} is {what}, not {reprlib.repr(values)}")
    return frozenset(values)


def _clock(now: datetime) -> str:
    return now.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""
