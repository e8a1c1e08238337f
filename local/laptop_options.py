"""The options of `make local`, and the settings of its stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # its stubs are not in the environment

from functions.domain.client import ANONYMOUS
from functions.domain.payment import PaymentProvider
from infra.settings import SETTINGS_KEY
from local.sns.behaviour import SnsBehaviour

# The stack's configuration, also for `make preview`.
CONFIGURATION = Path(__file__).resolve().parent.parent / "Pulumi.local.yaml"
HOOK = "orders"
# A second webhook of the same client, which does not fail: it must receive each event exactly once.
HEALTHY_HOOK = "healthy"
ALWAYS = -1
# The console's second client, where none is named. It has a webhook with its own name.
CONSOLE_CLIENT = "shop"


class ConfigurationError(Exception):
    """Pulumi.local.yaml cannot be used."""


@dataclass(frozen=True, kw_only=True)
class OwnWebhook:
    """The URL of a receiver that somebody else runs, and the client that it is registered for."""

    client_id: str
    url: str


@dataclass(frozen=True, kw_only=True)
class LaptopOptions:
    """The options. Where a port is taken, another is used."""

    emulator_port: int | None = None
    receiver_port: int | None = None
    fail_status: int = 503
    fail_times: int = 0
    """How many deliveries the receiver fails first; `ALWAYS` fails all."""
    speed: float = 1.0
    """The number that all retry and redelivery delays are divided by."""
    sns: SnsBehaviour = field(default_factory=SnsBehaviour)
    """What AWS leaves undocumented about SNS."""
    payment: PaymentProvider = "simulated"
    """The payment provider; for Stripe's gateway a fake Stripe is started."""

    clients: tuple[str, ...] = ()
    """Named clients, each with a webhook of the same name at the receiver; else one anonymous client."""
    webhooks: tuple[OwnWebhook, ...] = ()
    """Further webhooks, which are registered as soon as they answer."""
    receiver_folder: Path | None = None
    """Where a receiver of one's own finds its trust and its webhooks' IDs; else the run's folder."""
    console_port: int | None = None
    has_console: bool = False
    """Whether to serve the web console, whose page has orders of several clients."""
    more: bool = False
    """Whether the screen shows more than fits a terminal of 80 x 24."""

    @property
    def hooks(self) -> Mapping[str, str]:
        """The receiver's webhooks, by name, with their clients. The first is the one that is checked."""
        if self.clients:
            return {name: name for name in self.clients}
        others = {HEALTHY_HOOK: ANONYMOUS} if self.fail_times else {}
        return {HOOK: ANONYMOUS, **others, **({CONSOLE_CLIENT: CONSOLE_CLIENT} if self.has_console else {})}

    @property
    def first_hook(self) -> str:
        """The name of the webhook that fails as the options say, and that is checked."""
        return next(iter(self.hooks))

    @property
    def own_client(self) -> str:
        """The client of a receiver that somebody else runs."""
        return self.webhooks[0].client_id if self.webhooks else self.first_client

    @property
    def own_webhooks(self) -> tuple[OwnWebhook, ...]:
        """The further webhooks that should receive the first order's event."""
        return tuple(each for each in self.webhooks if each.client_id == self.first_client)

    @property
    def first_client(self) -> str:
        """The client whose order is sent first."""
        return self.hooks[self.first_hook]


def laptop_settings() -> dict[str, Any]:
    """Return the settings in Pulumi.local.yaml; raise `ConfigurationError` where there are none."""
    try:
        settings: dict[str, Any] = read_configuration()["config"][SETTINGS_KEY]
    except (KeyError, TypeError) as error:
        raise ConfigurationError(f"{CONFIGURATION.name} has no config with {SETTINGS_KEY}") from error
    return settings


def read_configuration() -> Any:  # noqa: ANN401 - whatever the YAML holds
    """Return what Pulumi.local.yaml holds; raise `ConfigurationError` where it is not YAML."""
    try:
        return yaml.safe_load(CONFIGURATION.read_text(encoding="utf-8"))
    except yaml.YAMLError as error:
        raise ConfigurationError(f"{CONFIGURATION.name} is not YAML: {error}") from error
