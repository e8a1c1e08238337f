"""Small programs against a cloud that only takes notes: what the deployer refuses, and how it says so."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import os
import sys
import textwrap
import threading
import time
from pathlib import Path

import pulumi
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError

from local.deployer import DeploymentError, deploy
from local.deployer.errors import StoppedError
from local.deployer.site import Site

IDENTITY = {"Arn": "arn:aws:iam::123456789012:root"}


class NotingClient:
    """Answer every call with what was prepared for it, or with nothing in particular."""

    def __init__(self, calls, answers):
        self._calls = calls
        self._answers = answers

    def __getattr__(self, method):
        def call(**request):
            self._calls.append((method, request))
            answer = self._answers.get(method, {})
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


class NotingCloud:
    region = "eu-west-1"

    def __init__(self, **answers):
        self.calls = []
        self._answers = {
            "get_caller_identity": IDENTITY,
            "create_queue": {"QueueUrl": "http://queue"},
            "get_queue_attributes": {"Attributes": {"QueueArn": "arn:queue"}},
            "create_topic": {"TopicArn": "arn:topic"},
            "subscribe": {"SubscriptionArn": "arn:subscription"},
            **answers,
        }

    def client(self, service):
        return NotingClient(self.calls, self._answers)

    def api_url(self, api_id):
        return f"http://api/{api_id}"

    def methods(self):
        return [method for method, _ in self.calls]


@pytest.fixture
def run(tmp_path):
    def run(source, cloud=None, settings=None, **options):
        program = tmp_path / "__main__.py"
        program.write_text("import pulumi, pulumi_aws as aws\n" + textwrap.dedent(source))
        return deploy(
            program, settings=settings or {}, stack="laptop", cloud=cloud or NotingCloud(), **options
        )

    return run


def refused(code):
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "CreateQueue")


def test_exports_are_plain_values(run):
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
        "stack": "order-webhooks/laptop",
        "settings": {"api": {"auth": "none"}},
    }


def test_the_project_is_the_one_in_pulumi_yaml():
    from local.deployer.program import PROJECT

    lines = (Path(__file__).resolve().parents[2] / "Pulumi.yaml").read_text().splitlines()
    assert f"name: {PROJECT}" in lines


def test_an_unknown_type_is_refused(run):
    said = r"^aws:ssm/parameter:Parameter limit: the laptop's deployer does not know this type of resource$"
    with pytest.raises(DeploymentError, match=said):
        run('aws.ssm.Parameter("limit", type="String")')


def test_an_unknown_input_is_refused(run):
    with pytest.raises(
        DeploymentError,
        match=r"^aws:sqs/queue:Queue orders: the laptop's deployer does not know these inputs: fifoQueue$",
    ):
        run('aws.sqs.Queue("orders", fifo_queue=True)')


def test_an_unknown_input_inside_another_is_refused(run):
    with pytest.raises(DeploymentError, match=r"StateMachine order: .* tracingConfiguration\.sampled$"):
        run(
            """
            tracing = {"enabled": True, "sampled": 1}
            aws.sfn.StateMachine("order", definition="{}", role_arn="a", tracing_configuration=tracing)
            """,
            NotingCloud(create_state_machine={"stateMachineArn": "arn:machine"}),
        )


def test_what_the_cloud_refuses_is_said_with_its_cause(run):
    error = refused("QueueNameExists")

    with pytest.raises(
        DeploymentError, match=r"^aws:sqs/queue:Queue orders: An error occurred \(QueueNameExists\)"
    ) as raised:
        run('aws.sqs.Queue("orders")', NotingCloud(create_queue=error))

    assert raised.value.__cause__ is error


def test_what_depends_on_a_failure_is_not_created(run):
    cloud = NotingCloud(create_queue=refused("Any"))

    with pytest.raises(DeploymentError, match="Queue orders"):
        run('aws.sqs.QueuePolicy("orders", queue_url=aws.sqs.Queue("orders").id, policy="{}")', cloud)

    assert "set_queue_attributes" not in cloud.methods()


def test_an_error_of_the_program_is_the_cause(run):
    with pytest.raises(DeploymentError, match=r"^__main__\.py: no such setting$") as raised:
        run('raise ValueError("no such setting")')

    assert isinstance(raised.value.__cause__, ValueError)


def test_an_error_of_the_program_comes_before_those_that_follow_from_it(run):
    with pytest.raises(DeploymentError, match=r"^__main__\.py: first$") as raised:
        run('aws.ssm.Parameter("limit", type="String")\nraise ValueError("first")')

    assert isinstance(raised.value.__cause__, ValueError)


def test_an_error_in_an_apply_is_the_cause(run):
    with pytest.raises(DeploymentError, match=r"^__main__\.py: division by zero$"):
        run('aws.sqs.Queue("orders").arn.apply(lambda arn: 1 / 0)')


def test_an_unknown_data_source_is_refused(run):
    with pytest.raises(
        DeploymentError, match=r"^aws:index/getAvailabilityZones:.* not know this data source$"
    ):
        run("aws.get_availability_zones_output()")


def test_an_export_without_a_value_is_refused(run):
    with pytest.raises(DeploymentError, match=r'^__main__\.py: the export "nothing" has no value$'):
        run('pulumi.export("nothing", aws.sqs.Queue("orders").kms_master_key_id)')


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ('aws.sqs.Queue("a")\naws.sqs.Queue("a")', "the program declares it twice"),
        ('aws.sqs.Queue.get("a", "http://queue")', "nothing to import or to look up"),
        ('aws.sqs.Queue("a", opts=pulumi.ResourceOptions(import_="x"))', "nothing to import or to look up"),
        (
            'aws.sqs.Queue("a", opts=pulumi.ResourceOptions(transforms=[lambda args: None]))',
            "transforms have no effect on the laptop: use transformations",
        ),
        (
            "pulumi.runtime.register_resource_transform(lambda args: None)",
            "has no effect on the laptop: use a stack transformation",
        ),
        ('aws.sqs.Queue("a", opts=pulumi.ResourceOptions(provider=aws.Provider("p")))', "not know this type"),
    ],
)
def test_what_pulumi_would_do_and_its_mocks_do_not_is_refused(run, source, message):
    with pytest.raises(DeploymentError, match=message):
        run(source)


def test_a_cloud_that_does_not_answer_is_said(run):
    cloud = NotingCloud(get_caller_identity=EndpointConnectionError(endpoint_url="http://cloud"))

    with pytest.raises(DeploymentError, match=r"^the cloud does not answer: .*http://cloud"):
        run("", cloud)


def test_each_created_resource_is_told_one_at_a_time(run):
    told, inside = [], threading.Lock()

    def tell(resource_type, name):
        assert inside.acquire(blocking=False)
        # Long enough for another thread to come as well, if it may.
        time.sleep(0.005)
        told.append((resource_type, name))
        inside.release()

    run(
        """
        component = pulumi.ComponentResource("orders:any:Component", "component")
        for name in "abcdefgh":
            aws.sqs.Queue(name, opts=pulumi.ResourceOptions(parent=component))
        """,
        on_created=tell,
    )

    assert sorted(told) == [("aws:sqs/queue:Queue", name) for name in "abcdefgh"]


def test_inputs_reach_the_cloud_unwrapped_and_as_it_wants_them(run):
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


def test_tracing_of_the_state_machine_reaches_the_cloud(run):
    """The emulator does not tell it back."""
    cloud = NotingCloud(create_state_machine={"stateMachineArn": "arn:machine"})

    run(
        """
        aws.sfn.StateMachine("order", definition="{}", role_arn="a", tracing_configuration={"enabled": True})
        """,
        cloud,
    )

    assert dict(cloud.calls)["create_state_machine"]["tracingConfiguration"] == {"enabled": True}


def test_a_table_without_expiry_is_not_made_to_expire(run):
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


def test_a_subscription_that_nobody_confirms_is_said(run, monkeypatch):
    monkeypatch.setattr("local.deployer.services.sns._SECONDS_IN_MINUTE", 0.001)
    cloud = NotingCloud(get_subscription_attributes={"Attributes": {"PendingConfirmation": "true"}})

    with pytest.raises(
        DeploymentError, match="TopicSubscription acme: http://hook has not confirmed the subscription after"
    ):
        run(SUBSCRIPTION, cloud)


def test_a_subscription_whose_endpoint_does_not_confirm_by_itself_is_not_waited_for(run, monkeypatch):
    monkeypatch.setattr("local.deployer.services.sns._SECONDS_IN_MINUTE", 0.001)
    cloud = NotingCloud(get_subscription_attributes={"Attributes": {"PendingConfirmation": "true"}})

    run(SUBSCRIPTION.replace("endpoint_auto_confirms=True", "endpoint_auto_confirms=False"), cloud)

    assert "get_subscription_attributes" not in cloud.methods()


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


def test_waiting_ends_when_the_deployment_does():
    site = Site.survey("laptop", NotingCloud(), [])
    site.stopping.set()

    with pytest.raises(StoppedError):
        site.wait_until(lambda: False, timeout_seconds=2, missing="it is not there")


def test_a_failed_run_says_nothing_but_its_error(run, capfd, caplog):
    with pytest.raises(DeploymentError):
        run(
            """
            queues = [aws.sqs.Queue(name) for name in "abcdefgh"]
            pulumi.Output.all(*[queue.arn for queue in queues]).apply(lambda arns: 1 / 0)
            limit = aws.ssm.Parameter("limit", type="String")
            aws.sqs.QueuePolicy("policy", queue_url=limit.id, policy=queues[0].arn)
            pulumi.export("arn", queues[0].arn)
            """,
            NotingCloud(create_queue=refused("Any")),
        )
    gc.collect()

    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


@pytest.mark.parametrize("source", ['aws.sqs.Queue("orders")', 'aws.ssm.Parameter("limit", type="String")'])
def test_a_run_leaves_nothing_behind(run, source):
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)

    def surroundings():
        return (
            dict(os.environ),
            Path.cwd(),
            list(sys.argv),
            list(sys.path),
            sys.modules["__main__"],
            asyncio.get_event_loop_policy().get_event_loop(),
            threading.enumerate(),
            open_loops(),
            pulumi.runtime.get_root_resource(),
            pulumi.runtime.settings.get_project(),
            pulumi.runtime.settings.get_monitor(),
            pulumi.runtime.get_config("order-webhooks:settings"),
        )

    before = surroundings()
    with contextlib.suppress(DeploymentError):
        run(source, settings={"a": 1})
    after = surroundings()
    asyncio.set_event_loop(None)
    loop.close()

    assert after == before


def open_loops():
    return [
        each
        for each in gc.get_objects()
        if isinstance(each, asyncio.AbstractEventLoop) and not each.is_closed()
    ]


def test_a_run_finds_nothing_of_its_caller(run):
    class NoMocks(pulumi.runtime.Mocks):
        def new_resource(self, args):
            raise AssertionError

        def call(self, args):
            raise AssertionError

    def run_beside_another():
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        pulumi.runtime.set_all_config({"order-webhooks:other": "value"})
        pulumi.runtime.set_mocks(NoMocks())
        loop.run_until_complete(pulumi.runtime.stack.wait_for_rpcs())
        asyncio.set_event_loop(None)
        loop.close()
        return run(
            """
            pulumi.export("queue", aws.sqs.Queue("orders").arn)
            pulumi.export("other", pulumi.Config().get("other") or "none")
            """
        )

    assert contextvars.copy_context().run(run_beside_another) == {"queue": "arn:queue", "other": "none"}


def test_a_run_finds_nothing_of_an_earlier_one(run):
    with pytest.raises(DeploymentError):
        run(
            """
            pulumi.runtime.register_stack_transformation(lambda args: 1 / 0)
            pulumi.export("left", "over")
            aws.sqs.Queue("orders")
            """,
            settings={"left": "over"},
        )

    exports = run(
        """
        aws.sqs.Queue("orders")
        pulumi.export("settings", pulumi.Config().require_object("settings"))
        """
    )

    assert exports == {"settings": {}}
