"""Why a request was refused, and what to answer to it.

- Refused: base of them all; carries a code, a sentence and the HTTP status to answer.
    - MalformedRequest (400): not a message that SNS writes.
    - UntrustedMessage (403): not proven to be for you, from a topic you allowed.
    - LengthRequired (411): a body whose length is not given.
    - RequestTooLarge (413)
    - UnusableEvent (422): truly from the topic, but not an event of ours.
    - TemporaryFailure (503): could not be decided or done now.

SNS repeats a delivery after a 5xx and gives up after a 4xx. So a 4xx is only for what can never become
acceptable. Where a later attempt, a redelivery, a corrected clock or a registration can change the outcome,
it is a 503.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import ClassVar


class Refused(Exception):  # noqa: N818 - `raise Refused` says what happened; it is not always an error
    """Say why a request was not accepted; `status` is the answer the sender should get."""

    status: ClassVar[int] = 400

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(f"{code}: {sentence}")
        self.code = code
        self.sentence = sentence


class MalformedRequest(Refused):
    """Refuse a request that is not a message as SNS writes them."""

    status = 400


class UntrustedMessage(Refused):
    """Refuse a message whose origin, topic, client or destination is not the expected one."""

    status = 403


class LengthRequired(Refused):
    """Refuse a body that neither has one length nor is chunked."""

    status = 411


class RequestTooLarge(Refused):
    """Refuse a body larger than SNS can send."""

    status = 413


class UnusableEvent(Refused):
    """Refuse a genuine notification that does not hold an event of ours."""

    status = 422


class TemporaryFailure(Refused):
    """Refuse for now, so that SNS repeats the delivery."""

    status = 503


def shown(value: object, limit: int = 120) -> str:
    """Quote something the sender wrote, short and without control characters."""
    text = ascii(value)
    return text if len(text) <= limit else text[: limit - 1] + "…"


def shown_end(value: str, limit: int = 120) -> str:
    """Quote the end of something the sender wrote: of an ARN, the part that differs."""
    text = ascii(value)
    return text if len(text) <= limit else f"'…{text[len(text) - limit + 2 :]}"


def listed(values: Collection[str], limit: int = 3) -> str:
    """Quote what was expected: the first few in order, and how many more there are."""
    first = [shown_end(value) for value in sorted(values)[:limit]]
    more = len(values) - len(first)
    return ", ".join([*first, *([f"and {more} more"] if more else [])])
