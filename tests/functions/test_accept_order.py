from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from functions.adapters.idempotency_table import IdempotencyTable
from functions.adapters.queues import Queue
from functions.handlers import accept_order
from tests.support.http_events import http_event
from tests.support.orders import order_payload


def post(context: Any, *, key: str | None = None, client: str = "shop", **event: Any) -> dict[str, Any]:
    headers = {"x-client-id": client, **({"idempotency-key": key} if key is not None else {})}
    headers |= event.pop("headers", {})
    return accept_order.handle(http_event(**{"body": order_payload(), "headers": headers, **event}), context)


def problem(reply: dict[str, Any]) -> dict[str, Any]:
    assert reply["headers"]["content-type"] == "application/problem+json"
    body = json.loads(reply["body"])
    assert body["status"] == reply["statusCode"]
    assert {"type", "title", "status", "detail", "request_id"} <= set(body)
    return body


def test_an_order_is_answered_once_the_queue_has_it(cloud, context, log_lines) -> None:
    reply = post(context, request_id="JKJaXmPLvHcESHA=")
    assert reply["statusCode"] == 202
    assert json.loads(reply["body"]) == {"request_id": "JKJaXmPLvHcESHA=", "reference": "PO-1001"}
    assert reply["headers"]["location"] == "/orders/JKJaXmPLvHcESHA%3D"
    (message,) = cloud.messages()
    assert message["request_id"] == "JKJaXmPLvHcESHA="
    assert message["client_id"] == "shop"
    assert message["order"] == order_payload()
    (line,) = log_lines()
    assert (line["request_id"], line["client_id"], line["status"]) == ("JKJaXmPLvHcESHA=", "shop", 202)
    assert line["message_id"]


def test_each_client_has_its_own_group_in_the_fair_queue(cloud, context) -> None:
    for client in ("shop", "store", "shop"):
        post(context, client=client)
    received = cloud.client("sqs").receive_message(
        QueueUrl=cloud.queue_url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["MessageGroupId"]
    )["Messages"]
    groups = [
        (json.loads(each["Body"])["client_id"], each["Attributes"]["MessageGroupId"]) for each in received
    ]
    assert len(groups) == 3
    assert len(set(groups)) == len({group for _, group in groups}) == 2


def test_an_order_is_counted_when_the_queue_has_it_and_not_again(cloud, context, counted) -> None:
    for _ in range(2):
        assert post(context, headers={"idempotency-key": "k"})["statusCode"] == 202
    own = {"namespace": "order-webhooks/test", "service": "order-webhooks"}
    assert counted() == [{**own, "OrdersAccepted": [1.0]}]


def test_a_body_in_base64_is_the_same_order(cloud, context) -> None:
    assert post(context, encode=True)["statusCode"] == 202
    assert cloud.messages()[0]["order"] == order_payload()


def test_text_beyond_ascii_arrives_as_it_was_sent(cloud, context) -> None:
    assert post(context, body=order_payload(reference="Größe 注文"))["statusCode"] == 202
    assert cloud.messages()[0]["order"]["reference"] == "Größe 注文"


@pytest.mark.parametrize(
    ("event", "status", "detail"),
    [
        ({"headers": {"content-type": "text/plain"}}, 415, "content-type: application/json"),
        ({"headers": {"content-type": ""}}, 415, "content-type: application/json"),
        ({"headers": {"content-encoding": "gzip"}}, 415, "this one has 'gzip'"),
        ({"headers": {"content-encoding": "BR"}, "encode": True}, 415, "this one has 'br'"),
        ({"body": "x" * (128 * 1024 + 1)}, 413, "131073 bytes; the limit is 131072"),
        ({"body": "{"}, 400, "The body is not JSON at line 1, column 2: "),
        ({"body": "[]"}, 400, "The body is not a JSON object."),
        ({"body": None}, 400, "The body is empty."),
        ({"body": '{"reference": "\ufffd"}'}, 400, "The body is not UTF-8"),
        ({"body": order_payload(currency="EUO")}, 422, "see errors"),
        ({"headers": {"idempotency-key": "a b"}}, 400, "idempotency-key must have 1 to 255"),
        ({"headers": {"x-client-id": "a b"}}, 400, "x-client-id must have 1 to 128"),
    ],
)
def test_a_bad_request_gets_a_clear_error_and_no_message(cloud, context, event, status, detail) -> None:
    reply = post(context, **event)
    assert reply["statusCode"] == status
    assert detail in problem(reply)["detail"]
    assert cloud.messages() == []


def test_a_body_of_exactly_the_limit_is_read(cloud, context) -> None:
    text = json.dumps(order_payload())
    assert post(context, body=text + " " * (128 * 1024 - len(text)))["statusCode"] == 202


def test_a_parameter_of_the_content_type_changes_nothing(cloud, context) -> None:
    headers = {"content-type": "Application/JSON; charset=utf-8"}
    assert post(context, headers=headers)["statusCode"] == 202


