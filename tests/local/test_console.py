"""The web console in a real browser, on the stack that `make local` runs."""

from __future__ import annotations

import http.client
import io
import json
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect
from rich.console import Console

from functions.adapters.items import to_item
from functions.adapters.orders_table import DAY_SHARD
from functions.domain.instant import now, timestamp
from functions.domain.order import new_order
from functions.domain.order_day import day_shard
from functions.domain.order_request import OrderRequest
from local.laptop import Laptop
from local.laptop_options import LaptopOptions
from local.screen import Screen
from ops.api import Api
from ops.console.marks import order_link
from ops.orders.listing import OrderQuery, Position, list_orders
from ops.target import ENDPOINT_KEY, Target
from tests.local.browser import MISSING, chromium, running_browser
from tests.support.orders import order_payload
from tests.support.waiting import wait_for

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.slow,
    pytest.mark.skipif(chromium() is None, reason=MISSING),
]

SCREENSHOTS = Path(__file__).resolve().parents[2] / ".local" / "screenshots"
LONGEST_MS = 90_000
# No notice is shown any longer that says that something is being read.
READ = """() => document.querySelector('h1') && [...document.querySelectorAll('.notice')].every(
    (notice) => notice.offsetParent === null || !/^(Reading|Searching)/.test(notice.innerText))"""
INJECTION = "<img src=x onerror=\"window.injected=1\">{{constructor.constructor('window.injected=1')()}}"


@pytest.fixture(scope="module")
def laptop() -> Iterator[Laptop]:
    with Laptop(LaptopOptions(has_console=True), Screen(Console(file=io.StringIO()))) as running:
        yield running


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as running:
        yield running


@pytest.fixture
def page(laptop: Laptop, browser: Browser) -> Iterator[Page]:
    """A page of a viewer who has opened the printed URL; an error in its scripts fails the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, base_url=origin(laptop))
    context.set_default_timeout(LONGEST_MS)
    expect.set_options(timeout=LONGEST_MS)
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    # Another page than the overview, which reads a day's orders.
    opened.goto(str(laptop.console_url).replace("/?", "/webhooks?"))
    yield opened
    context.close()
    laptop.receiver.hook("orders").plan(plan_of())
    assert errors == []


def plan_of(**plan: Any) -> Any:
    from receiver.hooks import FailurePlan

    return FailurePlan(**plan)


def origin(laptop: Laptop) -> str:
    parts = urlsplit(str(laptop.console_url))
    return f"{parts.scheme}://{parts.netloc}"


def target_of(laptop: Laptop) -> Target:
    outputs = {**laptop.outputs, ENDPOINT_KEY: laptop.emulator.endpoint_url}
    return Target(name="the laptop's stack", outputs=outputs)


def post(laptop: Laptop, client_id: str = "anonymous", **changes: Any) -> str:
    answer = Api(target_of(laptop)).call(
        "POST", "/orders", order_payload(**changes), {"x-client-id": client_id}
    )
    assert answer.status == 202, answer
    return str(answer.body["request_id"])


def shot(page: Page, name: str) -> None:
    """Keep a picture for a person to look at."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=True)


def confirm(page: Page, label: str) -> None:
    """Press a button and confirm what it asks."""
    page.get_by_role("button", name=label, exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name=label, exact=True).click()


def bars_of(page: Page, lane: str) -> Any:
    return page.get_by_role("listitem").filter(has_text=lane).locator(".bar")


