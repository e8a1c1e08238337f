"""The real program in the emulator: whatever it declared is read back through the services' own APIs."""

from __future__ import annotations

import base64
import hashlib
import json
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from infra.packaging import zip_archive
from tests.local.deployment import Deployment, confirming_webhook
from tests.support.alarm_state import state
from tests.support.orders import order_payload
from tests.support.waiting import wait_for

SETTINGS = {
    "api": {"auth": "none"},
    "functions": {"build_for": "host"},
    "allow_http_webhooks": True,
    # Other than the defaults, which the emulator would have anyway.
    "queue": {"batch_size": 5},
    "tables": {"deletion_protection": True},
    "tags": {"team": "orders"},
    "alarms": {"email": "ops@shop.example"},
}


@pytest.fixture(scope="module")
def deployed(patched) -> Iterator[Deployment]:
    with confirming_webhook() as url, pytest.MonkeyPatch.context() as monkeypatch:
        subscriber = {
            "name": "acme",
            "url": url,
            "client_id": "acme",
            "event_types": ["order.paid"],
            "delivery": {},
        }
        settings = {**SETTINGS, "subscribers": [subscriber]}
        yield Deployment(patched, settings, "laptop", monkeypatch)


def parsed(document):
    return json.loads(document)


def test_queues_are_as_declared(deployed):
    sqs = deployed.client("sqs")
    for queue in deployed.of_type("Queue"):
        found = sqs.get_queue_attributes(QueueUrl=queue.id, AttributeNames=["All"])["Attributes"]
        inputs = queue.inputs
        assert found["QueueArn"] == queue.outputs["arn"]
        assert found["MessageRetentionPeriod"] == str(inputs["messageRetentionSeconds"])
        assert found["SqsManagedSseEnabled"] == "true"
        if "redrivePolicy" in inputs:
            assert found["VisibilityTimeout"] == str(inputs["visibilityTimeoutSeconds"])
            assert found["ReceiveMessageWaitTimeSeconds"] == str(inputs["receiveWaitTimeSeconds"])
            assert parsed(found["RedrivePolicy"]) == parsed(inputs["redrivePolicy"])
        assert sqs.list_queue_tags(QueueUrl=queue.id)["Tags"] == inputs["tags"]


def test_queues_admit_whom_the_program_says(deployed):
    sqs = deployed.client("sqs")
    for ending, name in [
        ("QueuePolicy", "policy"),
        ("RedriveAllowPolicy", "redriveAllowPolicy"),
    ]:
        for each in deployed.of_type(ending):
            found = sqs.get_queue_attributes(QueueUrl=each.inputs["queueUrl"], AttributeNames=["All"])
            attribute = name[0].upper() + name[1:]
            assert parsed(found["Attributes"][attribute]) == parsed(each.inputs[name])


def test_topics_are_as_declared(deployed):
    sns = deployed.client("sns")
    policies = {each.inputs["arn"]: each.inputs["policy"] for each in deployed.of_type("TopicPolicy")}
    for topic in deployed.of_type("Topic"):
        found = sns.get_topic_attributes(TopicArn=topic.id)["Attributes"]
        assert parsed(found["Policy"]) == parsed(policies.pop(topic.id))
        tags = sns.list_tags_for_resource(ResourceArn=topic.id)["Tags"]
        assert {tag["Key"]: tag["Value"] for tag in tags} == topic.inputs["tags"]
    assert policies == {}


def test_the_event_topic_signs_retries_and_logs_as_declared(deployed):
    topic = deployed.named("Topic", "order-events")
    found = deployed.client("sns").get_topic_attributes(TopicArn=topic.id)["Attributes"]

    assert parsed(found["DeliveryPolicy"]) == parsed(topic.inputs["deliveryPolicy"])
    assert found["SignatureVersion"] == "2"
    assert found["KmsMasterKeyId"] == topic.inputs["kmsMasterKeyId"]
    role = deployed.named("Role", "delivery-log")
    assert found["HTTPFailureFeedbackRoleArn"] == role.outputs["arn"]
    assert found["HTTPSuccessFeedbackRoleArn"] == role.outputs["arn"]
    assert found["HTTPSuccessFeedbackSampleRate"] == "100"


