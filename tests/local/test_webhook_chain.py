"""Webhooks from their registration to the days of redelivery, on the emulator."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterator
from typing import Any

import pytest

from functions.adapters.deliveries_table import DeliveriesTable
from functions.domain.deliveries.row import Row, RowState
from functions.domain.event import order_event
from local.emulated_clock import start_clock
from local.loopback import bind_loopback
from receiver.hooks import FailurePlan
from tests.support.chain import Chain, running_chain
from tests.support.orders import order_payload
from tests.support.sns import loopback_endpoint
from tests.support.waiting import wait_for

pytestmark = pytest.mark.e2e

_SPEED = 120
# More than the eight hours after which redeliver ends what nobody reports, by the machine's clock.
_LONGEST_SILENCE_SECONDS = 12 * 3_600 / _SPEED

PAGE = "https://shop.example"
CLIENTS = {
    "shop-1": "shop",
    "shop-2": "shop",
    "other": "other",
    "late": "late",
    "gone": "gone",
    "slow": "gone",
    "soon": "soon",
}


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chain]:
    settings = {
        # Two attempts a second apart, then twice again: the same path as in days. The clock runs faster, so
        # that redeliver comes several times a second.
        "delivery": {
            "num_retries": 1,
            "num_no_delay_retries": 0,
            "num_min_delay_retries": 0,
            "num_max_delay_retries": 0,
            "min_delay_target_seconds": 60,
            "max_delay_target_seconds": 60,
        },
        "redelivery": {"delays_seconds": [120, 120]},
        "max_webhooks_per_client": 4,
        "api": {"auth": "none", "cors": {"origins": [PAGE]}},
    }
    directory = tmp_path_factory.mktemp("webhooks")
    with running_chain(
        directory,
        stack="webhooks",
        hooks=[],
        clients=CLIENTS,
        settings=settings,
        environment=start_clock(directory / "clock", _SPEED),
    ) as running:
        yield running


def register(chain: Chain, hook: str, client: str, **body: Any) -> str:
    """Register a hook and wait until it is active; return its webhook's ID."""
    webhook_id: str = chain.register(hook, client, **body).body["webhook_id"]
    wait_for(lambda: status(chain, webhook_id, client) != "pending_confirmation")
    return webhook_id


def status(chain: Chain, webhook_id: str, client: str) -> str:
    answer = chain.call("GET", f"/webhooks/{webhook_id}", x_client_id=client)
    assert answer.status == 200, answer
    return answer.body["status"]


@pytest.fixture(scope="module")
def webhooks(chain: Chain) -> dict[str, str]:
    return {
        "shop-1": register(chain, "shop-1", "shop"),
        "shop-2": register(chain, "shop-2", "shop"),
        "other": register(chain, "other", "other"),
    }


def test_a_registered_webhook_is_confirmed_by_the_receiver_and_then_active(chain: Chain, webhooks) -> None:
    answer = chain.call("GET", "/webhooks")
    assert answer.status == 200
    assert {each["webhook_id"]: each["status"] for each in answer.body["webhooks"]} == {
        webhooks["shop-1"]: "active",
        webhooks["shop-2"]: "active",
    }
    again = chain.call("POST", "/webhooks", {"url": chain.receiver.hook_url("shop-1")})
    assert (again.status, again.body["webhook_id"], again.body["status"]) == (
        200,
        webhooks["shop-1"],
        "active",
    )


def test_two_clients_never_see_each_others_orders_events_or_webhooks(chain: Chain, webhooks) -> None:
    mine = chain.accept(order_payload(), x_client_id="shop")
    theirs = chain.accept(order_payload(), x_client_id="other")
    for hook, request_id in (("shop-1", mine), ("shop-2", mine), ("other", theirs)):
        chain.event(request_id, hook)
    for method, path, body in (
        ("GET", f"/orders/{mine}", None),
        ("POST", f"/orders/{mine}/redeliver", {}),
        ("GET", f"/webhooks/{webhooks['shop-1']}", None),
        ("DELETE", f"/webhooks/{webhooks['shop-1']}", None),
        ("POST", f"/webhooks/{webhooks['shop-1']}/test", {}),
    ):
        answer = chain.call(method, path, body, x_client_id="other")
        assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json"), path
    to_mine = {"webhook_id": webhooks["shop-1"]}
    answer = chain.call("POST", f"/orders/{theirs}/redeliver", to_mine, x_client_id="other")
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "webhook_id")
    listed = chain.call("GET", "/webhooks", x_client_id="other").body["webhooks"]
    assert [each["webhook_id"] for each in listed] == [webhooks["other"]]
    assert chain.call("GET", "/webhooks", x_client_id="nobody").body == {"webhooks": []}
    for hook in ("shop-1", "shop-2"):
        assert not chain.events(theirs, hook)
    assert not chain.events(mine, "other")


