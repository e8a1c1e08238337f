"""Logs, subscription filters, alarms and the dashboard."""

from __future__ import annotations

from infra.naming import log_group_patterns
from tools.iam_documents.permission import Permission, Table, everywhere
from tools.iam_documents.place import Place


def _log_groups(place: Place) -> list[str]:
    # A log group has two ARNs. AWS says that policies name it by the one with this end, but for its tags; by
    # which one CloudWatch Logs then refuses has changed over the years, so both are here:
    # https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_LogGroup.html
    return [
        place.arn("logs", f"log-group:{pattern}{end}")
        for pattern in log_group_patterns()
        for end in ("", ":*")
    ]


def _alarms(place: Place) -> list[str]:
    return [place.arn("cloudwatch", f"alarm:{place.name}-*")]


LOG_GROUPS: Table = {
    "aws:cloudwatch/logGroup:LogGroup": (
        Permission(
            resources=_log_groups,
            create=("logs:CreateLogGroup",),
            read=("logs:ListTagsForResource",),
            update=(
                "logs:AssociateKmsKey",
                "logs:DeleteRetentionPolicy",
                "logs:DisassociateKmsKey",
                "logs:PutRetentionPolicy",
            ),
            delete=("logs:DeleteLogGroup",),
            tag=("logs:TagResource", "logs:UntagResource"),
        ),
        Permission(resources=everywhere, read=("logs:DescribeLogGroups",)),
    ),
}

MONITORING: Table = {
    "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter": (
        Permission(
            resources=lambda place: [each for each in _log_groups(place) if "log-group:sns/" in each],
            create=("logs:PutSubscriptionFilter",),
            read=("logs:DescribeSubscriptionFilters",),
            update=("logs:PutSubscriptionFilter",),
            delete=("logs:DeleteSubscriptionFilter",),
        ),
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": (
        Permission(
            resources=_alarms,
            create=("cloudwatch:PutMetricAlarm",),
            read=("cloudwatch:ListTagsForResource",),
            update=("cloudwatch:PutMetricAlarm",),
            delete=("cloudwatch:DeleteAlarms",),
            tag=("cloudwatch:TagResource", "cloudwatch:UntagResource"),
        ),
        # Asked for by name, and judged as if for all.
        Permission(
            resources=lambda place: [place.arn("cloudwatch", "alarm:*")], read=("cloudwatch:DescribeAlarms",)
        ),
    ),
    "aws:cloudwatch/dashboard:Dashboard": (
        Permission(
            # Dashboards belong to an account, not to a region; the name ends in the API's ID.
            resources=lambda place: [
                f"arn:{place.partition}:cloudwatch::{place.account_id}:dashboard/{place.name}-*"
            ],
            create=("cloudwatch:PutDashboard",),
            read=("cloudwatch:GetDashboard",),
            update=("cloudwatch:PutDashboard",),
            delete=("cloudwatch:DeleteDashboards",),
        ),
    ),
}
