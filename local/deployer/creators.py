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

_MODULES = (
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
    kind: creator for module in _MODULES for kind, creator in module.CREATORS.items()
}
SERVICES = tuple(module.SERVICE for module in _MODULES)