def test_an_operator_gets_a_mail_to_confirm_and_nobody_waits_for_it(deployed):
    subscription = deployed.named("TopicSubscription", "ops")
    topic = deployed.named("Topic", "ops")
    listed = deployed.client("sns").list_subscriptions_by_topic(TopicArn=topic.id)["Subscriptions"]

    assert [(each["Protocol"], each["Endpoint"]) for each in listed] == [("email", "ops@shop.example")]
    assert subscription.inputs["topic"] == topic.id


def test_alarms_are_as_declared(deployed):
    cloudwatch = deployed.client("cloudwatch")
    for alarm in deployed.of_type("MetricAlarm"):
        inputs = alarm.inputs
        (found,) = cloudwatch.describe_alarms(AlarmNames=[alarm.id])["MetricAlarms"]
        assert found["AlarmArn"] == alarm.outputs["arn"]
        assert found["AlarmDescription"] == inputs["alarmDescription"]
        assert found["AlarmActions"] == found["OKActions"] == [deployed.named("Topic", "ops").id]
        assert found["ComparisonOperator"] == inputs["comparisonOperator"]
        assert found["TreatMissingData"] == inputs["treatMissingData"]
        assert found["Threshold"] == inputs["threshold"]
        assert found["EvaluationPeriods"] == inputs["evaluationPeriods"]
        tags = cloudwatch.list_tags_for_resource(ResourceARN=alarm.outputs["arn"])["Tags"]
        assert {tag["Key"]: tag["Value"] for tag in tags} == inputs["tags"]
        # The emulator does not keep metric math: what the cloud is asked for has a test of its own.
        if "metricQueries" not in inputs:
            assert (found["Namespace"], found["MetricName"]) == (inputs["namespace"], inputs["metricName"])
            assert (found["Statistic"], found["Period"]) == (inputs["statistic"], inputs["period"])
            dimensions = {each["Name"]: each["Value"] for each in found.get("Dimensions", [])}
            assert dimensions == inputs["dimensions"]


def test_a_function_that_fails_sets_its_alarm_off(deployed):
    name = deployed.named("Function", "save-order").id
    alarm = deployed.named("MetricAlarm", "save-order-errors")
    cloudwatch = deployed.client("cloudwatch")
    for _ in range(alarm.inputs["threshold"]):
        answer = deployed.client("lambda").invoke(FunctionName=name, Payload=b'{"no": "order"}')
        assert answer["FunctionError"]

    now = datetime.now(UTC)
    reported = cloudwatch.get_metric_statistics(
        Namespace=alarm.inputs["namespace"],
        MetricName=alarm.inputs["metricName"],
        Dimensions=[{"Name": key, "Value": value} for key, value in alarm.inputs["dimensions"].items()],
        Period=alarm.inputs["period"],
        Statistics=[alarm.inputs["statistic"]],
        StartTime=now - timedelta(seconds=alarm.inputs["period"]),
        EndTime=now + timedelta(seconds=60),
    )["Datapoints"]
    # The emulator judges alarms without regard to dimensions, so we judge what it has reported.
    values = [each[alarm.inputs["statistic"]] for each in reported]
    assert state(alarm.inputs, {alarm.inputs["metricName"]: [values]}) == "ALARM"


def test_the_dashboard_is_as_declared(deployed):
    (dashboard,) = deployed.of_type("Dashboard")
    found = deployed.client("cloudwatch").get_dashboard(DashboardName=dashboard.id)
    assert parsed(found["DashboardBody"]) == parsed(dashboard.inputs["dashboardBody"])
    assert found["DashboardArn"] == dashboard.outputs["dashboardArn"]


def test_the_delivery_logs_are_handed_to_their_function(deployed):
    for each in deployed.of_type("LogSubscriptionFilter"):
        group = each.inputs["logGroup"]
        (found,) = deployed.client("logs").describe_subscription_filters(logGroupName=group)[
            "subscriptionFilters"
        ]
        assert found["filterName"] == each.id
        assert (found["filterPattern"], found["destinationArn"]) == ("", each.inputs["destinationArn"])


def test_the_subscriber_has_confirmed_and_is_filtered(deployed):
    subscription = deployed.named("TopicSubscription", "acme")
    found = deployed.client("sns").get_subscription_attributes(SubscriptionArn=subscription.id)["Attributes"]

    assert found["PendingConfirmation"] == "false"
    assert found["TopicArn"] == subscription.inputs["topic"]
    assert found["Endpoint"] == subscription.inputs["endpoint"]
    assert found["Protocol"] == "http"
    assert found["FilterPolicyScope"] == "MessageAttributes"
    for name in ("FilterPolicy", "RedrivePolicy"):
        assert parsed(found[name]) == parsed(subscription.inputs[name[0].lower() + name[1:]])
    # SNS adds the sections that were not given.
    given = parsed(subscription.inputs["deliveryPolicy"])
    assert {name: parsed(found["DeliveryPolicy"])[name] for name in given} == given


