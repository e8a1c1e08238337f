"""Which creator makes which type of resource."""

from __future__ import annotations

from collections.abc import Mapping

from local.deployer.resource import Creator
from local.deployer.services import (
    apigateway,
    cloudwatch,
    dynamodb,
    iam,
    kms,
    lambda_,
    logs,
    scheduler,
    secretsmanager,
    sns,
    sqs,
    stepfunctions,
)

CREATORS: Mapping[str, Creator] = {
    **apigateway.CREATORS,
    **cloudwatch.CREATORS,
    **dynamodb.CREATORS,
    **iam.CREATORS,
    **kms.CREATORS,
    **lambda_.CREATORS,
    **logs.CREATORS,
    **scheduler.CREATORS,
    **secretsmanager.CREATORS,
    **sns.CREATORS,
    **sqs.CREATORS,
    **stepfunctions.CREATORS,
}

SERVICES = (
    apigateway.SERVICE,
    cloudwatch.SERVICE,
    dynamodb.SERVICE,
    iam.SERVICE,
    kms.SERVICE,
    lambda_.SERVICE,
    logs.SERVICE,
    scheduler.SERVICE,
    secretsmanager.SERVICE,
    sns.SERVICE,
    sqs.SERVICE,
    stepfunctions.SERVICE,
)
