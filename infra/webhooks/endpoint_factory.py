"""What the functions that deal with webhooks have in common."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pulumi

from infra.access import Grant
from infra.lambdas.factory import FunctionFactory
from infra.lambdas.python_function import PythonFunction
from infra.table import Table
from infra.webhooks.topics import EventTopics

Environment = Mapping[str, pulumi.Input[str]]


@dataclass(frozen=True, kw_only=True)
class EndpointFactory:
    """Makes functions that know who calls, and the webhooks' table; has what they are given besides."""

    parent: pulumi.Resource
    functions: FunctionFactory
    topics: EventTopics
    webhooks: Table
    deliveries: Table
    timing: Mapping[str, str]
    """The environment variables with the schedule and the longest delivery."""
    api_auth: str

    def make(
        self, handler_module: str, description: str, environment: Environment, *grants: Grant
    ) -> PythonFunction:
        """Make the function of a handler module."""
        common = {"API_AUTH": self.api_auth, "WEBHOOKS_TABLE_NAME": self.webhooks.name}
        return self.functions.make(
            handler_module,
            description,
            parent=self.parent,
            environment={**common, **environment},
            grants=grants,
            behind_api=True,
        )

    @property
    def topic_environment(self) -> Environment:
        """The first topic."""
        return {"TOPIC_ARN": self.topics.first.arn}

    @property
    def deliveries_environment(self) -> Environment:
        """The table of deliveries."""
        return {"DELIVERIES_TABLE_NAME": self.deliveries.name}

    @property
    def publishing_environment(self) -> Environment:
        """What a function knows that stores an event with its rows and publishes it."""
        return {**self.topic_environment, **self.deliveries_environment, **self.timing}

    @property
    def publishing_grants(self) -> tuple[Grant, ...]:
        """What such a function may do."""
        return (
            self.topics.grant_publish,
            self.deliveries.grant_get,
            self.deliveries.grant_batch_get,
            self.deliveries.grant_put,
        )
