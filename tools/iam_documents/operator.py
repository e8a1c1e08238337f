"""The IAM policies of an operator: look (`status`, `trace`, `deliveries`), repair, smoke test, verify.

`python -m tools.iam_documents.operator` prints the policies for an account; `--write` regenerates the example
in docs/.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
from pathlib import Path

from infra import iam
from infra.naming import QUEUES, SCHEDULE, WORKFLOWS, autonamed, event_topics, log_group_patterns
from tools.iam_documents.place import EXAMPLE, Place
from tools.iam_documents.policies import Documents, key_use, text_of
from tools.written import write

DOCS = Path(__file__).resolve().parents[2] / "docs" / "operator-policy.json"

# The functions that an operator invokes as a client.
_AS_CLIENT = ("recover-webhook", "redeliver-order", "send-test-event", "update-webhook")
_DEAD_LETTERS = ("orders-dead-letters", "record-deliveries-unreadable", "undelivered-unreadable")
_DUE_INDEXES = ("by-due", "by-schedule")
# Of the table of orders.
_INDEXES = ("by-client", "by-day", "by-reference")


def operator_documents(place: Place) -> Documents:
    """Return the policies of an operator: everybody gets `look` and `logs`, and the others as needed."""
    return {
        "look": iam.document(
            *_looking(place),
            key_use(place, ["kms:Decrypt", "kms:DescribeKey"], ["dynamodb", "sqs", "states"]),
        ),
        "logs": iam.document(_reading_logs(place)),
        "repair": iam.document(
            *_repairing(place), key_use(place, ["kms:Decrypt", "kms:GenerateDataKey"], ["sqs", "states"])
        ),
        "smoke": iam.document(
            # AWS generates the API's ID.
            iam.allow(["execute-api:Invoke"], [place.arn("execute-api", "*/*/*/*")])
        ),
        "verify": iam.document(*_verifying(place)),
    }


def _looking(place: Place) -> list[iam.Statement]:
    topics = place.arns("sns", "", event_topics())
    schedule = place.arn("scheduler", f"schedule/default/{autonamed(SCHEDULE)}")
    orders = place.arns("dynamodb", "table/", ["store-orders"])
    deliveries = place.arns("dynamodb", "table/", ["store-deliveries"])
    return [
        iam.allow(["dynamodb:BatchGetItem", "dynamodb:GetItem"], orders),
        iam.allow(["dynamodb:Query"], [f"{each}/index/{index}" for each in orders for index in _INDEXES]),
        iam.allow(["dynamodb:Query", "dynamodb:Scan"], place.arns("dynamodb", "table/", ["store-webhooks"])),
        iam.allow(["dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"], deliveries),
        iam.allow(
            ["dynamodb:Query"],
            [f"{each}/index/{index}" for each in deliveries for index in _DUE_INDEXES],
        ),
        iam.allow(
            ["states:DescribeStateMachine", "states:ListExecutions"],
            place.arns("states", "stateMachine:", WORKFLOWS),
        ),
        iam.allow(["states:DescribeExecution", "states:GetExecutionHistory"], _executions(place)),
        iam.allow(["sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic"], topics),
        # As for the functions: authorization data of different ages disagree about the action's resource.
        iam.allow(["sns:GetSubscriptionAttributes"], ["*"]),
        iam.allow(["sqs:GetQueueAttributes"], place.arns("sqs", "", QUEUES)),
        iam.allow(
            ["sqs:ChangeMessageVisibility", "sqs:ReceiveMessage"], place.arns("sqs", "", _DEAD_LETTERS)
        ),
        # It has no resource type.
        iam.allow(["lambda:ListEventSourceMappings"], ["*"]),
        iam.allow(["scheduler:GetSchedule"], [schedule]),
        iam.allow(["cloudwatch:DescribeAlarms"], [place.arn("cloudwatch", "alarm:*")]),
        # Its one resource type is for PromQL; the metrics that the commands read have none.
        iam.allow(["cloudwatch:GetMetricData"], ["*"]),
    ]


def _reading_logs(place: Place) -> iam.Statement:
    here = f"sns/{place.region}/{place.account_id}"
    groups = [each.replace("sns/*/*", here) for each in log_group_patterns()]
    # The star stands for the group's log streams.
    return iam.allow(["logs:FilterLogEvents"], [place.arn("logs", f"log-group:{each}:*") for each in groups])


def _repairing(place: Place) -> list[iam.Statement]:
    return [
        iam.allow(["lambda:InvokeFunction"], place.arns("lambda", "function:", _AS_CLIENT)),
        iam.allow(["states:RedriveExecution"], _executions(place)),
        # To end deliveries that nobody wants any more.
        iam.allow(["dynamodb:PutItem"], place.arns("dynamodb", "table/", ["store-deliveries"])),
        iam.allow(["sqs:DeleteMessage"], place.arns("sqs", "", _DEAD_LETTERS)),
        iam.allow(
            ["sqs:SendMessage"], place.arns("sqs", "", ["orders", "record-deliveries-failed", "undelivered"])
        ),
        # SQS moves messages with the permissions of the caller of StartMessageMoveTask:
        # https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-dead-letter-queue-redrive.html
        iam.allow(
            ["sqs:ReceiveMessage", "sqs:StartMessageMoveTask"],
            place.arns("sqs", "", ["orders-dead-letters"]),
        ),
    ]


def _verifying(place: Place) -> list[iam.Statement]:
    """Return what `verify` needs beside `look` and `smoke`."""
    return [
        # As for the functions: authorization data of different ages disagree about the action's resource.
        iam.allow(["sns:SetSubscriptionAttributes"], ["*"]),
        iam.allow(
            ["sqs:CreateQueue", "sqs:DeleteMessage", "sqs:DeleteQueue", "sqs:ReceiveMessage"],
            [place.arn("sqs", "verify-????????")],
        ),
        iam.allow(
            ["cloudwatch:DescribeAlarmHistory", "cloudwatch:SetAlarmState"],
            [place.arn("cloudwatch", "alarm:*")],
        ),
    ]


def _executions(place: Place) -> list[str]:
    return [place.arn("states", f"execution:{autonamed(each)}:*") for each in WORKFLOWS]


def main(arguments: list[str]) -> int:
    """Run the command and return its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.iam_documents.operator", description=__doc__)
    parser.add_argument("--write", action="store_true", help="write the example's into docs/ instead")
    for name in ("account-id", "region"):
        default = getattr(EXAMPLE, name.replace("-", "_"))
        parser.add_argument(f"--{name}", default=default, help="default: %(default)s")
    options = vars(parser.parse_args(arguments))
    if options.pop("write"):
        write(DOCS, text_of(operator_documents(EXAMPLE)))
        return 0
    sys.stdout.write(text_of(operator_documents(dataclasses.replace(EXAMPLE, **options))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
