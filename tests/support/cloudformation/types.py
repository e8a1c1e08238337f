"""Which CloudFormation type each resource type of pulumi-aws is, and what its inputs are called there.

An input that the table does not name has the same name there, with a capital letter.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tests.support.cloudformation import shapes
from tests.support.cloudformation.shapes import Properties


@dataclass(frozen=True, kw_only=True)
class CloudFormationType:
    """A resource type, and how its properties differ from pulumi-aws's inputs."""

    name: str
    physical_name: str | None = None
    """The property with the resource's name, which pulumi-aws makes up where the program gives none."""
    renamed: Mapping[str, str] = field(default_factory=dict)
    """Input to property, at any depth."""
    documents: frozenset[str] = frozenset()
    """Inputs with a JSON document that is an object in a template."""
    left_out: Mapping[str, str] = field(default_factory=dict)
    """Inputs without a property, each with the reason."""
    reshape: Callable[[Properties], Properties] = dict


_SHAPED = "arranged in another way: see shapes"

TYPES: dict[str, CloudFormationType] = {
    "aws:apigatewayv2/api:Api": CloudFormationType(name="AWS::ApiGatewayV2::Api", physical_name="Name"),
    "aws:apigatewayv2/apiMapping:ApiMapping": CloudFormationType(name="AWS::ApiGatewayV2::ApiMapping"),
    "aws:apigatewayv2/authorizer:Authorizer": CloudFormationType(
        name="AWS::ApiGatewayV2::Authorizer",
        renamed={"identitySources": "IdentitySource", "audiences": "Audience"},
    ),
    "aws:apigatewayv2/domainName:DomainName": CloudFormationType(
        name="AWS::ApiGatewayV2::DomainName",
        renamed={"domainNameConfiguration": "DomainNameConfigurations"},
        reshape=shapes.domain_name,
    ),
    "aws:apigatewayv2/integration:Integration": CloudFormationType(name="AWS::ApiGatewayV2::Integration"),
    "aws:apigatewayv2/route:Route": CloudFormationType(name="AWS::ApiGatewayV2::Route"),
    "aws:apigatewayv2/stage:Stage": CloudFormationType(
        name="AWS::ApiGatewayV2::Stage", renamed={"name": "StageName"}
    ),
    "aws:cloudwatch/dashboard:Dashboard": CloudFormationType(name="AWS::CloudWatch::Dashboard"),
    "aws:cloudwatch/logGroup:LogGroup": CloudFormationType(
        name="AWS::Logs::LogGroup", physical_name="LogGroupName", renamed={"name": "LogGroupName"}
    ),
    "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter": CloudFormationType(
        name="AWS::Logs::SubscriptionFilter",
        physical_name="FilterName",
        renamed={"name": "FilterName", "logGroup": "LogGroupName"},
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": CloudFormationType(
        name="AWS::CloudWatch::Alarm",
        physical_name="AlarmName",
        renamed={"name": "AlarmName", "metricQueries": "Metrics", "okActions": "OKActions"},
        reshape=shapes.metric_alarm,
    ),
    "aws:dynamodb/table:Table": CloudFormationType(
        name="AWS::DynamoDB::Table",
        physical_name="TableName",
        renamed={
            "name": "TableName",
            "pointInTimeRecovery": "PointInTimeRecoverySpecification",
            "ttl": "TimeToLiveSpecification",
        },
        left_out=dict.fromkeys(("attributes", "hashKey", "rangeKey", "serverSideEncryption"), _SHAPED),
        reshape=shapes.table,
    ),
    "aws:iam/role:Role": CloudFormationType(
        name="AWS::IAM::Role",
        physical_name="RoleName",
        renamed={"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument"},
        documents=frozenset({"assumeRolePolicy"}),
    ),
    "aws:iam/rolePolicy:RolePolicy": CloudFormationType(
        name="AWS::IAM::RolePolicy",
        physical_name="PolicyName",
        renamed={"name": "PolicyName", "role": "RoleName", "policy": "PolicyDocument"},
        documents=frozenset({"policy"}),
    ),
    "aws:kms/alias:Alias": CloudFormationType(name="AWS::KMS::Alias", renamed={"name": "AliasName"}),
    "aws:kms/key:Key": CloudFormationType(
        name="AWS::KMS::Key",
        renamed={"policy": "KeyPolicy", "deletionWindowInDays": "PendingWindowInDays"},
        documents=frozenset({"policy"}),
    ),
    "aws:lambda/eventSourceMapping:EventSourceMapping": CloudFormationType(
        name="AWS::Lambda::EventSourceMapping"
    ),
    "aws:lambda/function:Function": CloudFormationType(
        name="AWS::Lambda::Function",
        physical_name="FunctionName",
        renamed={"name": "FunctionName"},
        reshape=shapes.function,
    ),
    "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": CloudFormationType(
        name="AWS::Lambda::EventInvokeConfig", reshape=shapes.event_invoke_config
    ),
    "aws:lambda/layerVersion:LayerVersion": CloudFormationType(
        name="AWS::Lambda::LayerVersion", left_out={"code": _SHAPED}, reshape=shapes.layer_version
    ),
    "aws:lambda/permission:Permission": CloudFormationType(
        name="AWS::Lambda::Permission", renamed={"function": "FunctionName"}
    ),
    "aws:route53/record:Record": CloudFormationType(
        name="AWS::Route53::RecordSet",
        renamed={"aliases": "AliasTarget", "zoneId": "HostedZoneId"},
        reshape=shapes.record,
    ),
    "aws:secretsmanager/secret:Secret": CloudFormationType(
        name="AWS::SecretsManager::Secret", physical_name="Name"
    ),
    "aws:scheduler/schedule:Schedule": CloudFormationType(
        name="AWS::Scheduler::Schedule", physical_name="Name"
    ),
    "aws:sfn/stateMachine:StateMachine": CloudFormationType(
        name="AWS::StepFunctions::StateMachine",
        physical_name="StateMachineName",
        renamed={"name": "StateMachineName"},
        documents=frozenset({"definition"}),
        reshape=shapes.state_machine,
    ),
    "aws:sns/topic:Topic": CloudFormationType(
        name="AWS::SNS::Topic",
        physical_name="TopicName",
        renamed={"name": "TopicName"},
        left_out={"deliveryPolicy": "CloudFormation has it for subscriptions only"},
        reshape=shapes.topic,
    ),
    "aws:sns/topicPolicy:TopicPolicy": CloudFormationType(
        name="AWS::SNS::TopicPolicy",
        renamed={"policy": "PolicyDocument"},
        documents=frozenset({"policy"}),
        left_out={"arn": _SHAPED},
        reshape=shapes.topic_policy,
    ),
    "aws:sns/topicSubscription:TopicSubscription": CloudFormationType(
        name="AWS::SNS::Subscription",
        renamed={"topic": "TopicArn"},
        documents=frozenset({"deliveryPolicy", "filterPolicy", "redrivePolicy"}),
        left_out={
            "confirmationTimeoutInMinutes": "only the provider's own waiting",
            "endpointAutoConfirms": "only the provider's own waiting",
        },
    ),
    "aws:sqs/queue:Queue": CloudFormationType(
        name="AWS::SQS::Queue",
        physical_name="QueueName",
        renamed={
            "name": "QueueName",
            "visibilityTimeoutSeconds": "VisibilityTimeout",
            "messageRetentionSeconds": "MessageRetentionPeriod",
            "receiveWaitTimeSeconds": "ReceiveMessageWaitTimeSeconds",
        },
        documents=frozenset({"redrivePolicy", "redriveAllowPolicy"}),
    ),
    "aws:sqs/queuePolicy:QueuePolicy": CloudFormationType(
        name="AWS::SQS::QueuePolicy",
        renamed={"policy": "PolicyDocument"},
        documents=frozenset({"policy"}),
        left_out={"queueUrl": _SHAPED},
        reshape=shapes.queue_policy,
    ),
}

# Resources that are a property of another one in a template: type of that one, and the input with its ID.
PART_OF: dict[str, tuple[str, str]] = {
    "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": ("aws:sqs/queue:Queue", "queueUrl"),
    "aws:secretsmanager/secretVersion:SecretVersion": ("aws:secretsmanager/secret:Secret", "secretId"),
}

WITHOUT_TYPE: dict[str, str] = {
    "aws:dynamodb/tableItem:TableItem": "an item is data: CloudFormation has no type for it",
}
