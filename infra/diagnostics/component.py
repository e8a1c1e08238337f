"""A webhook of the stack's own, with which an operator finds out what SNS does."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import pulumi

from infra.access import Grant
from infra.lambdas.factory import FunctionFactory

_TOKEN_LENGTH = 32


@dataclass(frozen=True, kw_only=True)
class DiagnosticsArgs:
    """What the webhook needs."""

    factory: FunctionFactory
    topic_arn: pulumi.Input[str]
    """Of the first topic."""
    topic_names: pulumi.Input[str]
    """Of all topics, with commas."""
    grant_confirm: Grant
    secret_source: pulumi.Input[str]
    """A random text of AWS's, such as the unique ID of a role: the token in the path is its hash."""


class Diagnostics(pulumi.ComponentResource):
    """A public route that confirms its own subscription and answers with the status in its path."""

    def __init__(self, name: str, args: DiagnosticsArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("orders:diagnostics:Diagnostics", name, {}, opts)
        # The same at each deployment, unknown to anyone who may not read the account's roles.
        self.token = pulumi.Output.secret(args.secret_source).apply(_token)
        function = args.factory.make(
            "diagnostics",
            "Answers SNS with the status that its path names",
            parent=self,
            environment={
                "TOKEN": self.token,
                "TOPIC_ARN": args.topic_arn,
                "TOPIC_NAMES": args.topic_names,
            },
            grants=[args.grant_confirm],
            behind_api=True,
        )
        self.routes = {"POST /diagnostics/{token}/{status}": function}
        self.functions = (function,)
        self.register_outputs({})


def _token(source: str) -> str:
    return hashlib.sha256(f"diagnostics {source}".encode()).hexdigest()[:_TOKEN_LENGTH]
