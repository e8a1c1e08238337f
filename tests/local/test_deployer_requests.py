"""What reaches the cloud, and what comes back to the program."""

from __future__ import annotations

import threading
import time

import pytest

from local.deployer import DeploymentError
from local.deployer.program import project_name
from local.emulator import Emulator
from tests.support.deployer import NotingCloud, run

SUBSCRIPTION = """
aws.sns.TopicSubscription(
    "acme",
    topic=aws.sns.Topic("events").arn,
    protocol="http",
    endpoint="http://hook",
    endpoint_auto_confirms=True,
    confirmation_timeout_in_minutes=5,
)
"""


def test_exports_are_plain_values():
    exports = run(
        """
        queue = aws.sqs.Queue("orders")
        pulumi.export("url", queue.url)
        pulumi.export("nested", {"arns": [queue.arn, pulumi.Output.secret("s")]})
        pulumi.export("where", aws.get_region_output().region)
        pulumi.export("whose", aws.get_caller_identity_output().account_id)
        pulumi.export("which", aws.get_partition_output().partition)
        pulumi.export("stack", f"{pulumi.get_project()}/{pulumi.get_stack()}")
        pulumi.export("settings", pulumi.Config().require_object("settings"))
        """,
        settings={"api": {"auth": "none"}},
    )

    assert exports == {
        "url": "http://queue",
        "nested": {"arns": ["arn:queue", "s"]},
        "where": "eu-west-1",
        "whose": "123456789012",
        "which": "aws",
        "stack": f"{project_name()}/laptop",
        "settings": {"api": {"auth": "none"}},
    }


def test_created_resources_are_reported_one_at_a_time():
    reported, inside = [], threading.Lock()

    def report(resource_type, name):
        assert inside.acquire(blocking=False)
        # Long enough for another thread to come as well, if it may.
        time.sleep(0.005)
        reported.append((resource_type, name))
        inside.release()

    run(
        """
        component = pulumi.ComponentResource("orders:any:Component", "component")
        for name in "abcdefgh":
            aws.sqs.Queue(name, opts=pulumi.ResourceOptions(parent=component))
        """,
        on_created=report,
    )

    assert sorted(reported) == [("aws:sqs/queue:Queue", name) for name in "abcdefgh"]


def test_inputs_reach_the_cloud_unwrapped_and_as_it_wants_them():
    cloud = NotingCloud()

    run(
        """
        aws.sqs.Queue(
            "orders",
            visibility_timeout_seconds=pulumi.Output.secret(30),
            sqs_managed_sse_enabled=True,
            redrive_policy='{"a": 1}',
            tags={"team": "orders"},
        )
        """,
        cloud,
    )

    request = dict(cloud.calls)["create_queue"]
    assert request == {
        "QueueName": "orders-258abf6",
        "Attributes": {
            "VisibilityTimeout": "30",
            "SqsManagedSseEnabled": "true",
            "RedrivePolicy": '{"a": 1}',
        },
        "tags": {"team": "orders"},
    }


def test_tracing_of_the_state_machine_reaches_the_cloud():
    """The emulator does not return it."""
    cloud = NotingCloud(create_state_machine={"stateMachineArn": "arn:machine"})

    run(
        """
        aws.sfn.StateMachine("order", definition="{}", role_arn="a", tracing_configuration={"enabled": True})
        """,
        cloud,
    )

    assert dict(cloud.calls)["create_state_machine"]["tracingConfiguration"] == {"enabled": True}


def test_metric_math_reaches_the_cloud():
    """The emulator does not keep it."""
    cloud = NotingCloud()

    run(
        """
        errors = {"namespace": "AWS/ApiGateway", "metric_name": "5xx", "stat": "Sum", "period": 60}
        aws.cloudwatch.MetricAlarm(
            "alarm",
            comparison_operator="GreaterThanThreshold",
            evaluation_periods=1,
            metric_queries=[
                {"id": "errors", "metric": {**errors, "dimensions": {"ApiId": "a"}}},
                {"id": "result", "expression": "2 * errors", "label": "twice", "return_data": True},
            ],
        )
        """,
        cloud,
    )

    assert dict(cloud.calls)["put_metric_alarm"]["Metrics"] == [
        {
            "Id": "errors",
            "ReturnData": False,
            "MetricStat": {
                "Metric": {
                    "Namespace": "AWS/ApiGateway",
                    "MetricName": "5xx",
                    "Dimensions": [{"Name": "ApiId", "Value": "a"}],
                },
                "Stat": "Sum",
                "Period": 60,
            },
        },
        {"Id": "result", "Expression": "2 * errors", "Label": "twice", "ReturnData": True},
    ]


def test_a_table_without_expiry_is_not_made_to_expire():
    cloud = NotingCloud(
        create_table={"TableDescription": {"TableArn": "arn:table"}},
        describe_table={"Table": {"TableStatus": "ACTIVE"}},
    )

    run(
        """
        aws.dynamodb.Table(
            "orders",
            hash_key="id",
            attributes=[{"name": "id", "type": "S"}],
            ttl={"attribute_name": "expires_at", "enabled": False},
            point_in_time_recovery={"enabled": False},
        )
        """,
        cloud,
    )

    assert "update_time_to_live" not in cloud.methods()
    recovery = dict(cloud.calls)["update_continuous_backups"]["PointInTimeRecoverySpecification"]
    assert recovery == {"PointInTimeRecoveryEnabled": False}


def test_a_subscription_that_nobody_confirms_is_said(monkeypatch):
    monkeypatch.setattr("local.deployer.services.sns._SECONDS_IN_MINUTE", 0.001)
    cloud = NotingCloud(get_subscription_attributes={"Attributes": {"PendingConfirmation": "true"}})

    with pytest.raises(
        DeploymentError, match="TopicSubscription acme: http://hook has not confirmed the subscription after"
    ):
        run(SUBSCRIPTION, cloud)


def test_a_subscription_whose_endpoint_does_not_confirm_automatically_is_not_waited_for(monkeypatch):
    monkeypatch.setattr("local.deployer.services.sns._SECONDS_IN_MINUTE", 0.001)
    cloud = NotingCloud(get_subscription_attributes={"Attributes": {"PendingConfirmation": "true"}})

    run(SUBSCRIPTION.replace("endpoint_auto_confirms=True", "endpoint_auto_confirms=False"), cloud)

    assert "get_subscription_attributes" not in cloud.methods()


def test_a_request_that_awss_own_models_refuse_fails_in_these_tests(patched: Emulator) -> None:
    with pytest.raises(DeploymentError, match="'alias/with a space' does not match"):
        run('aws.kms.Alias("key", name="alias/with a space", target_key_id="1234")', patched)
