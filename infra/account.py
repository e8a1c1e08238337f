"""Where the stack is deployed and what it is called: what names and ARNs begin with.

Only this module knows what differs between AWS's partitions. Service principals do not:
`sns.amazonaws.com` is the same in China, as AWS's own CDK has it ("Service principals are now globally
<SERVICE>.amazonaws.com", https://github.com/aws/aws-cdk/blob/main/packages/aws-cdk-lib/region-info/lib/default.ts).
CloudWatch Logs is the exception: its principal has the region and the partition's DNS suffix.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

# The console's hosts: https://docs.amazonaws.cn/en_us/aws/latest/userguide/introduction.html and
# https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/signing-into-govcloud.html
_CONSOLE = "console.aws.amazon.com"
_CONSOLES = {"aws-cn": "console.amazonaws.cn", "aws-us-gov": "console.amazonaws-us-gov.com"}
_NAME = re.compile(r"[A-Za-z0-9_-]+")
# A layer's name has at most 140 characters, of which its own part and a dash take some.
LONGEST_STACK_NAME = 120


@dataclass(frozen=True, kw_only=True)
class Account:
    """The AWS partition, region and account of the stack."""

    partition: pulumi.Output[str]
    dns_suffix: pulumi.Output[str]
    """What the hosts of AWS's services end in: amazonaws.com, and amazonaws.com.cn in China."""
    region: pulumi.Output[str]
    account_id: pulumi.Output[str]

    def arn(self, service: str, resource: pulumi.Input[str]) -> pulumi.Output[str]:
        """Return the ARN of something in the region and the account."""
        return pulumi.Output.concat(
            "arn:", self.partition, ":", service, ":", self.region, ":", self.account_id, ":", resource
        )

    def integration(self, name: str) -> pulumi.Output[str]:
        """Return the ARN of an integration of Step Functions, such as `lambda:invoke`."""
        return pulumi.Output.concat("arn:", self.partition, ":states:::", name)

    @property
    def logs_principal(self) -> pulumi.Output[str]:
        """Return the service principal of CloudWatch Logs.

        https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html; in China it ends
        in amazonaws.com.cn: https://github.com/serverless/serverless/issues/12087
        """
        return pulumi.Output.concat("logs.", self.region, ".", self.dns_suffix)

    @property
    def console_host(self) -> pulumi.Output[str]:
        """Return the host of the AWS console."""
        return self.partition.apply(lambda partition: _CONSOLES.get(partition, _CONSOLE))


def dns_suffix() -> pulumi.Output[str]:
    """Look up what the hosts of AWS's services end in."""
    return pulumi.Output.from_input(aws.get_partition_output().dns_suffix)


def current_account() -> Account:
    """Look up where the program's AWS provider deploys to."""
    return Account(
        partition=pulumi.Output.from_input(aws.get_partition_output().partition),
        dns_suffix=dns_suffix(),
        region=pulumi.Output.from_input(aws.get_region_output().region),
        account_id=pulumi.Output.from_input(aws.get_caller_identity_output().account_id),
    )


def check_names(project: str, stack: str) -> None:
    """Refuse names that Pulumi allows and AWS does not; raise `pulumi.RunError` before anything is created.

    A layer's name and a KMS alias take letters, digits, - and _ only:
    https://docs.aws.amazon.com/lambda/latest/api/API_PublishLayerVersion.html
    https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateAlias.html
    """
    for kind, name in (("project", project), ("stack", stack)):
        if not _NAME.fullmatch(name):
            raise pulumi.RunError(
                f"the {kind} cannot be called {name}: AWS takes letters, digits, - and _ only in the names "
                "of a Lambda layer and of a KMS alias, which begin with project and stack"
            )
    if len(stack_name()) > LONGEST_STACK_NAME:
        raise pulumi.RunError(
            f"project and stack together have {len(stack_name())} characters, and may have "
            f"{LONGEST_STACK_NAME}: the names of a Lambda layer and of log groups begin with them"
        )


def stack_name() -> str:
    """Return project and stack, with which the names begin that are not Pulumi's."""
    return f"{pulumi.get_project()}-{pulumi.get_stack()}"


def metrics_namespace() -> str:
    """Return the namespace of the stack's own metrics: one each, so that stacks do not count together."""
    return f"{pulumi.get_project()}/{pulumi.get_stack()}"
