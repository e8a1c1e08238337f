"""The operator's commands on the whole chain: what they show is what happened."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from functions.adapters.deliveries_table import DeliveriesTable
from functions.domain.deliveries.row import Reason, RowState
from functions.domain.instant import now, timestamp
from local.emulated_clock import start_clock
from ops.__main__ import main
from ops.as_client import call_as_client
from ops.console.attempts import read_attempts
from ops.console.order_reading import read_order
from ops.console.overview_reading import OverviewReader
from ops.console.webhook_reading import WebhookFilters, read_webhook
from ops.console.webhooks_reading import read_webhooks
from ops.deliveries import dead_rows
from ops.errors import OpsError
from ops.orders.search import find
from ops.stuck_deliveries import remove_row
from ops.target import CLOCK_KEY, ENDPOINT_KEY, Target
from ops.webhook_changes import set_webhook_status
from receiver.hooks import FailurePlan
from tests.functions.domain.deliveries import samples
from tests.support.chain import Chain, running_chain
from tests.support.orders import order_payload
from tests.support.waiting import wait_for
from tools.iam_documents.deployer import EXAMPLE
from tools.iam_documents.operator import operator_documents

pytestmark = [pytest.mark.broad, pytest.mark.e2e]

IAM_SERVICES = {"stepfunctions": "states"}
IAM_ACTIONS = {"Invoke": "InvokeFunction"}
# SQS moves messages with the permissions of the caller; the API and encryption cause the other actions.
BY_OTHERS = {"sqs:SendMessage", "execute-api:Invoke", "kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKey"}

Run = Callable[..., tuple[int, Any]]


@pytest.fixture(scope="module")
def clock_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("ops") / "clock"


@pytest.fixture(scope="module")
def chain(clock_file: Path) -> Iterator[Chain]:
    settings = {
        # Three attempts, then redelivery, once.
        "delivery": {
            "num_retries": 2,
            "num_no_delay_retries": 0,
            "num_min_delay_retries": 0,
            "num_max_delay_retries": 0,
            "min_delay_target_seconds": 1,
            "max_delay_target_seconds": 1,
        },
        "redelivery": {"delays_seconds": [30]},
        "workflow": {"payment_retry": {"interval_seconds": 1, "max_attempts": 2, "max_delay_seconds": 2}},
    }
    hooks = ["shop", "late"]
    directory = clock_file.parent
    with running_chain(
        directory,
        stack="ops",
        hooks=hooks,
        settings=settings,
        subscribers=[{"name": name, "client_id": name} for name in hooks],
        environment=start_clock(clock_file, 60),
    ) as running:
        yield running


@pytest.fixture(scope="module")
def outputs(chain: Chain, clock_file: Path) -> dict[str, Any]:
    """What `make local` writes down of its stack."""
    return {**chain.outputs, ENDPOINT_KEY: chain.emulator.endpoint_url, CLOCK_KEY: str(clock_file)}


@pytest.fixture(scope="module")
def calls() -> set[str]:
    """Every action of AWS that the module's commands take."""
    return set()


