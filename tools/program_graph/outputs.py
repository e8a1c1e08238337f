"""The outputs that AWS would return for each resource: names, ARNs and URLs."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any

from pulumi.runtime.mocks import MockResourceArgs

_REGION, _DNS_SUFFIX = "eu-west-1", "amazonaws.com"


@dataclass(frozen=True, kw_only=True)
class Cloud:
    """The part of AWS that the program is run for."""

    partition: str = "aws"
    dns_suffix: str = _DNS_SUFFIX
    region: str = _REGION

    def call(self, token: str) -> dict[str, Any]:
        """Return the result of a provider function."""
        results: dict[str, dict[str, Any]] = {
            "aws:index/getPartition:getPartition": {
                "partition": self.partition,
                "dnsSuffix": self.dns_suffix,
            },
            "aws:index/getRegion:getRegion": {"region": self.region},
            "aws:index/getCallerIdentity:getCallerIdentity": {"accountId": "123456789012"},
        }
        return results[token]

    def outputs_of(self, args: MockResourceArgs) -> dict[str, Any]:
        """Return the outputs of a resource that are more than its inputs."""
        return {name: self._moved(value) for name, value in _outputs_of(args).items()}

    def _moved(self, value: Any) -> Any:  # noqa: ANN401 - any output
        if isinstance(value, dict):
            return {name: self._moved(each) for name, each in value.items()}
        if not isinstance(value, str):
            return value
        if self.dns_suffix not in value:
            value = value.replace(_DNS_SUFFIX, self.dns_suffix)
        return value.replace("arn:aws:", f"arn:{self.partition}:").replace(_REGION, self.region)


AWS = Cloud()
CHINA = Cloud(partition="aws-cn", dns_suffix="amazonaws.com.cn", region="cn-north-1")
GOVCLOUD = Cloud(partition="aws-us-gov", region="us-gov-west-1")

_KEY_ID = "1234abcd-12ab-34cd-56ef-1234567890ab"


def _outputs_of(args: MockResourceArgs) -> dict[str, Any]:
    name = args.inputs.get("name", f"{args.name}-1a2b3c4")
    base = "eu-west-1:123456789012"
    by_type: dict[str, dict[str, Any]] = {
        "aws:lambda/function:Function": {
            "arn": f"arn:aws:lambda:{base}:function:{name}",
            "invokeArn": f"arn:aws:apigateway:eu-west-1:lambda:path/{name}/invocations",
        },
        "aws:lambda/layerVersion:LayerVersion": {"arn": f"arn:aws:lambda:{base}:layer:{name}:1"},
        "aws:iam/role:Role": {
            "arn": f"arn:aws:iam::123456789012:role/{name}",
            "uniqueId": f"AROA{zlib.crc32(name.encode()):017}",
        },
        "aws:sqs/queue:Queue": {
            "arn": f"arn:aws:sqs:{base}:{name}",
            "id": f"https://sqs.eu-west-1.amazonaws.com/123456789012/{name}",
            "url": f"https://sqs.eu-west-1.amazonaws.com/123456789012/{name}",
        },
        "aws:sns/topicSubscription:TopicSubscription": {"arn": f"arn:aws:sns:{base}:topic:{name}"},
        "aws:sns/topic:Topic": {"arn": f"arn:aws:sns:{base}:{name}"},
        "aws:dynamodb/table:Table": {"arn": f"arn:aws:dynamodb:{base}:table/{name}"},
        "aws:scheduler/schedule:Schedule": {"arn": f"arn:aws:scheduler:{base}:schedule/default/{name}"},
        "aws:sfn/stateMachine:StateMachine": {"arn": f"arn:aws:states:{base}:stateMachine:{name}"},
        "aws:kms/key:Key": {"arn": f"arn:aws:kms:{base}:key/{_KEY_ID}", "keyId": _KEY_ID, "id": _KEY_ID},
        "aws:secretsmanager/secret:Secret": {"arn": _secret_arn(name), "id": _secret_arn(name)},
        "aws:secretsmanager/secretVersion:SecretVersion": {"secretArn": args.inputs.get("secretId")},
        "aws:cloudwatch/metricAlarm:MetricAlarm": {"arn": f"arn:aws:cloudwatch:{base}:alarm:{name}"},
        "aws:cloudwatch/logGroup:LogGroup": {"arn": f"arn:aws:logs:{base}:log-group:{name}"},
        "aws:apigatewayv2/domainName:DomainName": {
            "id": args.inputs.get("domainName"),
            "domainNameConfiguration": {
                **args.inputs.get("domainNameConfiguration", {}),
                "targetDomainName": "d-1a2b3c4d5e.execute-api.eu-west-1.amazonaws.com",
                "hostedZoneId": "ZLY8HYME6SFDD",
            },
        },
        "aws:apigatewayv2/api:Api": {
            "id": "a1b2c3d4e5",
            "apiEndpoint": "https://a1b2c3d4e5.execute-api.eu-west-1.amazonaws.com",
            "executionArn": f"arn:aws:execute-api:{base}:a1b2c3d4e5",
        },
    }
    return {"name": name, **by_type.get(args.typ, {})}


def _secret_arn(name: str) -> str:
    return f"arn:aws:secretsmanager:eu-west-1:123456789012:secret:{name}-AbCdEf"