def test_tables_are_as_declared(deployed):
    dynamodb = deployed.client("dynamodb")
    for each in deployed.of_type("Table"):
        inputs = each.inputs
        table = dynamodb.describe_table(TableName=each.id)["Table"]
        assert table["TableArn"] == each.outputs["arn"]
        assert keys_of(table) == [inputs["hashKey"], *filter(None, [inputs.get("rangeKey")])]
        attributes = {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]}
        assert attributes == {one["name"]: one["type"] for one in inputs["attributes"]}
        assert table["BillingModeSummary"]["BillingMode"] == inputs["billingMode"]
        assert table["DeletionProtectionEnabled"] is inputs["deletionProtectionEnabled"]
        assert table["SSEDescription"]["Status"] == "ENABLED"
        indexes = table.get("GlobalSecondaryIndexes", [])
        for found, index in zip(indexes, inputs.get("globalSecondaryIndexes", []), strict=True):
            assert found["IndexName"] == index["name"]
            assert keys_of(found) == [key["attributeName"] for key in index["keySchemas"]]
            assert found["Projection"]["ProjectionType"] == index["projectionType"]
            assert found["Projection"].get("NonKeyAttributes", []) == index.get("nonKeyAttributes", [])


def keys_of(table_or_index):
    """The names of the keys, the partition key first."""
    keys = sorted(table_or_index["KeySchema"], key=lambda key: key["KeyType"])
    assert keys[0]["KeyType"] == "HASH"
    return [key["AttributeName"] for key in keys]


def test_items_are_in_their_tables(deployed):
    dynamodb = deployed.client("dynamodb")
    for each in deployed.of_type("TableItem"):
        item = parsed(each.inputs["item"])
        key = {name: item[name] for name in (each.inputs["hashKey"], each.inputs["rangeKey"])}
        assert dynamodb.get_item(TableName=each.inputs["tableName"], Key=key)["Item"] == item


