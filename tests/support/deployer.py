"""A deployer that runs small programs against a cloud that only takes notes."""

from __future__ import annotations

import tempfile
import textwrap
from pathlib import Path

from botocore.exceptions import ClientError

from local.deployer import deploy

IDENTITY = {"Arn": "arn:aws:iam::123456789012:root"}


class NotingClient:
    """HttpResponse every call with what was prepared for it, or with nothing in particular."""

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


def run(source, cloud=None, settings=None, **options):
    """Deploy a program, given without its imports, and return its exports."""
    with tempfile.TemporaryDirectory() as directory:
        program = Path(directory) / "__main__.py"
        program.write_text("import pulumi, pulumi_aws as aws\n" + textwrap.dedent(source))
        return deploy(
            program, settings=settings or {}, stack="laptop", cloud=cloud or NotingCloud(), **options
        )


def refused(code):
    return ClientError({"Error": {"Code": code, "Message": "no"}}, "CreateQueue")
