"""Resources that Pulumi refuses to delete or to replace."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

# What holds the only copy of something, and what others know by its name: clients the API's URL, their
# webhooks the topic that they once confirmed, and a deleted key leaves everything unreadable.
PROTECTED_TYPES: tuple[type[pulumi.Resource], ...] = (
    aws.apigatewayv2.Api,
    aws.apigatewayv2.DomainName,
    aws.dynamodb.Table,
    aws.kms.Key,
    aws.secretsmanager.Secret,
    aws.sns.Topic,
    aws.sqs.Queue,
)


def protect_what_lasts() -> None:
    """Protect every resource of `PROTECTED_TYPES` that the program registers from now on.

    To delete one after all: `pulumi state unprotect URN`, or deploy with `protect: false` first.
    """

    def protect(args: pulumi.ResourceTransformationArgs) -> pulumi.ResourceTransformationResult | None:
        if not isinstance(args.resource, PROTECTED_TYPES):
            return None
        opts = pulumi.ResourceOptions.merge(args.opts, pulumi.ResourceOptions(protect=True))
        return pulumi.ResourceTransformationResult(props=args.props, opts=opts)

    pulumi.runtime.register_stack_transformation(protect)