def test_tables_expire_and_recover(deployed):
    dynamodb = deployed.client("dynamodb")
    for table in deployed.of_type("Table"):
        expiry = dynamodb.describe_time_to_live(TableName=table.id)["TimeToLiveDescription"]
        backups = dynamodb.describe_continuous_backups(TableName=table.id)["ContinuousBackupsDescription"]
        tags = dynamodb.list_tags_of_resource(ResourceArn=table.outputs["arn"])["Tags"]

        assert expiry == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires_at"}
        assert backups["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "ENABLED"
        assert {tag["Key"]: tag["Value"] for tag in tags} == table.inputs["tags"]


def test_roles_trust_and_permit_what_the_program_says(deployed):
    iam = deployed.client("iam")
    for role in deployed.of_type("Role"):
        found = iam.get_role(RoleName=role.id)["Role"]
        assert found["Arn"] == role.outputs["arn"]
        assert found["AssumeRolePolicyDocument"] == parsed(role.inputs["assumeRolePolicy"])
        tags = iam.list_role_tags(RoleName=role.id)["Tags"]
        assert {tag["Key"]: tag["Value"] for tag in tags} == role.inputs["tags"]
    for policy in deployed.of_type("RolePolicy"):
        role_name, _, policy_name = policy.id.partition(":")
        found = iam.get_role_policy(RoleName=role_name, PolicyName=policy_name)
        assert role_name == policy.inputs["role"]
        assert found["PolicyDocument"] == parsed(policy.inputs["policy"])


def test_log_groups_are_kept_as_long_as_declared(deployed):
    logs = deployed.client("logs")
    for group in deployed.of_type("LogGroup"):
        listed = logs.describe_log_groups(logGroupNamePrefix=group.id)["logGroups"]
        found = [each for each in listed if each["logGroupName"] == group.id]
        assert [each["retentionInDays"] for each in found] == [group.inputs["retentionInDays"]]
        assert found[0]["arn"] == f"{group.outputs['arn']}:*"
        tags = logs.list_tags_for_resource(resourceArn=group.outputs["arn"])["tags"]
        assert tags == group.inputs["tags"]


def test_the_state_machine_is_as_declared(deployed):
    (machine,) = deployed.of_type("StateMachine")
    inputs = machine.inputs
    client = deployed.client("stepfunctions")

    found = client.describe_state_machine(stateMachineArn=machine.id)

    assert parsed(found["definition"]) == parsed(inputs["definition"])
    assert found["roleArn"] == inputs["roleArn"]
    assert found["type"] == inputs["type"]
    destination = inputs["loggingConfiguration"]["logDestination"]
    assert found["loggingConfiguration"] == {
        "level": "ERROR",
        "includeExecutionData": False,
        "destinations": [{"cloudWatchLogsLogGroup": {"logGroupArn": destination}}],
    }
    tags = client.list_tags_for_resource(resourceArn=machine.id)["tags"]
    assert {tag["key"]: tag["value"] for tag in tags} == inputs["tags"]


def test_functions_are_as_declared(deployed):
    client = deployed.client("lambda")
    for function in deployed.of_type("Function"):
        inputs = function.inputs
        found = client.get_function(FunctionName=function.id)
        configuration = found["Configuration"]
        assert configuration["FunctionArn"] == function.outputs["arn"]
        assert configuration["State"] == "Active"
        assert configuration["Role"] == inputs["role"]
        assert configuration["Handler"] == inputs["handler"]
        assert configuration["Runtime"] == inputs["runtime"]
        assert configuration["Description"] == inputs["description"]
        assert configuration["Architectures"] == inputs["architectures"]
        assert configuration["MemorySize"] == inputs["memorySize"]
        assert configuration["Timeout"] == inputs["timeout"]
        assert configuration["Environment"]["Variables"] == inputs["environment"]["variables"]
        assert [layer["Arn"] for layer in configuration["Layers"]] == inputs["layers"]
        assert configuration["TracingConfig"] == {"Mode": "PassThrough"}
        assert configuration["LoggingConfig"]["LogFormat"] == "JSON"
        assert configuration["LoggingConfig"]["LogGroup"] == inputs["loggingConfig"]["logGroup"]
        digest = hashlib.sha256(zip_archive(inputs["code"], level=1)).digest()
        assert configuration["CodeSha256"] == base64.b64encode(digest).decode()
        assert found["Tags"] == inputs["tags"]


def test_the_layer_is_as_declared(deployed):
    (layer,) = deployed.of_type("LayerVersion")
    found = deployed.client("lambda").get_layer_version_by_arn(Arn=layer.id)

    assert found["Description"] == layer.inputs["description"]
    assert found["CompatibleRuntimes"] == layer.inputs["compatibleRuntimes"]
    assert found["CompatibleArchitectures"] == layer.inputs["compatibleArchitectures"]
    digest = hashlib.sha256(zip_archive(layer.inputs["code"], level=1)).digest()
    assert found["Content"]["CodeSha256"] == base64.b64encode(digest).decode()


def test_routes_and_nothing_else_may_invoke_their_functions(deployed):
    client = deployed.client("lambda")
    for permission in deployed.of_type("Permission"):
        policy = parsed(client.get_policy(FunctionName=permission.inputs["function"])["Policy"])
        (statement,) = policy["Statement"]
        assert statement["Action"] == permission.inputs["action"]
        assert statement["Principal"] == {"Service": permission.inputs["principal"]}
        of_account = permission.inputs.get("sourceAccount")
        assert statement["Condition"] == {
            "ArnLike": {"AWS:SourceArn": permission.inputs["sourceArn"]},
            **({"StringEquals": {"AWS:SourceAccount": of_account}} if of_account else {}),
        }


def test_queues_are_mapped_to_their_functions(deployed):
    client = deployed.client("lambda")
    for mapping in deployed.of_type("EventSourceMapping"):
        inputs = mapping.inputs
        found = client.get_event_source_mapping(UUID=mapping.id)
        assert found["State"] == "Enabled"
        assert found["EventSourceArn"] == inputs["eventSourceArn"]
        assert found["FunctionArn"].endswith(f":{inputs['functionName']}")
        assert found["BatchSize"] == inputs["batchSize"]
        assert found["FunctionResponseTypes"] == inputs["functionResponseTypes"]
        concurrency = inputs["scalingConfig"]["maximumConcurrency"]
        assert found["ScalingConfig"]["MaximumConcurrency"] == concurrency


def test_the_api_is_as_declared(deployed):
    client = deployed.client("apigatewayv2")
    (api,) = deployed.of_type("Api")
    (stage,) = deployed.of_type("Stage")

    found = client.get_api(ApiId=api.id)
    found_stage = client.get_stage(ApiId=api.id, StageName="$default")

    assert found["ProtocolType"] == "HTTP"
    assert found["Description"] == api.inputs["description"]
    assert found["Tags"] == {**api.inputs["tags"], "ms-custom-id": deployed.stack}
    assert found_stage["AutoDeploy"] is True
    throttle = stage.inputs["defaultRouteSettings"]
    assert found_stage["DefaultRouteSettings"] == {
        "ThrottlingBurstLimit": throttle["throttlingBurstLimit"],
        "ThrottlingRateLimit": throttle["throttlingRateLimit"],
    }
    log = stage.inputs["accessLogSettings"]
    assert found_stage["AccessLogSettings"] == {
        "DestinationArn": log["destinationArn"],
        "Format": log["format"],
    }


def test_the_api_is_served_at_the_same_path_in_every_run(deployed):
    cloud = deployed.cloud

    assert deployed.exports["api_endpoint"] == f"{cloud.endpoint_url}/_aws/execute-api/{deployed.stack}"


def test_routes_are_as_declared(deployed):
    client = deployed.client("apigatewayv2")
    (api,) = deployed.of_type("Api")
    found = {each["RouteKey"]: each["Target"] for each in client.get_routes(ApiId=api.id)["Items"]}

    assert found == {each.inputs["routeKey"]: each.inputs["target"] for each in deployed.of_type("Route")}


def test_integrations_are_as_declared(deployed):
    client = deployed.client("apigatewayv2")
    for each in deployed.of_type("Integration"):
        inputs = each.inputs
        found = client.get_integration(ApiId=inputs["apiId"], IntegrationId=each.id)
        assert found["IntegrationType"] == inputs["integrationType"]
        assert found["IntegrationUri"] == inputs["integrationUri"]
        assert found["IntegrationMethod"] == inputs["integrationMethod"]
        assert found["PayloadFormatVersion"] == inputs["payloadFormatVersion"]


def test_no_input_was_made_of_an_output_that_is_missing(deployed):
    assert "None" not in json.dumps([each.inputs for each in deployed.resources], default=str)


def post(url, body):
    request = urllib.request.Request(
        url, json.dumps(body).encode(), {"content-type": "application/json", "x-client-id": "acme"}
    )
    with urllib.request.urlopen(request, timeout=60) as response:
        return response.status, json.load(response)


def test_an_order_is_taken_and_paid(deployed):
    dynamodb = deployed.client("dynamodb")
    table_name = deployed.exports["orders_table_name"]

    status, answer = post(deployed.exports["orders_endpoint"], order_payload())

    key = {"request_id": {"S": answer["request_id"]}}

    def find_paid():
        item = dynamodb.get_item(TableName=table_name, Key=key).get("Item")
        return item if item and item["status"]["S"] == "paid" else None

    assert status == 202
    assert wait_for(find_paid, 60)["client_id"] == {"S": "acme"}


def exported(deployment) -> set[str]:
    """Every value that a stack exports, those within objects as well."""
    values = deployment.exports.values()
    found: set[str] = set()
    for value in values:
        texts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
        # Numbers are settings, which two stacks may share.
        found.update(each for each in texts if isinstance(each, str))
    return found


def test_a_second_stack_stands_beside_the_first(deployed, monkeypatch):
    settings = {
        **SETTINGS,
        "api": {"auth": "jwt", "jwt": {"issuer": "https://issuer.example", "audience": "orders"}},
    }

    second = Deployment(deployed.cloud, settings, "second", monkeypatch)

    assert not exported(deployed) & exported(second)
    (authorizer,) = second.of_type("Authorizer")
    client = deployed.client("apigatewayv2")
    api_id = authorizer.inputs["apiId"]
    found = client.get_authorizer(ApiId=api_id, AuthorizerId=authorizer.id)
    assert found["JwtConfiguration"] == {"Issuer": "https://issuer.example", "Audience": ["orders"]}
    assert found["IdentitySource"] == authorizer.inputs["identitySources"]
    routes = {each["RouteKey"]: each for each in client.get_routes(ApiId=api_id)["Items"]}
    assert routes["POST /orders"]["AuthorizerId"] == authorizer.id
    assert routes["POST /orders"]["AuthorizationType"] == "JWT"
    assert routes["GET /health"]["AuthorizationType"] == "NONE"