@pytest.fixture
def run(
    outputs: dict[str, Any],
    calls: set[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Run:
    make_client = Target._make_client

    def make_watched(target: Target, service: str) -> Any:
        def note(model: Any, **_: Any) -> None:
            calls.add(f"{IAM_SERVICES.get(service, service)}:{IAM_ACTIONS.get(model.name, model.name)}")

        client = make_client(target, service)
        client.meta.events.register("before-call", note)
        return client

    monkeypatch.setattr(Target, "_make_client", make_watched)
    file = tmp_path / "outputs.json"
    file.write_text(json.dumps(outputs))

    def run(*arguments: str) -> tuple[int, Any]:
        capsys.readouterr()
        code = main(["--outputs", str(file), "--json", *arguments])
        return code, json.loads(capsys.readouterr().out)

    return run


def story(run: Run, request_id: str) -> list[dict[str, Any]]:
    code, document = run("trace", request_id)
    assert code == 0
    assert document["notes"] == []
    times = [each["time"] for each in document["entries"]]
    assert times == sorted(times)
    return document["entries"]


def shown(entries: list[dict[str, Any]]) -> list[tuple[str, str]]:
    return [(each["where"], each["what"]) for each in entries]


def assert_told(entries: list[dict[str, Any]], expected: list[tuple[str, str, str]]) -> None:
    """Each entry by its place, its mark and what its text begins with."""
    found = [(each["where"], each["mark"], each["what"]) for each in entries]
    assert [each[:2] for each in found] == [each[:2] for each in expected], shown(entries)
    for (_, _, what), (_, _, start) in zip(found, expected, strict=True):
        assert what.startswith(start), (what, start)


def delivered(chain: Chain, run: Run, request_id: str, hook: str = "shop") -> None:
    """Wait until the webhook has taken the event and SNS has written so down."""
    chain.event(request_id, hook)

    def is_logged() -> bool | None:
        _, document = run("trace", request_id)
        # The row follows SNS's log by a moment.
        is_open = any(each["where"] == "row" and each["mark"] == "waiting" for each in document["entries"])
        return (not is_open and any("answered 200" in each["what"] for each in document["entries"])) or None

    wait_for(is_logged)


def test_a_retried_order_reads_as_its_true_story(chain: Chain, run: Run) -> None:
    chain.receiver.hook("shop").plan(FailurePlan(status=503, times=2))
    request_id = chain.accept(order_payload(payment_method="pm_simulated_unavailable_2"))
    delivered(chain, run, request_id)
    entries = story(run, request_id)

    message_id = chain.order(request_id)["message_id"]
    (sns_message_id,) = {each.message_id for each in chain.attempts(request_id)}
    gateway = "failed: PaymentGatewayUnavailable: the simulated gateway is down"
    assert_told(
        entries,
        [
            ("api", "ok", "accepted: 202 in "),
            ("queue", "ok", "received from the queue, execution started"),
            ("execution", "ok", "started as "),
            ("order", "ok", "saved: it is pending"),
            ("SaveOrder", "ok", "done, "),
            ("ProcessPayment", "retry", f"attempt 1 {gateway} (attempt 0); next attempt after "),
            ("ProcessPayment", "retry", f"attempt 2 {gateway} (attempt 1); next attempt after "),
            ("ProcessPayment", "ok", "done at attempt 3, "),
            ("order", "ok", "is paid"),
            ("UpdateOrder", "ok", "done, "),
            ("event", "ok", "order.paid published for all webhooks of the client: SNS message "),
            ("InformClient", "ok", "done, "),
            ("execution", "ok", "succeeded after "),
            ("row", "ok", "delivered to shop: 3 attempts in 1 publication"),
            ("delivery", "ok", "shop at http://127.0.0.1:"),
        ],
    )
    assert entries[0]["details"]["message_id"] == message_id
    delivery = entries[-1]
    assert "answered 200 at attempt 3, after 2 that failed; " in delivery["what"]
    assert delivery["details"]["sns_message_id"] == sns_message_id
    assert (delivery["details"]["attempts"], delivery["details"]["outcome"]) == (3, "delivered")
    assert [each.status for each in chain.attempts(request_id)] == [503, 503, 200]


def test_an_event_that_nobody_took_is_told_until_it_is_requested_again(chain: Chain, run: Run) -> None:
    chain.receiver.hook("late").plan(FailurePlan(status=500))
    request_id = chain.accept(order_payload(), x_client_id="late")

    def row(beginning: str) -> str | None:
        found = [text for where, text in shown(story_of(run, request_id)) if where == "row"]
        return next((each for each in found if each.startswith(beginning)), None)

    # The dead letter may come before SNS's log entries of the last attempts.
    wait_for(lambda: row("given up for late (schedule_exhausted): 6 attempts in 2 publications"))
    chain.receiver.hook("late").plan(FailurePlan())
    assert run("redeliver", request_id)[0] == 0
    delivered(chain, run, request_id, "late")
    wait_for(lambda: row("delivered to late"))
    deliveries = [each for each in story(run, request_id) if each["where"] == "delivery"]
    gave_up = ("delivery", "failed", "SNS gave up on late at http://127.0.0.1:")
    assert_told(deliveries, [gave_up, gave_up, ("delivery", "ok", "late at http://127.0.0.1:")])
    assert deliveries[0]["what"].endswith(": last 500 (failed on purpose)")


def test_an_order_s_event_goes_out_again_as_if_its_client_asked(chain: Chain, run: Run) -> None:
    request_id = chain.accept(order_payload())
    delivered(chain, run, request_id)
    code, answer = run("redeliver", request_id, "--webhook", "shop")
    assert (code, answer["event_id"]) == (0, chain.event(request_id).id)
    wait_for(lambda: len(chain.attempts(request_id)) == 2)
    what = wait_for(
        lambda: (
            (len(texts := [t for w, t in shown(story_of(run, request_id)) if w == "delivery"]) == 2 and texts)
            or None
        )
    )
    assert all("answered 200 at attempt 1" in each for each in what)
    again = [text for where, text in shown(story(run, request_id)) if where == "event"]
    assert again[1].startswith("order.paid published again by an operator for shop: SNS message ")
    assert run("redeliver", request_id, "--webhook", "late")[0] == 1
    assert run("redeliver", "unknown")[0] == 1


def story_of(run: Run, request_id: str) -> list[dict[str, Any]]:
    return run("trace", request_id)[1]["entries"]


def test_a_failed_execution_is_redriven_where_it_failed(chain: Chain, run: Run) -> None:
    assert run("redrive") == (0, {"failed": []})
    lambda_ = chain.emulator.client("lambda")
    name = chain.outputs["function_names"]["update-order"]
    variables = lambda_.get_function_configuration(FunctionName=name)["Environment"]["Variables"]

    def point_at(table: str) -> None:
        lambda_.update_function_configuration(
            FunctionName=name, Environment={"Variables": {**variables, "ORDERS_TABLE_NAME": table}}
        )

    point_at("nowhere")
    request_id = chain.accept(order_payload())

    def failed() -> list[dict[str, Any]] | None:
        code, document = run("redrive")
        assert code == (1 if document["failed"] else 0)
        return document["failed"] or None

    (execution,) = wait_for(failed)
    assert (execution["request_id"], execution["error"]) == (request_id, "ResourceNotFoundException")
    assert "1 execution failed: docs/runbook.md#executions-failed" in run("status")[1]["concerns"]
    assert "it can be redriven" in shown(story_of(run, request_id))[-1][1]
    point_at(variables["ORDERS_TABLE_NAME"])
    assert run("redrive", "--all", "--since", "1h") == (0, {"redriven": [request_id], "refused": {}})
    delivered(chain, run, request_id)
    entries = story(run, request_id)
    texts = [text for _, text in shown(entries)]
    (redriven,) = [place for place, text in enumerate(texts) if text.startswith("redriven by an operator")]
    assert texts[redriven] == "redriven by an operator (redrive 1) at UpdateOrder"
    assert [each["where"] for each in entries[:redriven]].count("ProcessPayment") == 1
    after = [each["where"] for each in entries[redriven + 1 :]]
    assert "ProcessPayment" not in after
    assert after.index("UpdateOrder") < after.index("InformClient")
    assert run("redrive", request_id)[0] == 1


def test_dead_orders_start_again(chain: Chain, run: Run) -> None:
    assert run("redrive", "--dead-letters")[0] == 1
    request_id = "from-the-dead"
    sqs = chain.emulator.client("sqs")
    body = {
        "request_id": request_id,
        "client_id": "shop",
        "received_at": timestamp(now()),
        "order": order_payload(),
    }
    sqs.send_message(QueueUrl=chain.outputs["orders_dead_letters_url"], MessageBody=json.dumps(body))
    code, document = run("redrive", "--dead-letters")
    assert (code, document["moving"]) == (0, 1)
    assert chain.event(request_id).type == "order.paid"


def test_an_order_is_sent_through_everything_as_a_smoke_test(chain: Chain, run: Run) -> None:
    # The first is "anonymous", who has no webhook.
    for client in ([], ["--client", "shop"]):
        code, document = run("smoke", *client)
        assert (code, document["smoke"], document["order"]["status"]) == (0, "passed", "paid")


def test_orders_are_found_by_day_and_by_reference(chain: Chain, run: Run) -> None:
    request_id = chain.accept(order_payload(reference="PO-FOUND"))
    wait_for(lambda: (order := chain.order(request_id)) and order["status"] == "paid")
    code, document = run("orders", "--status", "paid", "--since", "1h")
    assert code == 0
    assert request_id in [each["request_id"] for each in document["orders"]]
    assert any(each["status"] == "paid" for each in document["totals"])
    code, found = run("orders", "--reference", "PO-FOUND")
    assert (code, found["orders"]) == (0, document["orders"][:1])
    assert "payment_method" not in found["orders"][0]


def test_one_dead_letter_is_redriven(chain: Chain, run: Run) -> None:
    queue = ("--queue", "orders-dead-letters")
    url = chain.outputs["orders_dead_letters_url"]
    sqs = chain.emulator.client("sqs")
    message_id = sqs.send_message(QueueUrl=url, MessageBody="no order")["MessageId"]
    code, document = run("dead-letters", *queue)
    assert (code, [each["message_id"] for each in document["dead_letters"]]) == (1, [message_id])
    assert run("dead-letters", *queue, "--remove", message_id) == (
        0,
        {"removed": [message_id], "missing": []},
    )
    assert run("dead-letters", *queue)[0] == 0


def test_the_console_reads_an_order_the_stack_and_a_webhook(
    chain: Chain, outputs: dict[str, Any], run: Run
) -> None:
    chain.receiver.hook("shop").plan(FailurePlan(status=503, times=1))
    request_id = chain.accept(order_payload(payment_method="pm_simulated_unavailable_2"))
    delivered(chain, run, request_id)
    target = Target(name="the stack test", outputs=outputs)
    order = read_order(target, request_id, read_attempts)
    # The laptop's clock runs ahead of this one here, so the last bar may end later than it was read.
    assert all(bar.end is not None for lane in order.lanes for bar in lane.bars)
    assert [each.text.before for each in order.following] == ["nothing: delivered"]
    bars = {lane.name: [bar.mark for bar in lane.bars] for lane in order.lanes}
    assert bars["ProcessPayment"] == ["retry", "waiting", "retry", "waiting", "ok"]
    assert json.loads(order.event)["id"] == chain.event(request_id).id
    assert "payment_method" not in order.order
    taken = {each.id for each in order.graph.nodes if each.mark == "ok"}
    assert taken == {"SaveOrder", "ProcessPayment", "UpdateOrder", "InformClient"}
    for text in (
        request_id,
        request_id.removesuffix("="),
        order.order["message_id"],
        chain.event(request_id).id,
    ):
        assert [each.request_id for each in find(target, text)] == [request_id]
    reader = OverviewReader()
    overview = reader.read(target)
    assert sum(overview.orders_by_status["paid"]) >= overview.paid_today > 0
    assert overview.deliveries["2xx"] > 0
    later = chain.accept(order_payload(payment_method="pm_card_chargeDeclined"))
    wait_for(lambda: (found := chain.order(later)) and found["status"] == "declined")
    assert sum(reader.read(target).orders_by_status["declined"]) > sum(overview.orders_by_status["declined"])
    answer = call_as_client(
        target, "send-test-event", "POST /webhooks/{webhook_id}/test", "shop", {"webhook_id": "shop"}
    )
    assert answer["event_id"]


def test_the_console_reads_webhooks_and_topics_and_ends_a_delivery(
    chain: Chain, outputs: dict[str, Any], run: Run
) -> None:
    target = Target(name="the stack test", outputs=outputs)
    found = read_webhooks(target)
    assert {each.health.webhook.webhook_id for each in found.webhooks} >= {"shop"}
    (topic,) = found.topics
    assert topic.subscriptions >= len(found.webhooks)
    webhook = read_webhook(target, WebhookFilters(id="shop")).webhook
    with pytest.raises(OpsError, match="The operator manages this webhook"):
        set_webhook_status(target, webhook, "paused")
    table = DeliveriesTable(chain.emulator.client("dynamodb"), outputs["deliveries_table_name"])
    ended = {"state": RowState.DEAD, "dead_at": target.now(), "reason": Reason.SCHEDULE_EXHAUSTED}
    (dead,) = table.create_rows([samples.row(webhook_id="shop", **ended)])
    assert dead.key in [each.key for each in dead_rows(target, most=10)]
    assert remove_row(target, dead)
    assert dead.key not in [each.key for each in dead_rows(target, most=10)]


def test_what_is_refused_and_what_is_unknown(chain: Chain, run: Run) -> None:
    answer = chain.post(order_payload(colour="red"))
    (entry,) = wait_for(lambda: story_of_refused(run, answer.body["request_id"]))
    assert (entry["mark"], entry["what"][:17]) == ("failed", "refused with 422:")
    code, document = run("trace", "unknown")
    assert (code, list(document)) == (1, ["error"])


def story_of_refused(run: Run, request_id: str) -> list[dict[str, Any]] | None:
    return run("trace", request_id)[1].get("entries")


def test_the_operator_s_policies_are_what_the_commands_take_and_no_more(
    chain: Chain, calls: set[str]
) -> None:
    granted = {
        action
        for name, document in operator_documents(EXAMPLE).items()
        # `verify` has a chain of its own.
        if name != "verify"
        for statement in document["Statement"]
        for action in statement["Action"]
    }
    assert calls == granted - BY_OTHERS
