"""Serve a console on loopback."""

from __future__ import annotations

import secrets
import socket

import uvicorn
from fastapi import FastAPI, Request
from nicegui import ui

from ops.console.gate import Gate, gated
from ops.console.order_filters import Filters
from ops.console.pages.find import build_find
from ops.console.pages.order import build_order
from ops.console.pages.orders import build_orders
from ops.console.pages.overview import build_overview
from ops.console.pages.stuck import build_stuck
from ops.console.pages.webhook import build_webhook
from ops.console.pages.webhooks import build_webhooks
from ops.console.stage import Panel, Stage
from ops.console.webhook_reading import WebhookFilters

HOST = "127.0.0.1"
_TOKEN_BYTES = 24


def open_gate(listener: socket.socket, token: str | None = None) -> Gate:
    """Return the gate of a console that will serve this socket, with a token of its own."""
    return Gate(port=listener.getsockname()[1], token=token or secrets.token_urlsafe(_TOKEN_BYTES))


def make_server(stage: Stage, gate: Gate) -> uvicorn.Server:
    """Return a server for `Server.run(sockets=[listener])`; a process has one console."""
    _register(stage)
    app = FastAPI(openapi_url=None)
    ui.run_with(
        app,
        title="Order Webhooks",
        dark=None,
        tailwind=False,
        # Nothing is bound: elements are set when a reading has changed.
        binding_refresh_interval=None,
        reconnect_timeout=30,
        show_welcome_message=False,
        favicon="📦",
    )
    config = uvicorn.Config(
        gated(app, gate),
        log_level="warning",
        ws="websockets-sansio",
        timeout_graceful_shutdown=1,
        server_header=False,
        lifespan="on",
    )
    return uvicorn.Server(config)


def _register(stage: Stage) -> None:
    """Make the pages known to NiceGUI, whose pages belong to the process."""

    @ui.page("/")
    def overview() -> None:
        build_overview(stage)

    @ui.page("/orders")
    def orders(request: Request) -> None:
        build_orders(stage, Filters.of(request.query_params))

    @ui.page("/order")
    def order(id: str = "") -> None:  # noqa: A002 - the parameter's name in the URL
        build_order(stage, id)

    @ui.page("/find")
    def find(text: str = "") -> None:
        build_find(stage, text)

    @ui.page("/webhooks")
    def webhooks() -> None:
        build_webhooks(stage)

    @ui.page("/webhook")
    def webhook(request: Request) -> None:
        build_webhook(stage, WebhookFilters.of(request.query_params))

    @ui.page("/stuck")
    def stuck() -> None:
        build_stuck(stage)

    for panel in stage.panels:
        _register_panel(stage, panel)


def _register_panel(stage: Stage, panel: Panel) -> None:
    @ui.page(panel.path)
    def page() -> None:
        panel.build(stage)
