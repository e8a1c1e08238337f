"""The sample receiver, with trust in the laptop's SNS."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, cast

from local.emulator import Emulator
from local.loopback import bind_loopback
from local.loopback_requests import loopback_only
from local.sns.settings import read_authority
from receiver import SigningAuthority, Trust, WebhookIds
from receiver.hooks import Attempt
from receiver.server import SampleServer


class LoopbackServer(SampleServer):
    """A sample server that answers this machine only, see `loopback_requests`."""

    def __init__(self, *arguments: Any, **options: Any) -> None:  # noqa: ANN401 - SampleServer's
        super().__init__(*arguments, **options)
        handler = cast("type[BaseHTTPRequestHandler]", self._server.RequestHandlerClass)
        self._server.RequestHandlerClass = loopback_only(handler)


def make_receiver(
    emulator: Emulator,
    authority_directory: Path,
    *,
    topic_arn: str,
    clients: Mapping[str, str],
    webhook_ids: WebhookIds,
    port: int | None = None,
    on_attempt: Callable[[Attempt], object] | None = None,
) -> SampleServer:
    """Make a sample server that trusts one topic of the emulator.

    `authority_directory` is where the emulator's SNS leaves its certificate authority; `clients` has the
    client of each hook by the hook's name; `webhook_ids` may grow after registrations; `port` is a wish.
    """
    signing_authority = _signing_authority(emulator, authority_directory)
    hooks = {
        hook: Trust(
            client_id=client_id,
            topic_arns={topic_arn},
            webhook_ids=webhook_ids,
            authority=signing_authority,
        )
        for hook, client_id in clients.items()
    }
    with bind_loopback(port) as free:
        wished = free.getsockname()[1]
    return LoopbackServer(hooks, port=wished, on_attempt=on_attempt)


def write_trust(path: Path, emulator: Emulator, *, topic_arn: str, client_id: str) -> None:
    """Write what a receiver must trust beside AWS, for the kits' `read_trust`."""
    authority = _signing_authority(emulator, emulator.work_directory)
    document = {
        "client_id": client_id,
        "topic_arns": [topic_arn],
        "authority": {
            "certificate_origin": authority.certificate_origin,
            "confirmation_origin": authority.confirmation_origin,
            "ca_file": str(authority.ca_file.resolve()),
        },
    }
    path.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")


def _signing_authority(emulator: Emulator, directory: Path) -> SigningAuthority:
    # SNS makes its certificate when it is first asked for anything.
    emulator.client("sns").list_subscriptions()
    authority = read_authority(directory)
    return SigningAuthority(
        certificate_origin=authority.certificate_origin,
        ca_file=authority.ca_file,
        confirmation_origin=emulator.endpoint_url,
    )
