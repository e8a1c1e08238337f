"""How full the SNS topics are: a topic takes a limited number of filter policies."""

from __future__ import annotations

from functions.adapters.topic_usage import Place, usage_of
from ops.parallel import in_parallel
from ops.target import Target


def topic_uses(target: Target) -> list[Place]:
    """Return each topic with its subscriptions, those that SNS keeps after their deletion included."""
    client = target.client("sns")
    return list(in_parallel(lambda arn: usage_of(client, arn), target.output("topic_arns")))