def test_a_client_cannot_make_anothers_receiver_take_its_events(chain: Chain, webhooks) -> None:
    victim = chain.receiver.hook("shop-1")
    registered = chain.call(
        "POST", "/webhooks", {"url": chain.receiver.hook_url("shop-1")}, x_client_id="evil"
    )
    assert registered.status == 201
    webhook_id = registered.body["webhook_id"]

    def refused(code: str) -> bool:
        return any(each.outcome == "refused" and code in str(each.detail) for each in victim.attempts)

    wait_for(lambda: refused("webhook_not_expected"))
    assert status(chain, webhook_id, "evil") == "pending_confirmation"

    # Were it confirmed all the same, the document that SNS signs says whose order it is.
    chain.webhook_ids.add(webhook_id)
    chain.call("POST", "/webhooks", {"url": chain.receiver.hook_url("shop-1")}, x_client_id="evil")
    wait_for(lambda: status(chain, webhook_id, "evil") != "pending_confirmation")
    request_id = chain.accept(order_payload(), x_client_id="evil")
    wait_for(lambda: refused("client_not_allowed"))
    assert not chain.events(request_id, "shop-1")
    assert chain.call("DELETE", f"/webhooks/{webhook_id}", x_client_id="evil").status == 204


@pytest.mark.parametrize("query", ["webhook_id={}", "x=1&webhook%5Fid={}"])
def test_the_webhooks_id_is_not_the_clients_to_choose(chain: Chain, webhooks, query: str) -> None:
    url = f"{chain.receiver.hook_url('shop-1')}?{query.format(webhooks['shop-1'])}"
    answer = chain.call("POST", "/webhooks", {"url": url}, x_client_id="evil")
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "url")


def test_another_spelling_of_a_url_is_the_same_webhook(chain: Chain, webhooks) -> None:
    url = chain.receiver.hook_url("shop-1").replace("http://", "HTTP://")
    again = chain.call("POST", "/webhooks", {"url": url})
    assert (again.status, again.body["webhook_id"]) == (200, webhooks["shop-1"])


def test_a_url_where_nothing_listens_is_refused_and_leaves_no_record(chain: Chain) -> None:
    with bind_loopback() as closed:
        port = closed.getsockname()[1]
    url = f"http://127.0.0.1:{port}/hooks/orders?from=sns"
    answer = chain.call("POST", "/webhooks", {"url": url}, x_client_id="early")
    assert answer.status == 422, answer
    (error,) = answer.body["errors"]
    assert error["field"] == "url"
    assert "Unreachable Endpoint" in error["message"]
    assert chain.call("GET", "/webhooks", x_client_id="early").body == {"webhooks": []}
    # Once its receiver runs, the same request is accepted.
    with loopback_endpoint(port) as endpoint:
        registered = chain.call("POST", "/webhooks", {"url": url}, x_client_id="early")
        assert (registered.status, registered.body["status"]) == (201, "pending_confirmation")
        wait_for(lambda: endpoint.of_kind("SubscriptionConfirmation"))


@pytest.mark.parametrize("encoding", ["gzip", "br", "gzip, identity"])
def test_a_compressed_body_is_refused_by_name(chain: Chain, encoding: str) -> None:
    body = gzip.compress(json.dumps(order_payload()).encode())
    answer = chain.call("POST", "/orders", body, content_encoding=encoding)
    assert answer.status == 415, answer
    assert repr(encoding) in answer.body["detail"]


def test_an_identity_encoding_is_none(chain: Chain) -> None:
    chain.accept(order_payload(), content_encoding="identity")


def test_a_test_event_reaches_its_webhook_alone(chain: Chain, webhooks) -> None:
    answer = chain.call("POST", f"/webhooks/{webhooks['shop-1']}/test", {})
    assert answer.status == 202
    event_id = answer.body["event_id"]

    def arrived() -> bool | None:
        return any(each.id == event_id for each in chain.receiver.hook("shop-1").events) or None

    wait_for(arrived)
    # Whatever else had been sent would be there before the event of a later order.
    chain.event(chain.accept(order_payload()), "shop-2")
    assert not [each for each in chain.receiver.hook("shop-2").events if each.id == event_id]


