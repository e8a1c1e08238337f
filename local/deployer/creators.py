"""Which creator makes which type of resource."""

from __future__ import annotations

from collections.abc import Mapping

from local.deployer.resource import Creator
from local.deployer.services import apigateway, dynamodb, iam, lambda_, logs, sns, sqs, stepfunctions

CREATORS: Mapping[str, Creator] = {
    **apigateway.CREATORS,
    **dynamodb.CREATORS,
    **iam.CREATORS,
    **lambda_.CREATORS,
    **logs.CREATORS,
    **sns.CREATORS,
    **sqs.CREATORS,
    **stepfunctions.CREATORS,
}

SERVICES = (
    apigateway.SERVICE,
    dynamodb.SERVICE,
    iam.SERVICE,
    lambda_.SERVICE,
    logs.SERVICE,
    sns.SERVICE,
    sqs.SERVICE,
    stepfunctions.SERVICE,
)
