"""What Pulumi's AWS provider can only change by creating a new resource.

From the provider's documentation, which calls these properties "Forces new resource", or on Pulumi's pages
"Changes to this property will trigger replacement": https://www.pulumi.com/registry/packages/aws/api-docs/
"""

from __future__ import annotations

from collections.abc import Mapping

REPLACING: Mapping[str, frozenset[str]] = {
    kind: frozenset(properties.split())
    for kind, properties in {
        "aws:apigatewayv2/api:Api": "protocolType",
        "aws:apigatewayv2/authorizer:Authorizer": "apiId",
        "aws:apigatewayv2/integration:Integration": "apiId integrationType",
        "aws:apigatewayv2/route:Route": "apiId",
        "aws:apigatewayv2/stage:Stage": "apiId name",
        "aws:cloudwatch/dashboard:Dashboard": "dashboardName",
        "aws:cloudwatch/logGroup:LogGroup": "name",
        "aws:cloudwatch/logSubscriptionFilter:LogSubscriptionFilter": "name logGroup",
        "aws:cloudwatch/metricAlarm:MetricAlarm": "name",
        "aws:dynamodb/table:Table": "name hashKey rangeKey",
        "aws:dynamodb/tableItem:TableItem": "tableName hashKey rangeKey",
        "aws:iam/role:Role": "name path",
        "aws:iam/rolePolicy:RolePolicy": "name role",
        "aws:kms/alias:Alias": "name",
        "aws:kms/key:Key": "customerMasterKeySpec keyUsage multiRegion",
        "aws:lambda/eventSourceMapping:EventSourceMapping": "eventSourceArn",
        "aws:lambda/function:Function": "name packageType",
        "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig": "functionName qualifier",
        "aws:lambda/layerVersion:LayerVersion": (
            "code compatibleArchitectures compatibleRuntimes description layerName licenseInfo"
        ),
        "aws:lambda/permission:Permission": "action function principal sourceArn sourceAccount statementId",
        "aws:scheduler/schedule:Schedule": "name groupName",
        "aws:secretsmanager/secret:Secret": "name",
        "aws:secretsmanager/secretVersion:SecretVersion": "secretId secretString",
        "aws:sfn/stateMachine:StateMachine": "name type",
        "aws:sns/topic:Topic": "name fifoTopic",
        "aws:sns/topicPolicy:TopicPolicy": "arn",
        "aws:sns/topicSubscription:TopicSubscription": "topic protocol endpoint",
        "aws:sqs/queue:Queue": "name fifoQueue",
        "aws:sqs/queuePolicy:QueuePolicy": "queueUrl",
        "aws:sqs/redriveAllowPolicy:RedriveAllowPolicy": "queueUrl",
    }.items()
}
