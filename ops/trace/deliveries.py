"""SNS's delivery log entries, and notes on missing ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

from functions.domain.deliveries.row import RowState
from functions.domain.event import AUDIENCE_ALL
from ops.instants import read_instant, span
from ops.tables import KnownWebhook
from ops.trace.entry import LONGEST_RESPONSE, Entry, answer_text, first_line
from ops.trace.events import Publication, publications
from ops.trace.sources import DeliveryEntry, Sources
from ops.words import number_of

# SNS tries for an hour at most, and each attempt may take its time-out.
_LONGEST_DELIVERY = timedelta(minutes=90)
_REFUSALS = range(400, 500)


def delivery_entries(sources: Sources) -> Iterator[Entry]:
    """Yield each attempt that is recorded: its webhook and response.

    SNS logs each attempt or the last one alone, so the first that is recorded may have failed ones before it.
    """
    recorded: set[tuple[str, str]] = set()
    for entry in sources.deliveries:
        whom = _whom(entry.destination, sources.webhooks)
        delivery = (entry.message_id, entry.destination)
        if entry.succeeded:
            yield _delivered(entry, whom, is_only=delivery not in recorded)
        elif is_tried_again(entry, sources):
            yield _retried(entry, whom)
        else:
            yield _failed(entry, whom)
        recorded.add(delivery)


def delivery_notes(sources: Sources) -> Iterator[str]:
    """Yield a note for each delivery without a log entry and without a row."""
    has_row = {row.webhook_id for row in sources.rows}
    recorded = {
        (entry.message_id, webhook_of(entry.destination, sources.webhooks)) for entry in sources.deliveries
    }
    for publication in publications(sources):
        addressed = _addressed(publication, sources.webhooks)
        if not addressed and not has_row and publication.audience == AUDIENCE_ALL:
            yield (
                f"The client had no webhook for {publication.event_type} when it was published: SNS sent "
                "it to no webhook."
            )
        for webhook in addressed:
            if webhook.webhook_id in has_row:
                continue
            if (publication.sns_message_id, webhook.webhook_id) not in recorded:
                yield _missing(publication, webhook, sources)


def webhook_of(destination: str, webhooks: Sequence[KnownWebhook]) -> str | None:
    """Return the ID of the webhook that is called at a destination."""
    named = parse_qs(urlsplit(destination).query).get("webhook_id")
    if named:
        return named[-1]
    return next((each.webhook_id for each in webhooks if each.endpoint_url == destination), None)


def _whom(destination: str, webhooks: Sequence[KnownWebhook]) -> str:
    webhook_id = webhook_of(destination, webhooks)
    if webhook_id is None:
        return place_of(destination)
    # Where a deleted webhook was is not stored any more.
    is_deleted = not urlsplit(destination).netloc
    return f"{webhook_id} (deleted)" if is_deleted else f"{webhook_id} at {place_of(destination)}"


def place_of(url: str) -> str:
    """Return a URL without its query and its credentials, which may be a secret of the client's."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


def is_tried_again(entry: DeliveryEntry, sources: Sources) -> bool:
    """Return whether SNS has made a later attempt of the same delivery, or is about to."""
    same = [
        each
        for each in sources.deliveries
        if (each.message_id, each.destination) == (entry.message_id, entry.destination)
    ]
    if any(each.attempts > entry.attempts for each in same):
        return True
    webhook_id = webhook_of(entry.destination, sources.webhooks)
    return any(
        row.webhook_id == webhook_id
        and row.state is RowState.PENDING
        and row.sns_message_id in (None, entry.message_id)
        for row in sources.rows
    )


def _retried(entry: DeliveryEntry, whom: str) -> Entry:
    what = f"{whom} {_answer(entry)} at attempt {entry.attempts}: SNS tries again"
    return Entry(time=entry.time, where="delivery", what=what, mark="retry", details=_details(entry))


def _answer(entry: DeliveryEntry) -> str:
    response = first_line(entry.response, LONGEST_RESPONSE)
    said = f" ({response})" if response else ""
    return f"answered {entry.status_code}{said}" if entry.status_code else f"gave no answer{said}"


def _delivered(entry: DeliveryEntry, whom: str, *, is_only: bool) -> Entry:
    tries = f"attempt {entry.attempts}"
    if entry.attempts > 1 and is_only:
        failed = entry.attempts - 1
        tries += f", after {failed} that failed" if failed > 1 else ", after one that failed"
    took = span(entry.dwell_seconds)
    what = f"{whom} answered {entry.status_code} at {tries}; {took} after the publication"
    return Entry(time=entry.time, where="delivery", what=what, details=_details(entry))


def _failed(entry: DeliveryEntry, whom: str) -> Entry:
    answered = answer_text(entry.status_code, entry.response)
    attempts = number_of(entry.attempts, "attempt")
    if entry.status_code in _REFUSALS:
        what = f"{whom} refused with {answered}: SNS does not retry this status"
    else:
        took = span(entry.dwell_seconds)
        what = f"SNS gave up on {whom} after {attempts} in {took}: last {answered}"
    return Entry(time=entry.time, where="delivery", what=what, mark="failed", details=_details(entry))


def _details(entry: DeliveryEntry) -> dict[str, object]:
    return {
        "sns_message_id": entry.message_id,
        "destination": entry.destination.partition("?")[0],
        "attempts": entry.attempts,
        "status_code": entry.status_code,
        "outcome": "delivered" if entry.succeeded else "failed",
        "dwell_seconds": entry.dwell_seconds,
    }


def _addressed(publication: Publication, webhooks: Sequence[KnownWebhook]) -> list[KnownWebhook]:
    return [
        each
        for each in webhooks
        if publication.event_type in each.event_types
        and publication.audience in (AUDIENCE_ALL, each.webhook_id)
        and (each.created_at is None or read_instant(each.created_at) <= publication.time)
    ]


def _missing(publication: Publication, webhook: KnownWebhook, sources: Sources) -> str:
    which = f"SNS message {publication.sns_message_id[:8]}… at {webhook.webhook_id}"
    if webhook.status == "pending_confirmation":
        return f"{which}: the webhook has not confirmed its subscription, so SNS sends it no events."
    if sources.read_at - publication.time < _LONGEST_DELIVERY:
        return f"{which}: no outcome is logged yet. SNS is still trying."
    return f"{which}: not in the log. The entry has expired, or SNS wrote none."
