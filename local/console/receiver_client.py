"""The sample receiver, as the console's process reaches it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ops.errors import OpsError

_TIMEOUT_SECONDS = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceivedRequest:
    """One request to a webhook of the receiver."""

    at: str
    hook: str
    outcome: str
    status: int
    number: int
    event_type: str
    subject: str
    detail: str

    @property
    def signature(self) -> str:
        """The result of checking the signature."""
        if self.outcome == "refused":
            return f"refused: {self.detail}"
        return "verified"


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """The receiver at a URL."""

    url: str

    def requests(self, most: int) -> list[ReceivedRequest]:
        """Return the newest requests, the newest first."""
        hooks = self._call("/_received")["hooks"]
        found = [_request(each) for hook in hooks.values() for each in hook["attempts"]]
        return sorted(found, key=lambda each: each.at, reverse=True)[:most]

    def plan(self, **plan: Any) -> None:  # noqa: ANN401 - JSON
        """Set how the coming deliveries are answered: status, times, delay_seconds, hang_up."""
        self._call("/_control", plan)

    def _call(self, path: str, body: Mapping[str, Any] | None = None) -> dict[str, Any]:
        data = None if body is None else json.dumps(body).encode()
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"{self.url}{path}", data, timeout=_TIMEOUT_SECONDS) as reply:
                answer: dict[str, Any] = json.loads(reply.read())
                return answer
        except urllib.error.HTTPError as error:
            raise OpsError(
                f"The receiver refused: {error.read().decode(errors='replace').strip()}"
            ) from error
        except (OSError, ValueError) as error:
            raise OpsError(f"The receiver at {self.url} does not answer: {error}.") from error


def _request(attempt: Mapping[str, Any]) -> ReceivedRequest:
    return ReceivedRequest(
        at=str(attempt["at"]),
        hook=str(attempt["hook"]),
        outcome=str(attempt["outcome"]),
        status=int(attempt["status"]),
        number=int(attempt["number"]),
        event_type=str(attempt["event_type"] or ""),
        subject=str(attempt["subject"] or ""),
        detail=str(attempt["detail"] or ""),
    )