def test_a_card_number_is_neither_answered_nor_logged(cloud, context, log_lines) -> None:
    reply = post(context, body=order_payload(payment_method="4242424242424242"))
    assert problem(reply)["errors"][0]["field"] == "payment_method"
    assert "4242" not in reply["body"] + json.dumps(log_lines())


def test_the_same_key_and_order_give_the_first_request_id_and_one_message(cloud, context) -> None:
    first = post(context, key="k1", request_id="req-1")
    again = post(context, key="k1", request_id="req-2")
    assert first["body"] == again["body"]
    assert first["headers"]["location"] == again["headers"]["location"]
    assert [message["request_id"] for message in cloud.messages()] == ["req-1"]


def test_the_same_key_with_another_order_is_refused(cloud, context) -> None:
    post(context, key="k1")
    reply = post(context, key="k1", body=order_payload(reference="PO-1002"))
    assert reply["statusCode"] == 422
    assert "different request body" in problem(reply)["detail"]
    assert len(cloud.messages()) == 1


def test_a_key_belongs_to_its_client(cloud, context) -> None:
    post(context, key="k1", client="shop", request_id="req-1")
    other = post(context, key="k1", client="store", request_id="req-2", body=order_payload(reference="X"))
    assert (other["statusCode"], json.loads(other["body"])["request_id"]) == (202, "req-2")


def test_an_expired_key_is_free_again(cloud, context, monkeypatch) -> None:
    monkeypatch.setenv("IDEMPOTENCY_KEY_TTL_HOURS", "-1")
    post(context, key="k1", request_id="req-1")
    monkeypatch.setenv("IDEMPOTENCY_KEY_TTL_HOURS", "24")
    reply = post(context, key="k1", request_id="req-2", body=order_payload(reference="X"))
    assert (reply["statusCode"], json.loads(reply["body"])["request_id"]) == (202, "req-2")


def test_a_crash_between_the_record_and_the_queue_heals_on_the_clients_retry(
    cloud, context, monkeypatch
) -> None:
    def crash(self: Queue, body: str, **_: Any) -> str:
        raise EndpointConnectionError(endpoint_url="sqs")

    with monkeypatch.context() as patched:
        patched.setattr(Queue, "send", crash)
        assert post(context, key="k1", request_id="req-1")["statusCode"] == 503
    assert cloud.messages() == []
    reply = post(context, key="k1", request_id="req-2")
    assert (reply["statusCode"], json.loads(reply["body"])["request_id"]) == (202, "req-1")
    assert [message["request_id"] for message in cloud.messages()] == ["req-1"]


def test_a_crash_after_the_queue_sends_the_same_order_again_under_the_same_request_id(
    cloud, context, monkeypatch
) -> None:
    def crash(self: IdempotencyTable, key: str) -> None:
        raise EndpointConnectionError(endpoint_url="dynamodb")

    with monkeypatch.context() as patched:
        patched.setattr(IdempotencyTable, "mark_enqueued", crash)
        assert post(context, key="k1", request_id="req-1")["statusCode"] == 503
    assert post(context, key="k1", request_id="req-2")["statusCode"] == 202
    first, second = cloud.messages()
    assert first == second


def test_a_queue_that_cannot_take_the_message_is_a_503_with_retry_after(cloud, context) -> None:
    cloud.client("sqs").delete_queue(QueueUrl=cloud.queue_url)
    reply = post(context)
    assert reply["statusCode"] == 503
    assert int(reply["headers"]["retry-after"]) >= 1
    assert "NonExistentQueue" not in json.dumps(problem(reply))


def test_an_unhandled_error_is_a_500_that_says_nothing_of_its_cause(
    cloud, context, monkeypatch, capsys
) -> None:
    def fail(self: Queue, body: str, **_: Any) -> str:
        raise RuntimeError("the secret is s3cr3t")

    monkeypatch.setattr(Queue, "send", fail)
    reply = post(context)
    assert reply["statusCode"] == 500
    assert "s3cr3t" not in json.dumps(problem(reply))
    counted, line = (json.loads(each) for each in capsys.readouterr().out.splitlines())
    assert line["level"] == "ERROR"
    assert "the secret is" in line["exception"]
    # The function has answered, so Lambda counts no error.
    assert counted["UnhandledErrors"] == [1.0]


def test_the_client_is_whoever_the_authorizer_says(cloud, context, monkeypatch) -> None:
    monkeypatch.setenv("API_AUTH", "iam")
    authorizer = {"iam": {"userArn": "arn:aws:sts::123456789012:assumed-role/Shop/session"}}
    assert post(context, client="someone-else", authorizer=authorizer)["statusCode"] == 202
    assert cloud.messages()[0]["client_id"] == "123456789012:role/Shop"
    assert post(context, client="someone-else")["statusCode"] == 401