def test_a_newcomer_sees_an_order_travel_and_its_webhook_retried(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_role("region", name="Introduction")).to_be_visible()
    page.get_by_role("link", name="Try it →").click()
    page.get_by_role("button", name="Let it fail").click()
    expect(page.get_by_text("The next 2 deliveries fail.")).to_be_visible()
    page.get_by_role("button", name="Place the order and watch it").click()
    page.wait_for_url("**/order?id=*")
    status = page.locator(".notice").filter(has_text=re.compile("SNS tries http://127.0.0.1.* again"))
    expect(status.locator("time")).to_be_visible()
    shot(page, "order-waiting")
    expect(bars_of(page, "ProcessPayment").first).to_have_class(re.compile("ok"))
    expect(page.get_by_text("the event was delivered to 1 of 1 webhooks")).to_be_visible()
    # Two failed attempts, two waits, and the delivery.
    marks = [bar.get_attribute("class") for bar in bars_of(page, "/hooks/orders").all()]
    assert marks == [f"bar {mark}" for mark in ("retry", "waiting", "retry", "waiting", "ok")]
    expect(page.get_by_text('"type": "order.paid"')).to_be_visible()
    shot(page, "order-delivered")
    page.goto("/try")
    answered = page.get_by_role("row").filter(has_text="order.paid").locator(".badge")
    expect(answered).to_have_text(["200", "503", "503"])


def test_a_declined_order_shows_its_reason(page: Page) -> None:
    page.goto("/try")
    page.get_by_text("Declined", exact=True).click()
    page.get_by_role("button", name="Place the order and watch it").click()
    page.wait_for_url("**/order?id=*")
    expect(page.locator(".badge").filter(has_text="declined").first).to_be_visible()
    expect(page.get_by_text("generic_decline").first).to_be_visible()


def test_an_order_that_the_api_refuses_is_explained(page: Page) -> None:
    page.goto("/try")
    page.get_by_text("Your own JSON").click()
    page.get_by_label("Order", exact=True).fill('{"reference": ""}')
    page.get_by_text("Post this JSON instead").click()
    page.get_by_role("button", name="Place the order and watch it").click()
    expect(page.get_by_text(re.compile("^422: "))).to_be_visible()


def test_an_event_is_redelivered_after_confirmation(page: Page, laptop: Laptop) -> None:
    request_id = post(laptop)
    hook = laptop.receiver.hook("orders")
    wait_for(lambda: [each for each in hook.attempts if each.subject == request_id])
    page.goto(order_link(request_id))
    page.get_by_role("button", name="Redeliver").click()
    page.get_by_role("dialog").get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("dialog")).to_be_hidden()
    confirm(page, "Redeliver")
    expect(page.get_by_text("is published again")).to_be_visible()

    def outcomes() -> list[str]:
        return [each.outcome for each in hook.attempts if each.subject == request_id]

    wait_for(lambda: len(outcomes()) == 2)
    assert outcomes() == ["handled", "duplicate"]
    expect(bars_of(page, "/hooks/orders")).to_have_count(2)


def test_dead_letters_are_read_redriven_and_removed(page: Page, laptop: Laptop) -> None:
    sqs = laptop.emulator.client("sqs")
    order = {
        "request_id": "from-the-dead",
        "client_id": "anonymous",
        "received_at": timestamp(now()),
        "order": order_payload(payment_method="pm_card_visa"),
    }
    for body in (json.dumps(order), INJECTION):
        sqs.send_message(QueueUrl=laptop.outputs["orders_dead_letters_url"], MessageBody=body)
    page.goto("/stuck")
    page.get_by_role("button", name="Read the messages").first.click()
    rows = page.get_by_role("row")
    kept = rows.filter(has_text="from-the-dead")
    expect(kept).to_be_visible()
    # The token of a payment method is a secret.
    page.get_by_text("Body of ").first.click()
    page.get_by_text("Body of ").last.click()
    expect(page.get_by_text("(hidden)")).to_be_visible()
    shot(page, "stuck")
    kept.get_by_role("checkbox").check()
    section = page.locator("section").filter(has_text="Dead letters on orders-dead-letters")
    section.get_by_role("button", name="Redrive the selected").click()
    page.get_by_role("dialog").get_by_role("button", name="Redrive the selected").click()
    expect(page.get_by_text("1 messages are on orders again.")).to_be_visible()
    events = laptop.receiver.hook("orders")
    wait_for(lambda: [each for each in events.events if each.subject == "from-the-dead"])
    expect(kept).to_be_hidden()
    section.get_by_role("row").last.get_by_role("checkbox").check()
    section.get_by_role("button", name="Remove the selected").click()
    page.get_by_role("dialog").get_by_role("button", name="Remove the selected").click()
    expect(section.get_by_text("The queue is empty.")).to_be_visible()
    assert page.evaluate("window.injected") is None


