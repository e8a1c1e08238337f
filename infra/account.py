"""Where the stack is deployed and what it is called: what names and ARNs begin with."""

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

    def arn(self, service: str, resource: pulumi.Input[str]) -> pulumi.Output[str]:
        """Return the ARN of something in the region and the account."""
        return pulumi.Output.concat(
            "arn:", self.partition, ":", service, ":", self.region, ":", self.account_id, ":", resource
        )


def current_account() -> Account:
    """Look up where the program's AWS provider deploys to."""
    return Account(
        partition=pulumi.Output.from_input(aws.get_partition_output().partition),
        region=pulumi.Output.from_input(aws.get_region_output().region),
        account_id=pulumi.Output.from_input(aws.get_caller_identity_output().account_id),
    )


def stack_name() -> str:
    """Return project and stack, with which the names begin that are not Pulumi's."""
    return f"{pulumi.get_project()}-{pulumi.get_stack()}"


def metrics_namespace() -> str:
    """Return the namespace of the stack's own metrics: one each, so that stacks do not count together."""
    return f"{pulumi.get_project()}/{pulumi.get_stack()}"
