"""What clients, webhooks and messages say never becomes part of a page."""

from __future__ import annotations

import json
import threading
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from functions.domain.deliveries.row import Attempt, Reason, Row, RowState
from functions.domain.instant import now
from local.laptop import Laptop
from ops.api import Api
from ops.console.marks import order_link, webhook_link
from tests.functions.domain.deliveries import samples
from tests.local.console.viewer import READ, post, section, shot, stored, target_of
from tests.support.waiting import wait_for

INJECTION = "<img src=x onerror=\"window.injected=1\">{{constructor.constructor('window.injected=1')()}}"


class _Foe(BaseHTTPRequestHandler):
    """Confirms its subscription, and answers everything else with a script."""

    def do_POST(self) -> None:
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        content = INJECTION.encode()
        self.send_response(404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
        if message["Type"] == "SubscriptionConfirmation":
            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(message["SubscribeURL"])

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


@pytest.fixture
def foe() -> Iterator[int]:
    """A webhook's server that means harm; its port."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Foe)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


def register(laptop: Laptop, port: int) -> str:
    """Register the server for the client "foe", with a script where the API takes one."""
    api = Api(target_of(laptop))
    headers = {"x-client-id": "foe"}
    url = f"http://127.0.0.1:{port}/%3Cscript%3Ewindow.injected=1%3C/script%3E"
    registered = api.call("POST", "/webhooks", {"url": url, "description": INJECTION}, headers)
    assert registered.status == 201, registered
    webhook_id = str(registered.body["webhook_id"])
    wait_for(lambda: api.call("GET", f"/webhooks/{webhook_id}", headers=headers).body["status"] == "active")
    return webhook_id


def hostile_row(webhook_id: str) -> Row:
    """Return a dead delivery of which every text is a script: the API refuses some of them."""
    last = Attempt(sns_message_id=INJECTION, number=1, at=now(), status=500, response=INJECTION)
    changes: dict[str, Any] = {
        "webhook_id": webhook_id,
        "event_id": INJECTION,
        "client_id": INJECTION,
        "event_type": f"order.{INJECTION}",
        "subject": INJECTION,
        "state": RowState.DEAD,
        "reason": Reason.SCHEDULE_EXHAUSTED,
        "dead_at": now(),
        "last_attempt": last,
    }
    return samples.row(**changes)


def assert_harmless(page: Page, where: str) -> None:
    page.wait_for_function(READ)
    assert page.locator("img[src='x']").count() == 0, where
    assert page.locator("script").filter(has_text="window.injected").count() == 0, where
    assert page.evaluate("window.injected") is None, where


def test_what_clients_and_webhooks_send_never_becomes_part_of_a_page(
    page: Page, laptop: Laptop, foe: int
) -> None:
    webhook_id = register(laptop, foe)
    metadata = {INJECTION[:40]: INJECTION, "name": INJECTION}
    request_id = post(laptop, "foe", reference=INJECTION, metadata=metadata)
    page.goto(order_link(request_id))
    expect(page.get_by_text("answered 404").or_(page.get_by_text("refused with 404")).first).to_be_visible()
    expect(page.get_by_text(f'"name": {json.dumps(INJECTION)}')).to_be_visible()
    assert_harmless(page, "the order")
    with stored(laptop, hostile_row(webhook_id)):
        for path in (
            "/",
            "/orders",
            f"/orders?client={INJECTION}&reference={INJECTION}&since={INJECTION}&position=",
            "/webhooks",
            f"/webhook?id={INJECTION}",
            f"/webhook?id={webhook_id}&state={INJECTION}",
            f"/order?id={INJECTION}",
            f"/find?text={INJECTION}",
            "/try",
        ):
            page.goto(path)
            assert_harmless(page, path)
        page.goto("/stuck")
        expect(section(page, "Dead deliveries").get_by_text(INJECTION).first).to_be_visible()
        assert_harmless(page, "/stuck")
    page.goto(webhook_link(webhook_id))
    expect(page.locator("dl").get_by_text(INJECTION)).to_be_visible()
    rows = section(page, "Deliveries").get_by_role("row").filter(has_text=request_id)
    expect(rows).to_contain_text(INJECTION[:40])
    rows.get_by_role("checkbox").check()
    attempts = section(page, "Attempts of the selected deliveries")
    expect(attempts.get_by_text(INJECTION)).to_be_visible()
    assert_harmless(page, "the webhook")
    shot(page, "injection")