def test_a_client_can_have_an_orders_event_again(chain: Chain, webhooks) -> None:
    request_id = chain.accept(order_payload())
    event = chain.event(request_id, "shop-1")
    chain.event(request_id, "shop-2")
    one = {"webhook_id": webhooks["shop-1"]}
    answer = chain.call("POST", f"/orders/{request_id}/redeliver", one)
    assert (answer.status, answer.body["event_id"]) == (202, event.id)
    wait_for(lambda: len(chain.attempts(request_id, "shop-1")) == 2)
    assert [each.outcome for each in chain.attempts(request_id, "shop-1")] == ["handled", "duplicate"]
    assert len(chain.attempts(request_id, "shop-2")) == 1


def test_a_webhook_that_fails_is_called_again_for_days_and_the_healthy_one_is_not(
    chain: Chain, webhooks
) -> None:
    # SNS tries twice, redelivery twice more; the fourth call in all is the first that is taken.
    chain.receiver.hook("shop-1").plan(FailurePlan(status=503, times=3))
    request_id = chain.accept(order_payload())
    taken = wait_for(
        lambda: next((a for a in chain.attempts(request_id, "shop-1") if a.outcome == "handled"), None)
    )
    tried = chain.attempts(request_id, "shop-1")
    assert [each.status for each in tried] == [503, 503, 503, 200]
    assert {each.event_id for each in tried} == {taken.event_id}
    first, retried, redelivered, again = (each.message_id for each in tried)
    assert first == retried != redelivered == again
    # One event that fails says nothing of the others: the webhook is not failing.
    assert status(chain, webhooks["shop-1"], "shop") == "active"
    healthy = chain.attempts(request_id, "shop-2")
    assert [(each.outcome, each.event_id) for each in healthy] == [("handled", taken.event_id)]
    assert status(chain, webhooks["shop-2"], "shop") == "active"


def deliveries(chain: Chain) -> DeliveriesTable:
    return DeliveriesTable(chain.emulator.client("dynamodb"), chain.outputs["deliveries_table_name"])


def row_of_order(chain: Chain, request_id: str, client: str, webhook_id: str) -> Row | None:
    order = chain.call("GET", f"/orders/{request_id}", x_client_id=client).body
    event = order_event({**order, "client_id": client})
    return deliveries(chain).find_row(webhook_id, f"{event.time}#{event.id}")


def in_state(chain: Chain, request_id: str, client: str, webhook_id: str, state: RowState) -> Row | None:
    order = chain.call("GET", f"/orders/{request_id}", x_client_id=client)
    if order.status != 200 or order.body["status"] == "pending":
        return None
    row = row_of_order(chain, request_id, client, webhook_id)
    return row if row is not None and row.state is state else None


def test_an_event_whose_schedule_is_used_up_is_dead_and_can_be_requested_again(chain: Chain) -> None:
    webhook_id = register(chain, "late", "late")
    chain.receiver.hook("late").plan(FailurePlan(status=500))
    request_id = chain.accept(order_payload(), x_client_id="late")
    wait_for(lambda: in_state(chain, request_id, "late", webhook_id, RowState.DEAD))

    def dead_row() -> Row | None:
        # SNS's last envelope may be faster than its log entry.
        row = row_of_order(chain, request_id, "late", webhook_id)
        return row if row is not None and row.attempts == 6 else None

    row = wait_for(dead_row)
    assert (row.reason, row.last_attempt.status) == ("schedule_exhausted", 500)
    assert [each.status for each in chain.attempts(request_id, "late")] == [500] * 6

    chain.receiver.hook("late").plan(FailurePlan())
    path = f"/orders/{request_id}/redeliver"
    assert chain.call("POST", path, {}, x_client_id="late").status == 202
    assert chain.event(request_id, "late").type == "order.paid"
    wait_for(lambda: in_state(chain, request_id, "late", webhook_id, RowState.DELIVERED))


def test_a_webhook_that_was_down_receives_what_it_missed_after_its_first_success(chain: Chain) -> None:
    webhook_id = register(chain, "late", "late")
    chain.receiver.hook("late").plan(FailurePlan(status=503))
    missed = [chain.accept(order_payload(), x_client_id="late") for _ in range(3)]
    wait_for(lambda: status(chain, webhook_id, "late") == "failing")
    missed.append(chain.accept(order_payload(), x_client_id="late"))
    chain.receiver.hook("late").plan(FailurePlan())
    for request_id in missed:
        chain.event(request_id, "late")
    wait_for(lambda: status(chain, webhook_id, "late") == "active")


