"""IAM documents as plain dicts: statements, trust, resource policies. ARNs may be Pulumi outputs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Statement = dict[str, Any]

# What it takes to have another service write its log to a log group; none of it can be held to one.
LOG_DELIVERY_ACTIONS = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)

_NO_RESOURCE_LEVEL = "the action has no resource-level permissions"
_TOPIC_UNTRIED = (
    "AWS's current authorization data lists the resource type topic for the action, older data "
    "lists none; * stays until a topic's ARN has been tried on an account: "
    "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html"
)
_LOG_DELIVERY = (
    "vended log delivery is granted by account: "
    "https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html#cloudwatch-iam-policy"
)
# Every action that any policy of ours may grant on every resource, each with its reason.
WILDCARD_REASONS: Mapping[str, str] = {
    "xray:PutTraceSegments": _NO_RESOURCE_LEVEL,
    "xray:PutTelemetryRecords": _NO_RESOURCE_LEVEL,
    "xray:GetSamplingRules": _NO_RESOURCE_LEVEL,
    "xray:GetSamplingTargets": _NO_RESOURCE_LEVEL,
    "sns:GetSubscriptionAttributes": _TOPIC_UNTRIED,
    "sns:SetSubscriptionAttributes": _TOPIC_UNTRIED,
    "sns:Unsubscribe": _TOPIC_UNTRIED,
    **dict.fromkeys(LOG_DELIVERY_ACTIONS, _LOG_DELIVERY),
}


def document(*statements: Statement) -> dict[str, Any]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(actions: Sequence[str], resources: Sequence[Any]) -> Statement:
    """Return a statement that allows actions on resources."""
    return {"Effect": "Allow", "Action": list(actions), "Resource": list(resources)}


def allow_everywhere(actions: Sequence[str]) -> Statement:
    """Return a statement that allows actions on `*`; each must have its reason in `WILDCARD_REASONS`."""
    without_reason = sorted(set(actions) - WILDCARD_REASONS.keys())
    if without_reason:
        raise ValueError(f"no reason is written down for a * on {', '.join(without_reason)}")
    return allow(actions, ["*"])


def allow_tracing() -> Statement:
    """Return the statement that X-Ray's active tracing needs."""
    return allow_everywhere(["xray:PutTraceSegments", "xray:PutTelemetryRecords"])


def trust(service: str, condition: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """Return the trust policy that lets a service assume a role under a condition."""
    return document(
        {
            "Effect": "Allow",
            "Principal": {"Service": service},
            "Action": "sts:AssumeRole",
            "Condition": condition,
        }
    )


def admit_role(role_arn: Any, action: str, resource_arn: Any) -> Statement:  # noqa: ANN401 - opaque ARNs
    """Return the resource policy statement that admits a role, or a list of them, to one action."""
    return {"Effect": "Allow", "Principal": {"AWS": role_arn}, "Action": action, "Resource": resource_arn}


def refuse_other_roles(role_arns: Sequence[Any], action: str, resource_arn: Any) -> Statement:  # noqa: ANN401
    """Return the resource policy statement that refuses one action to every principal but these roles.

    Within an account a role's own policy is enough: without this, a role that may publish to `*` could. Of an
    assumed role `aws:PrincipalArn` is the role's own ARN. Neither an AWS service nor an anonymous caller has
    the key, so a negated test of it refuses them too:
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    """
    return _refuse(action, resource_arn, {"ArnNotEquals": {"aws:PrincipalArn": list(role_arns)}})


def refuse_all_but_services(action: str, resource_arn: Any) -> Statement:  # noqa: ANN401
    """Return the resource policy statement that refuses one action to every principal but AWS's services.

    Which service is admitted is for another statement: no role's policy admits one.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalisawsservice
    """
    return _refuse(action, resource_arn, {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}})


def admit_service(service: str, action: str, resource_arn: Any, source_arn: Any) -> Statement:  # noqa: ANN401
    """Return the resource policy statement that admits a service, for one resource, to one action."""
    return {
        "Effect": "Allow",
        "Principal": {"Service": service},
        "Action": action,
        "Resource": resource_arn,
        "Condition": {"ArnEquals": {"aws:SourceArn": source_arn}},
    }


def refuse_plain_http(action: str, resource_arn: Any) -> Statement:  # noqa: ANN401
    """Return the resource policy statement that refuses every request without TLS."""
    return _refuse(action, resource_arn, {"Bool": {"aws:SecureTransport": "false"}})


def _refuse(
    action: str,
    resource_arn: Any,  # noqa: ANN401
    condition: Mapping[str, Mapping[str, Any]],
) -> Statement:
    return {
        "Effect": "Deny",
        "Principal": "*",
        "Action": action,
        "Resource": resource_arn,
        "Condition": condition,
    }
