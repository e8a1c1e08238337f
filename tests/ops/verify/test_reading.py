"""What is read of an event at the diagnostic webhooks."""

from __future__ import annotations

import json
from datetime import timedelta

from functions.domain.instant import now
from ops.instants import to_milliseconds
from ops.target import Target
from ops.verify.reading import Reader
from ops.verify.webhooks import Diagnostics, DiagnosticWebhook
from tests.ops.conftest import ACCOUNT, MotoStack
from tests.support.moto_cloud import REGION


def test_the_log_of_every_topic_is_read(stack: MotoStack) -> None:
    stack.outputs["topic_arns"] = [f"arn:aws:sns:{REGION}:{ACCOUNT}:events{number}" for number in (1, 2)]
    stack.outputs["log_group_names"]["diagnostics"] = "diagnostics-log"
    milliseconds = to_milliseconds(now())
    logs = stack.client("logs")

    def log(group: str, document: dict[str, object]) -> None:
        logs.create_log_group(logGroupName=group)
        logs.create_log_stream(logGroupName=group, logStreamName="one")
        event = {"timestamp": milliseconds, "message": json.dumps(document)}
        logs.put_log_events(logGroupName=group, logStreamName="one", logEvents=[event])

    def entry(case: str) -> dict[str, object]:
        delivery = {"destination": f"https://api.example/diagnostics/{case}", "attempts": 1}
        return {"notification": {"messageId": f"sns-{case}"}, "delivery": delivery}

    log("diagnostics-log", {})
    for case in ("200", "503"):
        stack.log(
            "diagnostics",
            milliseconds,
            {
                "sns_message_type": "Notification",
                "webhook_id": f"wh_{case}",
                "sns_message_id": f"sns-{case}",
            },
        )
    log(f"sns/{REGION}/{ACCOUNT}/events1", entry("200"))
    log(f"sns/{REGION}/{ACCOUNT}/events2/Failure", entry("503"))
    webhooks = {
        case: DiagnosticWebhook(case=case, webhook_id=f"wh_{case}", subscription_arn=f"arn:{case}")
        for case in ("200", "503")
    }
    diagnostics = Diagnostics(
        webhooks=webhooks, dead_letters_url=stack.client("sqs").create_queue(QueueName="verify")["QueueUrl"]
    )
    target = Target(name="the stack test", outputs=stack.outputs)
    observed = Reader(target, diagnostics, now() - timedelta(hours=1)).observe()
    assert (observed["200"].outcomes, observed["503"].outcomes) == ({"success"}, {"failure"})
