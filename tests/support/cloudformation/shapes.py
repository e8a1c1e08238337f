"""Inputs that CloudFormation arranges in another way than pulumi-aws does."""

from __future__ import annotations

from typing import Any

Properties = dict[str, Any]

# A template names an archive in S3; Pulumi uploads one from this machine.
_ARCHIVE = {"S3Bucket": "archives", "S3Key": "archive.zip"}


def pairs(values: dict[str, Any], key: str = "Key") -> list[dict[str, Any]]:
    """Return a map as CloudFormation's list of pairs, such as tags or dimensions."""
    return [{key: name, "Value": value} for name, value in values.items()]


def function(inputs: Properties) -> Properties:
    return {**inputs, "code": _ARCHIVE}


def layer_version(inputs: Properties) -> Properties:
    return {**inputs, "content": _ARCHIVE}


def table(inputs: Properties) -> Properties:
    keys = [(inputs["hashKey"], "HASH"), (inputs.get("rangeKey"), "RANGE")]
    converted = {
        **inputs,
        "attributeDefinitions": [
            {"attributeName": each["name"], "attributeType": each["type"]} for each in inputs["attributes"]
        ],
        "keySchema": [{"attributeName": name, "keyType": kind} for name, kind in keys if name],
        "globalSecondaryIndexes": [_index(each) for each in inputs.get("globalSecondaryIndexes", [])],
    }
    if "pointInTimeRecovery" in inputs:
        converted["pointInTimeRecovery"] = {
            "pointInTimeRecoveryEnabled": inputs["pointInTimeRecovery"]["enabled"]
        }
    encryption = inputs.get("serverSideEncryption")
    if encryption and encryption["enabled"]:
        key = {"KMSMasterKeyId": encryption["kmsKeyArn"]} if "kmsKeyArn" in encryption else {}
        converted["SSESpecification"] = {"SSEEnabled": True, "SSEType": "KMS", **key}
    return {name: value for name, value in converted.items() if value != []}


def _index(index: Properties) -> Properties:
    projection = {"projectionType": index["projectionType"]}
    if "nonKeyAttributes" in index:
        projection["nonKeyAttributes"] = index["nonKeyAttributes"]
    return {"indexName": index["name"], "keySchema": index["keySchemas"], "projection": projection}


def metric_alarm(inputs: Properties) -> Properties:
    converted = dict(inputs)
    if "dimensions" in inputs:
        converted["dimensions"] = pairs(inputs["dimensions"], "Name")
    if "metricQueries" in inputs:
        converted["metricQueries"] = [_metric_query(each) for each in inputs["metricQueries"]]
    return converted


def _metric_query(query: Properties) -> Properties:
    if "metric" not in query:
        return query
    metric = dict(query["metric"])
    stat = {name: metric.pop(name) for name in ("stat", "period", "unit") if name in metric}
    metric["dimensions"] = pairs(metric.get("dimensions", {}), "Name")
    others = {name: value for name, value in query.items() if name != "metric"}
    return {**others, "metricStat": {**stat, "metric": metric}}


def event_invoke_config(inputs: Properties) -> Properties:
    return {**inputs, "qualifier": "$LATEST"}


def domain_name(inputs: Properties) -> Properties:
    return {**inputs, "domainNameConfiguration": [inputs["domainNameConfiguration"]]}


def record(inputs: Properties) -> Properties:
    (alias,) = inputs["aliases"]
    target = {
        "DNSName": alias["name"],
        "hostedZoneId": alias["zoneId"],
        "evaluateTargetHealth": alias["evaluateTargetHealth"],
    }
    return {**inputs, "aliases": target}


def state_machine(inputs: Properties) -> Properties:
    logging = dict(inputs["loggingConfiguration"])
    destination = {"cloudWatchLogsLogGroup": {"logGroupArn": logging.pop("logDestination")}}
    others = {name: value for name, value in inputs.items() if name != "type"}
    return {
        **others,
        "loggingConfiguration": {**logging, "destinations": [destination]},
        "stateMachineType": inputs["type"],
    }


def topic(inputs: Properties) -> Properties:
    converted = dict(inputs)
    feedback = {
        "successFeedbackRoleArn": converted.pop("httpSuccessFeedbackRoleArn", None),
        "failureFeedbackRoleArn": converted.pop("httpFailureFeedbackRoleArn", None),
        "successFeedbackSampleRate": _whole(converted.pop("httpSuccessFeedbackSampleRate", None)),
    }
    if given := {name: value for name, value in feedback.items() if value is not None}:
        converted["deliveryStatusLogging"] = [{"protocol": "http/s", **given}]
    if "signatureVersion" in inputs:
        converted["signatureVersion"] = _whole(inputs["signatureVersion"])
    return converted


def _whole(number: float | None) -> str | None:
    return None if number is None else f"{number:g}"


def topic_policy(inputs: Properties) -> Properties:
    return {**inputs, "topics": [inputs["arn"]]}


def queue_policy(inputs: Properties) -> Properties:
    return {**inputs, "queues": [inputs["queueUrl"]]}
