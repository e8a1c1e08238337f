"""The metrics that AWS reports, with their dimensions."""

from __future__ import annotations

# infra/monitoring/alarm_catalogue.py names the pages.
REPORTED_BY_AWS = {
    "AWS/ApiGateway": ({"4xx", "5xx", "Count", "Latency", "IntegrationLatency", "DataProcessed"}, {"ApiId"}),
    "AWS/Lambda": (
        {
            *("Invocations", "Errors", "Throttles", "Duration"),
            *("AsyncEventsDropped", "DestinationDeliveryFailures"),
        },
        {"FunctionName"},
    ),
    "AWS/Logs": (
        {"DeliveryErrors", "DeliveryThrottling", "ForwardedLogEvents"},
        {"LogGroupName", "DestinationType", "FilterName"},
    ),
    "AWS/SNS": (
        {
            "NumberOfNotificationsDelivered",
            "NumberOfNotificationsFailed",
            "NumberOfNotificationsRedrivenToDlq",
            "NumberOfNotificationsFailedToRedriveToDlq",
        },
        {"TopicName"},
    ),
    "AWS/SQS": ({"ApproximateAgeOfOldestMessage", "ApproximateNumberOfMessagesVisible"}, {"QueueName"}),
    "AWS/States": (
        {
            "ExecutionsStarted",
            "ExecutionsSucceeded",
            "ExecutionsFailed",
            "ExecutionsTimedOut",
            "ExecutionThrottled",
        },
        {"StateMachineArn"},
    ),
}
