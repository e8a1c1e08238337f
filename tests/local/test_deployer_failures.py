"""What the deployer refuses, what can go wrong, and how it says so."""

from __future__ import annotations

import pytest
from botocore.exceptions import EndpointConnectionError

from local.deployer import DeploymentError
from local.deployer.errors import StoppedError
from local.deployer.site import Site
from tests.support.deployer import NotingCloud, refused, run


def test_an_unknown_type_is_refused():
    said = r"^aws:ssm/parameter:Parameter limit: the laptop's deployer does not know this type of resource$"
    with pytest.raises(DeploymentError, match=said):
        run('aws.ssm.Parameter("limit", type="String")')


def test_an_unknown_input_is_refused():
    with pytest.raises(
        DeploymentError,
        match=r"^aws:sqs/queue:Queue orders: the laptop's deployer does not know these inputs: fifoQueue$",
    ):
        run('aws.sqs.Queue("orders", fifo_queue=True)')


def test_what_the_cloud_refuses_is_said_with_its_cause():
    error = refused("QueueNameExists")

    with pytest.raises(
        DeploymentError, match=r"^aws:sqs/queue:Queue orders: An error occurred \(QueueNameExists\)"
    ) as raised:
        run('aws.sqs.Queue("orders")', NotingCloud(create_queue=error))

    assert raised.value.__cause__ is error


def test_what_depends_on_a_failure_is_not_created():
    cloud = NotingCloud(create_queue=refused("Any"))

    with pytest.raises(DeploymentError, match="Queue orders"):
        run('aws.sqs.QueuePolicy("orders", queue_url=aws.sqs.Queue("orders").id, policy="{}")', cloud)

    assert "set_queue_attributes" not in cloud.methods()


def test_an_error_of_the_program_is_the_cause():
    with pytest.raises(DeploymentError, match=r"^__main__\.py: no such setting$") as raised:
        run('raise ValueError("no such setting")')

    assert isinstance(raised.value.__cause__, ValueError)


def test_an_error_of_the_program_comes_before_those_that_follow_from_it():
    with pytest.raises(DeploymentError, match=r"^__main__\.py: first$") as raised:
        run('aws.ssm.Parameter("limit", type="String")\nraise ValueError("first")')

    assert isinstance(raised.value.__cause__, ValueError)


def test_an_error_in_an_apply_is_the_cause():
    with pytest.raises(DeploymentError, match=r"^__main__\.py: division by zero$"):
        run('aws.sqs.Queue("orders").arn.apply(lambda arn: 1 / 0)')


def test_an_unknown_data_source_is_refused():
    with pytest.raises(
        DeploymentError, match=r"^aws:index/getAvailabilityZones:.* not know this data source$"
    ):
        run("aws.get_availability_zones_output()")


def test_an_export_without_a_value_is_refused():
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
def test_what_pulumi_would_do_and_its_mocks_do_not_is_refused(source, message):
    with pytest.raises(DeploymentError, match=message):
        run(source)


def test_a_cloud_that_does_not_answer_is_said():
    cloud = NotingCloud(get_caller_identity=EndpointConnectionError(endpoint_url="http://cloud"))

    with pytest.raises(DeploymentError, match=r"^the cloud does not answer: .*http://cloud"):
        run("", cloud)


def test_waiting_ends_when_the_deployment_does():
    site = Site.survey("laptop", NotingCloud(), [])
    site.stopping.set()

    with pytest.raises(StoppedError):
        site.wait_until(lambda: False, timeout_seconds=2, missing="it is not there")
