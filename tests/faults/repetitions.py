"""Why a webhook got an event again: each repetition has a cause that the run itself has put there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from receiver.hooks import Attempt
from tests.faults.facts import Delivery, Repetition
from tests.faults.plan import DELIVERED_TWICE, ENTRY_NEVER_WRITTEN, FAILING_DELIVERED_TWICE

ASKED_FOR = "the client asked for it again"
ENTRY_LOST = "a log entry was lost"
KILLED = "a function was killed, or an answer to it was lost"
ANSWERED_TOO_LATE = "the webhook answered too late"
SNS_ITSELF = "SNS's own repetition"

# Words of the places that leave a function without knowing what it has done.
_INTERRUPTIONS = ("killed", "too late", "done but answered with an error", "refused")
_TAKEN = ("handled", "duplicate")


def find_repetitions(
    attempts: Mapping[str, Sequence[Attempt]],
    deliveries: Iterable[Delivery],
    places: Mapping[str, frozenset[str]],
    *,
    late_hooks: frozenset[str],
    asked_for: frozenset[str],
) -> tuple[Repetition, ...]:
    """Return the events that a webhook took more than once.

    `places` has the faults that hit an order, by its request ID; `late_hooks` are the webhooks that may have
    taken what SNS has given up, and `asked_for` the request IDs whose events a client asked for again.
    """
    publications = {(each.hook, each.event_id): each.publications for each in deliveries}
    found = []
    for hook, tried in attempts.items():
        taken = Counter((each.event_id, each.subject) for each in tried if _is_taken(each))
        for (event_id, request_id), times in taken.items():
            if times > 1:
                cause = _cause(
                    places.get(request_id or "", frozenset()),
                    is_late=hook in late_hooks,
                    is_asked_for=request_id in asked_for,
                    is_published_again=publications.get((hook, event_id or ""), 1) > 1,
                )
                found.append(Repetition(hook=hook, request_id=request_id or "", times=times, cause=cause))
    return tuple(found)


def _is_taken(attempt: Attempt) -> bool:
    return attempt.outcome in _TAKEN and 200 <= attempt.status <= 299 and attempt.subject is not None


def _cause(places: frozenset[str], *, is_late: bool, is_asked_for: bool, is_published_again: bool) -> str:
    if is_asked_for:
        return ASKED_FOR
    if is_late:
        return ANSWERED_TOO_LATE
    if ENTRY_NEVER_WRITTEN in places:
        return ENTRY_LOST
    if any(word in place for place in places for word in _INTERRUPTIONS):
        return KILLED
    if places & {DELIVERED_TWICE, FAILING_DELIVERED_TWICE}:
        # An EXPRESS workflow that runs twice publishes twice.
        return KILLED
    return "" if is_published_again else SNS_ITSELF