def test_a_poison_message_ends_among_the_dead_letters(page: Page) -> None:
    page.goto("/try")
    page.get_by_role("button", name="Send a poison message").click()
    page.get_by_role("dialog").get_by_role("button", name="Send").click()
    page.goto("/stuck")
    page.get_by_role("button", name="Read the messages").first.click()
    row = page.get_by_role("row").filter(has_text="request_id")
    expect(row).to_be_visible()


class _Foe(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        content = INJECTION.encode()
        self.send_response(404)
        self.send_header("Content-Type", "text/html")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        # The handshake is confirmed, everything else is answered with a script.
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.wfile.write(content)
        if "SubscribeURL" in message and message["Type"] == "SubscriptionConfirmation":
            import urllib.request

            urllib.request.build_opener(urllib.request.ProxyHandler({})).open(message["SubscribeURL"])

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def test_what_clients_and_webhooks_send_never_becomes_part_of_a_page(page: Page, laptop: Laptop) -> None:
    foe = ThreadingHTTPServer(("127.0.0.1", 0), _Foe)
    threading.Thread(target=foe.serve_forever, daemon=True).start()
    api = Api(target_of(laptop))
    url = f"http://127.0.0.1:{foe.server_port}/%3Cscript%3Ewindow.injected=1%3C/script%3E'\"><img/src=x>"
    registered = api.call("POST", "/webhooks", {"url": url, "description": INJECTION}, {"x-client-id": "foe"})
    if registered.status not in (200, 201):
        url = f"http://127.0.0.1:{foe.server_port}/%3Cscript%3Ewindow.injected=1%3C/script%3E"
        registered = api.call("POST", "/webhooks", {"url": url}, {"x-client-id": "foe"})
    assert registered.status in (200, 201), registered
    webhook = f"/webhooks/{registered.body['webhook_id']}"
    wait_for(lambda: api.call("GET", webhook, headers={"x-client-id": "foe"}).body["status"] == "active")
    item = {"sku": INJECTION[:60], "name": INJECTION, "quantity": 1, "unit_amount": 100}
    request_id = post(laptop, "foe", reference=INJECTION, metadata={INJECTION[:40]: INJECTION}, items=[item])
    page.goto(order_link(request_id))
    expect(page.get_by_text("answered 404").or_(page.get_by_text("refused with 404")).first).to_be_visible()
    for path in (
        "/",
        "/orders",
        f"/orders?client={INJECTION}&reference={INJECTION}&since={INJECTION}&position=",
        "/webhooks",
        f"/webhook?id={registered.body['webhook_id']}",
        f"/webhook?id={INJECTION}",
        f"/order?id={INJECTION}",
        f"/find?text={INJECTION}",
        "/stuck",
        "/try",
        order_link(request_id),
    ):
        page.goto(path)
        page.wait_for_function(READ)
        assert page.locator("img[src='x']").count() == 0, path
        assert page.evaluate("window.injected") is None, path
    shot(page, "injection")
    foe.shutdown()
    foe.server_close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280, 2560])
def test_no_page_is_wider_than_the_screen(browser: Browser, laptop: Laptop, width: int, scheme: Any) -> None:
    request_id = post(laptop)
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=origin(laptop)
    )
    opened = context.new_page()
    opened.goto(str(laptop.console_url))
    for path in ("/", "/orders", "/webhooks", "/stuck", "/try", order_link(request_id)):
        opened.goto(path)
        opened.get_by_text("while this page is visible").wait_for(timeout=LONGEST_MS)
        shot(opened, f"{path.strip('/').partition('?')[0] or 'overview'}-{width}-{scheme}")
        wide = opened.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert wide <= 0, path
    context.close()


