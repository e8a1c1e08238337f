"""Resources that Pulumi refuses to delete or to replace, and a destruction that it refuses to begin."""

from __future__ import annotations

from collections.abc import Sequence

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


def collect_resources() -> Sequence[pulumi.CustomResource]:
    """Return a list to which every resource is added that the program registers from now on."""
    collected: list[pulumi.CustomResource] = []

    def collect(args: pulumi.ResourceTransformationArgs) -> None:
        if isinstance(args.resource, pulumi.CustomResource):
            collected.append(args.resource)

    pulumi.runtime.register_stack_transformation(collect)
    return collected


class DestroyLock(pulumi.ComponentResource):
    """A component that depends on everything else, so that a destruction begins with it.

    Pulumi deletes in the order of dependencies and stops at what is protected. Without this, a destruction
    without preview would first delete all that can be replaced, such as the functions and the API's routes.
    It is there in every stack: one that only protected stacks had could not be removed from them again.
    """

    def __init__(self, name: str, everything: Sequence[pulumi.Resource], *, protect: bool) -> None:
        opts = pulumi.ResourceOptions(depends_on=list(everything), protect=protect)
        super().__init__("orders:protection:DestroyLock", name, {}, opts)
        self.register_outputs({})
