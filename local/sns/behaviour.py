"""What AWS leaves undocumented about SNS's HTTP(S) delivery: no program may depend on one answer."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import dataclass
from typing import Literal, get_args

ClientErrors = Literal["success", "failure", "dead-letter"]
LogEntries = Literal["delivery", "attempt"]

CLIENT_ERRORS: tuple[ClientErrors, ...] = get_args(ClientErrors)
LOG_ENTRIES: tuple[LogEntries, ...] = get_args(LogEntries)


@dataclass(frozen=True, slots=True, kw_only=True)
class SnsBehaviour:
    """Switches. The defaults are what AWS's current pages suggest; users have reported the other values too.

    https://docs.aws.amazon.com/sns/latest/dg/sns-dead-letter-queues.html: client errors are dead-lettered.
    https://docs.aws.amazon.com/sns/latest/dg/SendMessageToHttp.prepare.html: 429 and 5xx are retried.
    """

    client_errors: ClientErrors = "dead-letter"
    """What a 3xx or 4xx that is not retried comes to: it counts as delivered, as failed, or as failed with
    a dead letter."""
    log_entries: LogEntries = "delivery"
    """Whether a delivery has one log entry, for its last attempt, or one for each attempt."""
    retries_429: bool = True
    """Whether 429 is retried like a 5xx, and not final like every other 4xx."""
    destination_query: bool = True
    """Whether the log entry's `destination` has the endpoint's query."""

    def to_json(self) -> str:
        """Return the text from which `parse_behaviour` makes the same switches."""
        return json.dumps(dataclasses.asdict(self))


def parse_behaviour(text: str) -> SnsBehaviour:
    """Return the switches that a JSON object names, with the defaults for the others."""
    return SnsBehaviour(**json.loads(text))