def ask(laptop: Laptop, path: str, **headers: str) -> int:
    parts = urlsplit(origin(laptop))
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    try:
        connection.request("GET", path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


def cookie_of(laptop: Laptop) -> str:
    parts = urlsplit(str(laptop.console_url))
    return f"console-{parts.port}={parts.query.partition('=')[2]}"


def test_without_the_token_there_is_nothing(laptop: Laptop) -> None:
    for path in ("/", "/orders", "/_nicegui_ws/socket.io/?EIO=4&transport=polling", "/?token=wrong"):
        assert ask(laptop, path) == 403
        assert ask(laptop, path, Cookie="console-1=x") == 403
    assert ask(laptop, "/", Cookie=cookie_of(laptop)) == 200
    assert ask(laptop, "/", Cookie=cookie_of(laptop), Host="rebound.example") == 403


def test_a_foreign_origin_cannot_open_the_websocket(laptop: Laptop) -> None:
    handshake = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        "Cookie": cookie_of(laptop),
    }
    path = "/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
    assert ask(laptop, path, **handshake, Origin=origin(laptop)) == 101
    assert ask(laptop, path, **handshake, Origin="https://attacker.example") == 403
    assert ask(laptop, path, **handshake) == 403


def store(laptop: Laptop, count: int) -> None:
    """Write orders as the workflow does, many at a time."""
    dynamodb = laptop.emulator.client("dynamodb")
    table = laptop.outputs["orders_table_name"]
    moment = now().timestamp()
    requests = []
    for number in range(count):
        created_at = timestamp(now().fromtimestamp(moment - number * 5, tz=now().tzinfo))
        order = new_order(
            OrderRequest.model_validate(order_payload(reference=f"BULK-{number}")).document(),
            request_id=f"bulk-{number:05}=",
            message_id=f"m-{number}",
            client_id="bulk",
            created_at=created_at,
        )
        shard = {DAY_SHARD: day_shard(created_at, order.request_id)}
        requests.append({"PutRequest": {"Item": to_item({**order.document(), **shard})}})
    for first in range(0, count, 25):
        dynamodb.batch_write_item(RequestItems={table: requests[first : first + 25]})


def test_ten_thousand_orders_are_paged_through_and_found(page: Page, laptop: Laptop) -> None:
    count = 10_000
    store(laptop, count)
    target = target_of(laptop)
    query = OrderQuery(since=now().replace(year=2000), until=now(), client_id="bulk")
    listed: list[str] = []
    position: Position | None = None
    while True:
        found = list_orders(target, query, 1_000, position)
        listed += [each.request_id for each in found.orders]
        if found.next is None:
            break
        position = found.next
    assert (len(listed), len(set(listed))) == (count, count)
    page.goto("/orders?client=bulk")
    seen: list[str] = []
    for number in range(3):
        expect(page.get_by_role("row").nth(50)).to_be_visible()
        expect(page.get_by_role("row").filter(has_text=f"BULK-{number * 50}").first).to_be_visible()
        seen += [row.locator("td").last.inner_text() for row in page.get_by_role("row").all()[1:]]
        page.get_by_role("link", name="Older orders").click()
    assert seen == listed[:150]
    # However many orders there are, a page reads a bounded part of an index.
    calls = page.get_by_text("calls to AWS").inner_text()
    assert int(calls.split()[0]) <= 3
    page.get_by_label(re.compile("Find an order by")).fill("BULK-9999")
    page.keyboard.press("Enter")
    page.wait_for_url("**/order?id=bulk-09999*")
    page.goto("/")
    expect(page.locator(".picture-wide").get_by_text("pending")).to_be_visible()
