"""A run finds nothing of what was before it, leaves nothing behind, and says nothing besides its error."""

from __future__ import annotations

import asyncio
import contextlib
import contextvars
import gc
import os
import sys
import threading
from pathlib import Path

import pulumi
import pytest

from local.deployer import DeploymentError
from tests.support.deployer import NotingCloud, refused, run


def test_a_failed_run_says_nothing_but_its_error(capfd, caplog):
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
def test_a_run_leaves_nothing_behind(source):
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


def test_a_run_finds_nothing_of_its_caller():
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


def test_a_run_finds_nothing_of_an_earlier_one():
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
