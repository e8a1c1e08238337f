"""Where the stack is deployed: the parts that ARNs of not yet existing things are made of."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws


@dataclass(frozen=True, kw_only=True)
class Account:
    """The AWS partition, region and account of the stack."""

    partition: pulumi.Output[str]
    region: pulumi.Output[str]
    account_id: pulumi.Output[str]


def current_account() -> Account:
    """Look up where the program's AWS provider deploys to."""
    return Account(
        partition=pulumi.Output.from_input(aws.get_partition_output().partition),
        region=pulumi.Output.from_input(aws.get_region_output().region),
        account_id=pulumi.Output.from_input(aws.get_caller_identity_output().account_id),
    )
