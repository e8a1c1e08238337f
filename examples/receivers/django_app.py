"""Receive order webhooks with Django, in one file: python django_app.py runserver 8080 --noreload.

In a project of your own, take `receiver`, `work` and the view; the settings are those of a new project.
"""

from __future__ import annotations

import secrets
import sys

from django.conf import settings
from django.core.management import execute_from_command_line
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from order_webhooks_receiver import Event, Receiver, SeenInSqlite, django_request, read_trust, webhook_ids_in

settings.configure(
    ALLOWED_HOSTS=["127.0.0.1", "localhost"],
    ROOT_URLCONF=__name__,
    SECRET_KEY=secrets.token_urlsafe(50),
)
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


# SNS sends no CSRF token; its signature proves the request.
@csrf_exempt
@require_POST
def receive_order_event(request: HttpRequest) -> HttpResponse:
    """Answer SNS."""
    answer = receiver.answer(*django_request(request), work)
    return HttpResponse(answer.text, status=answer.status, content_type="text/plain")


urlpatterns = [path("hooks/orders", receive_order_event)]

if __name__ == "__main__":
    execute_from_command_line(sys.argv)
