"""One webhook during one run, turn by turn."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from functions.domain.deliveries.health import review
from functions.domain.deliveries.serving.due_rows import serve
from functions.domain.deliveries.serving.due_scan import DueScan
from functions.domain.deliveries.serving.probe import probe
from functions.domain.deliveries.serving.recovery import recover_page
from functions.domain.deliveries.serving.run_context import RunContext
from functions.domain.deliveries.serving.turn import Overtaken, Turn
from functions.domain.deliveries.serving.waiting import confirm, end_rows, wait
from functions.domain.deliveries.webhook_state import (
    Recipient,
    Standing,
    follow_subscription,
    new_state,
    standing_of,
)


class Visit:
    """Serves one webhook for as long as there is something to do."""

    def __init__(self, context: RunContext, webhook_id: str) -> None:
        self._context = context
        self._webhook_id = webhook_id
        self._version: int | None = None
        self._done: set[str] = set()

    def turn(self) -> datetime | None:
        """Do a part of the work; return when the next part can be done, or None when nothing is left."""
        turn = self._read()
        if turn is None:
            return None
        try:
            next_at = _take(turn)
        except Overtaken:
            return self._context.clock()
        self._version = turn.state.version
        return next_at

    def _read(self) -> Turn | None:
        stored = self._context.deliveries.find_state(self._webhook_id)
        if stored is None:
            return None
        state = stored
        recipient = self._context.recipients.find(state.client_id, self._webhook_id)
        if state.version != self._version:
            # Another write may stand for rows that the scan has passed.
            self._scan = DueScan(self._context.schedule, self._webhook_id)
        if recipient is not None and recipient.registration != state.registration:
            state = replace(new_state(recipient, self._context.clock()), version=state.version)
        elif recipient is not None:
            state = follow_subscription(state, recipient)
        return Turn(
            context=self._context,
            stored=stored,
            state=state,
            recipient=recipient,
            scan=self._scan,
            done=self._done,
        )


def _take(turn: Turn) -> datetime | None:
    if turn.recipient is None:
        return end_rows(turn)
    if turn.state.jobs:
        recover_page(turn)
        return turn.context.clock()
    recipient = turn.recipient
    standing = _standing(turn, recipient)
    if standing is Standing.PENDING_CONFIRMATION:
        recipient = confirm(turn, recipient)
        standing = standing_of(recipient, turn.state)
    if standing.is_waiting:
        return wait(turn, standing)
    turn.state = replace(turn.state, waiting_since=None)
    return probe(turn, recipient) if standing is Standing.FAILING else serve(turn, recipient)


def _standing(turn: Turn, recipient: Recipient) -> Standing:
    standing = standing_of(recipient, turn.state)
    if standing is Standing.FAILING and turn.apply(
        review(turn.state, turn.context.clock(), turn.context.timing)
    ):
        return Standing.DISABLED
    return standing
