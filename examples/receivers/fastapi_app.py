"""Receive order webhooks with FastAPI: uvicorn fastapi_app:app --port 8080."""

from __future__ import annotations

from fastapi import FastAPI, Request, Response
from fastapi.concurrency import run_in_threadpool
from order_webhooks_receiver import (
    Event,
    Receiver,
    SeenInSqlite,
    read_trust,
    starlette_request,
    webhook_ids_in,
)

app = FastAPI()
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
async def receive_order_event(request: Request) -> Response:
    """Answer SNS; the kit waits for files and the network, so it runs in a thread."""
    answer = await run_in_threadpool(receiver.answer, *await starlette_request(request), work)
    return Response(answer.text, answer.status, media_type="text/plain")