def test_an_order_before_the_confirmation_is_not_missed(chain: Chain) -> None:
    """What a paused webhook misses waits alike."""
    url = {"url": chain.receiver.hook_url("soon")}
    # Its receiver does not expect it yet.
    webhook_id = chain.call("POST", "/webhooks", url, x_client_id="soon").body["webhook_id"]
    request_id = chain.accept(order_payload(), x_client_id="soon")
    wait_for(lambda: in_state(chain, request_id, "soon", webhook_id, RowState.OWED))
    chain.webhook_ids.add(webhook_id)
    chain.call("POST", "/webhooks", url, x_client_id="soon")
    assert chain.event(request_id, "soon").type == "order.paid"


def test_nothing_is_redelivered_to_a_webhook_that_has_been_deleted(chain: Chain) -> None:
    webhook_id = register(chain, "gone", "gone")
    chain.receiver.hook("gone").plan(FailurePlan(status=500))
    request_id = chain.accept(order_payload(), x_client_id="gone")
    wait_for(lambda: len(chain.attempts(request_id, "gone")) >= 2)
    assert chain.call("DELETE", f"/webhooks/{webhook_id}", x_client_id="gone").status == 204

    def ended() -> bool:
        return row_of_order(chain, request_id, "gone", webhook_id).state is RowState.DEAD

    # SNS ends without a signal what was between two attempts: such a row ends at its deadline, after hours.
    wait_for(ended, "the end of the row", seconds=_LONGEST_SILENCE_SECONDS)
    before = len(chain.attempts(request_id, "gone"))
    # A later order's event shows that nothing more is on its way to the deleted one.
    chain.receiver.hook("gone").plan(FailurePlan())
    register(chain, "slow", "gone")
    chain.event(chain.accept(order_payload(), x_client_id="gone"), "slow")
    assert len(chain.attempts(request_id, "gone")) == before


def test_a_webhook_can_be_deleted_while_it_is_pending_and_registered_again(chain: Chain) -> None:
    url = chain.receiver.hook_url("slow").replace("/slow", "/nobody")
    first = chain.call("POST", "/webhooks", {"url": url}, x_client_id="hasty")
    assert (first.status, first.body["status"]) == (201, "pending_confirmation")
    webhook_id = first.body["webhook_id"]
    subscription_arn = chain.webhook("hasty", webhook_id)["subscription_arn"]
    path = f"/webhooks/{webhook_id}"
    test = chain.call("POST", f"{path}/test", {}, x_client_id="hasty")
    assert (test.status, "not confirmed" in test.body["detail"]) == (409, True)
    assert chain.call("DELETE", path, x_client_id="hasty").status == 204
    assert chain.call("GET", path, x_client_id="hasty").status == 404
    # SNS keeps what nobody confirmed; should that still happen, nothing may come of it.
    sns = chain.emulator.client("sns")

    def attributes() -> dict[str, str]:
        return sns.get_subscription_attributes(SubscriptionArn=subscription_arn)["Attributes"]

    assert json.loads(attributes()["FilterPolicy"]) == {"audience": ["nobody"]}
    again = chain.call("POST", "/webhooks", {"url": url}, x_client_id="hasty")
    assert (again.status, again.body["status"]) == (201, "pending_confirmation")
    assert json.loads(attributes()["FilterPolicy"])["client_id"] == ["hasty"]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [("PUT", "/webhooks", "GET, POST"), ("GET", "/orders/x/redeliver", "POST")],
)
def test_a_wrong_method_gets_the_allowed_ones(chain: Chain, method: str, path: str, allow: str) -> None:
    answer = chain.call(method, path)
    assert (answer.status, answer.headers["allow"]) == (405, allow)


def test_a_page_of_the_settings_may_call_from_a_browser_and_no_other(chain: Chain) -> None:
    wants = {"access_control_request_method": "POST", "access_control_request_headers": "idempotency-key"}
    preflight = chain.call("OPTIONS", "/orders", origin=PAGE, **wants)
    assert preflight.status == 204
    assert preflight.headers["access-control-allow-origin"] == PAGE
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "idempotency-key" in preflight.headers["access-control-allow-headers"]
    refused = chain.call("OPTIONS", "/orders", origin="https://other.example", **wants)
    assert refused.status == 403
    assert "access-control-allow-origin" not in refused.headers
    answer = chain.post({}, origin=PAGE)
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (422, PAGE)
    assert "apigw-requestid" in answer.headers["access-control-expose-headers"]
