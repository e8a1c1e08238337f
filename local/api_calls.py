"""What the laptop asks of the service's API, as a client does."""

from __future__ import annotations

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from receiver import WebhookIds

# Generous: a busy machine may be slow.
LONGEST_WAIT_SECONDS = 120
_POLL_SECONDS = 0.05

Found = TypeVar("Found")


class JourneyError(Exception):
    """A step of the order failed; the message names the step."""


def register(api_endpoint: str, url: str, client_id: str, webhook_ids: WebhookIds | None = None) -> str:
    """Register a webhook as a client does, and return its ID.

    Where our receiver serves it, `webhook_ids` are those that it expects: the ID is added, and the
    confirmation waited for.
    """
    status, _, body = call("POST", f"{api_endpoint}/webhooks", client_id, {"url": url})
    if status not in (200, 201):
        raise JourneyError(f"the API did not register {url}: {status} {_problem(body)}")
    webhook_id = str(body["webhook_id"])
    if webhook_ids is None:
        return webhook_id
    webhook_ids.add(webhook_id)

    def active() -> bool | None:
        _, _, shown = call("GET", f"{api_endpoint}/webhooks/{webhook_id}", client_id)
        return shown.get("status") == "active" or None

    wait_for(active, LONGEST_WAIT_SECONDS, lambda: f"{url} did not confirm its subscription")
    return webhook_id


def _problem(body: Mapping[str, Any]) -> str:
    """Return a problem document's sentences: https://www.rfc-editor.org/rfc/rfc9457."""
    errors = [f"{each.get('field')} {each.get('message')}" for each in body.get("errors", [])]
    return "; ".join([str(body.get("detail") or body.get("title") or body), *errors])


def wait_for(
    look: Callable[[], Found | None],
    longest_seconds: float,
    complaint: Callable[[], str],
    error: type[JourneyError] = JourneyError,
) -> Found:
    """Return what `look` finds; raise the error with the complaint where it finds nothing in time."""
    deadline = time.monotonic() + longest_seconds
    while time.monotonic() < deadline:
        found = look()
        if found is not None:
            return found
        time.sleep(_POLL_SECONDS)
    raise error(complaint())


def call(
    method: str, url: str, client_id: str, body: Mapping[str, Any] | None = None
) -> tuple[int, Mapping[str, str], dict[str, Any]]:
    """Call the API as a client, and return status, headers in lower case and body."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"content-type": "application/json", "x-client-id": client_id}
    request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310 - the emulator's URL
    # A proxy cannot reach this loopback.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=60) as answer:
            return answer.status, _lower(answer.headers), json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, _lower(error.headers), json.load(error)
    except (urllib.error.URLError, ValueError, TimeoutError) as error:
        raise JourneyError(f"{method} {url}: {error}") from error


def _lower(headers: Any) -> dict[str, str]:  # noqa: ANN401 - http.client's own message type
    return {name.lower(): value for name, value in headers.items()}
