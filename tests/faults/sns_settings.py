"""Every way in which SNS may behave where AWS does not say."""

from __future__ import annotations

import itertools

from local.sns.behaviour import CLIENT_ERRORS, LOG_ENTRIES, SnsBehaviour

SNS_SETTINGS = tuple(
    SnsBehaviour(
        client_errors=client_errors,
        log_entries=log_entries,
        retries_429=retries_429,
        destination_query=destination_query,
    )
    for client_errors, log_entries, retries_429, destination_query in itertools.product(
        CLIENT_ERRORS, LOG_ENTRIES, (True, False), (True, False)
    )
)


def shown(behaviour: SnsBehaviour) -> str:
    """Return a setting in a few words."""
    return ", ".join(
        (
            f"4xx: {behaviour.client_errors}",
            f"an entry a {behaviour.log_entries}",
            f"429 {'retried' if behaviour.retries_429 else 'final'}",
            f"{'with' if behaviour.destination_query else 'without'} query",
        )
    )
