"""Receive order webhooks with Flask: flask --app flask_app run --port 8080."""

from __future__ import annotations

from flask import Flask, Response, request
from order_webhooks_receiver import Event, Receiver, SeenInSqlite, flask_request, read_trust, webhook_ids_in

app = Flask(__name__)
receiver = Receiver(
    read_trust("receiver.json", webhook_ids=webhook_ids_in("webhook-ids.txt")),
    seen=SeenInSqlite("seen-events.sqlite3"),
)


def work(event: Event) -> None:
    """Do what the event asks for, within 15 seconds: put longer work on a queue of your own."""
    if event.type == "order.paid":
        print(f"ship {event.data['reference']}", flush=True)
    elif event.type in ("order.declined", "order.failed"):
        print(f"cancel {event.data['reference']}", flush=True)


@app.post("/hooks/orders")
def receive_order_event() -> Response:
    """Answer SNS."""
    answer = receiver.answer(*flask_request(request), work)
    return Response(answer.text, answer.status, mimetype="text/plain")
