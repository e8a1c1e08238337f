"""The variations of the program that many tests look at, each recorded once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import yaml

from infra.account import LONGEST_STACK_NAME
from tests.support.extremes import extreme_settings
from tests.support.pulumi_graph import AWS, CHINA, GOVCLOUD, PROJECT, ROOT, Cloud, Graph, record_main

SUBSCRIBERS = [
    {"name": "shop", "url": "https://shop.example/hooks/orders", "client_id": "shop"},
    {
        "name": "depot",
        "url": "https://depot.example/hooks",
        "client_id": "depot",
        "event_types": ["order.paid"],
        "delivery": {
            "num_retries": 3,
            "num_no_delay_retries": 0,
            "num_min_delay_retries": 0,
            "num_max_delay_retries": 0,
            "min_delay_target_seconds": 1,
            "max_delay_target_seconds": 2,
        },
    },
]


STRIPE_KEY = "sk_test_of_the_recording"


@pytest.fixture(scope="session")
def stripe_graph() -> Graph:
    """The program with Stripe as its payment provider."""
    return record_main({"payment": {"provider": "stripe"}}, secrets={"stripeApiKey": STRIPE_KEY})


# Every setting that adds a resource; what they would do to each other does not matter here.
EVERYTHING = {
    "alarms": {"email": "on-call@shop.test"},
    "api": {
        "auth": "jwt",
        "jwt": {"issuer": "https://id.shop.test/", "audience": "orders"},
        "cors": {"origins": ["https://shop.test"]},
        "domain": {
            "name": "orders.shop.test",
            "certificate_arn": "arn:aws:acm:eu-west-1:123456789012:certificate/12ab",
            "hosted_zone_id": "Z0123456789ABC",
        },
    },
    "diagnostics": True,
    "encryption": {"customer_managed_key": True, "deletion_window_days": 14},
    "payment": {"provider": "stripe"},
    "subscribers": SUBSCRIBERS,
    "workflow": {"type": "EXPRESS"},
}


@pytest.fixture(scope="session")
def full_graph() -> Graph:
    """The program with all that it can consist of, encrypted with a key of its own."""
    return record_main(EVERYTHING, secrets={"stripeApiKey": STRIPE_KEY})


# Settings that change values and add nothing, each for a test of its own.
CHOICES = {
    "alarms": {"email": "ops@shop.example"},
    "functions": {"log_level": "DEBUG", "timeout_seconds": 60},
    "redelivery": {"delays_seconds": [60, 7_200, 30]},
    "subscribers": [
        {"name": name, "url": "https://shop.example/hooks?key=1", "client_id": "shop", **more}
        for name, more in {
            "plain": {},
            "json": {"delivery": {}},
            "json-slowly": {"delivery": {"max_receives_per_second": 20}},
            "text": {"delivery": {"header_content_type": "text/plain"}},
        }.items()
    ],
    "tags": {"cost-centre": "42"},
}


@pytest.fixture(scope="session")
def chosen_graph() -> Graph:
    """The program with other values than usual."""
    return record_main(CHOICES)


@pytest.fixture(scope="session")
def express_graph() -> Graph:
    """The program with an EXPRESS workflow."""
    return record_main({"subscribers": SUBSCRIBERS, "workflow": {"type": "EXPRESS"}})


# How callers are identified, and the settings for it.
CALLERS: dict[str, dict[str, Any]] = {
    "iam": {},
    "jwt": {"auth": "jwt", "jwt": {"issuer": "https://id.shop.example", "audience": "orders"}},
    "none": {"auth": "none"},
}


def record_callers(callers: str) -> Graph:
    """Record the program with callers that are identified so, some of them web pages."""
    cors = {"origins": ["https://shop.example"], "max_age_seconds": 60}
    return record_main({"api": {**CALLERS[callers], "cors": cors}})


@pytest.fixture(scope="session")
def graph() -> Graph:
    """The program with no settings but two subscribers."""
    return record_main({"subscribers": SUBSCRIBERS})


@dataclass(frozen=True, kw_only=True)
class Variation:
    """A choice of settings, and where it is deployed."""

    settings: Mapping[str, Any] | None = None
    cloud: Cloud = AWS
    stack: str = "test"

    def record(self) -> Graph:
        """Record the program with it."""
        return record_main(
            self.settings, secrets={"stripeApiKey": STRIPE_KEY}, stack=self.stack, cloud=self.cloud
        )


def stack_settings(stack: str) -> dict[str, Any] | None:
    """Return the settings in a stack's file."""
    file = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text())
    return file["config"].get(f"{PROJECT}:settings")


def _in_china() -> dict[str, Any]:
    certificate = "arn:aws-cn:acm:cn-north-1:123456789012:certificate/12ab"
    domain = {**EVERYTHING["api"]["domain"], "certificate_arn": certificate}
    return {**EVERYTHING, "api": {**EVERYTHING["api"], "domain": domain}}


# Everything that the program can be, for checks that look at each resource alone.
VARIATIONS: dict[str, Variation] = {
    "everything": Variation(settings=EVERYTHING),
    "dev": Variation(settings=stack_settings("dev")),
    "prod": Variation(settings=stack_settings("prod")),
    "standard with a key": Variation(
        settings={
            "encryption": {"customer_managed_key": True},
            "payment": {"provider": "stripe"},
            "subscribers": SUBSCRIBERS,
        }
    ),
    "China": Variation(settings=_in_china(), cloud=CHINA),
    "least": Variation(settings=extreme_settings("least")),
    # With the longest names as well.
    "most": Variation(
        settings=extreme_settings("most"),
        cloud=GOVCLOUD,
        stack="s" * (LONGEST_STACK_NAME - len(f"{PROJECT}-")),
    ),
}
