"""The whole service on this machine: emulator, deployment, receiver and first order."""

from __future__ import annotations

import json
import secrets
import shutil
import tempfile
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from functions.domain.client import ANONYMOUS
from infra.packaging import PackagingError
from local.console_files import CONSOLE_TOKEN, OUTPUTS, RECEIVER
from local.delivery_log import following
from local.deployer import DeploymentError, deploy
from local.emulated_clock import start_clock
from local.emulator import Emulator, running_emulator
from local.journey import Journey, register
from local.laptop_options import ALWAYS, CLIENTS, HOOK, LaptopOptions, PaymentProvider, laptop_settings
from local.loopback import HOST
from local.process import ServerStartError, running_server
from local.receiving import make_receiver
from local.screen import Screen
from local.sns.settings import BEHAVIOUR, DELIVERY_LOG, DIRECTORY
from local.stripe.fake_stripe import running_stripe
from ops.target import ENDPOINT_KEY
from receiver import WebhookIds
from receiver.hooks import FailurePlan
from receiver.server import SampleServer

ROOT = Path(__file__).resolve().parent.parent
STACK = "laptop"


class LaptopError(Exception):
    """Something did not start; the message says what and why."""


class Laptop:
    """The running service, for the length of a `with` block."""

    def __init__(self, options: LaptopOptions, screen: Screen) -> None:
        self._options = options
        self._screen = screen
        self._running = ExitStack()
        self._keep = False
        self.work_directory = Path(tempfile.gettempdir())
        self.outputs: Mapping[str, Any] = {}
        self.console_url: str | None = None

    def __enter__(self) -> Self:
        base = ROOT / ".local"
        base.mkdir(exist_ok=True)
        self.work_directory = Path(tempfile.mkdtemp(prefix="run-", dir=base))
        self._running.callback(self._remove_work_directory)
        try:
            self._start()
        except (ServerStartError, DeploymentError, PackagingError) as error:
            self._running.close()
            self._keep = True
            raise LaptopError(str(error)) from error
        except BaseException:
            self._running.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        # The logs stay after an error, but not after Ctrl-C.
        self._keep = isinstance(error, Exception)
        self._running.close()

    @property
    def delivery_log_path(self) -> Path:
        """The file with one line for each delivery attempt."""
        return self.work_directory / "deliveries.jsonl"

    @property
    def emulator(self) -> Emulator:
        """The running emulator."""
        return self._emulator

    @property
    def payment(self) -> PaymentProvider:
        """The payment provider."""
        return self._options.payment

    @property
    def receiver(self) -> SampleServer:
        """The running receiver."""
        return self._receiver

    def send_first_order(self) -> None:
        """Send an order, follow it to its webhook, check what arrived and show each step."""
        failures = self._options.fail_times
        if failures:
            times = None if failures == ALWAYS else failures
            self.receiver.hook(HOOK).plan(FailurePlan(status=self._options.fail_status, times=times))
        journey = Journey(self.emulator, self.outputs, self.receiver.hook(HOOK))
        with self._screen.step("Order", "posting") as step:
            posted = journey.post_order()
            step.done(f"202 in {posted.milliseconds:.0f} ms, request ID {posted.request_id}")
        with self._screen.step("Workflow", "waiting until it ends") as step:
            order = journey.wait_for_outcome(posted)
            step.done(f"{' → '.join(journey.states(posted))}: the order is {order['status']}")
        if failures == ALWAYS:
            return
        with self._screen.step("Webhook", "waiting for the delivery") as step:
            delivery = journey.wait_for_webhook(posted, order)
            step.done(f"event {delivery.event_id} matches the order (delivered by attempt {delivery.number})")

    def wait_until_stopped(self) -> None:
        """Show each further webhook until Ctrl-C."""
        threading.Event().wait()

    def keep_logs(self) -> Path | None:
        """Return where the logs of a failed run are, if they were kept."""
        return self.work_directory if self._keep and self.work_directory.exists() else None

    def _start(self) -> None:
        if self._options.has_console:
            self._start_console()
        with self._screen.step("Emulator", "starting") as step:
            self._emulator = self._running.enter_context(
                running_emulator(
                    work_directory=self.work_directory,
                    port=self._options.emulator_port,
                    extra_environment={
                        DIRECTORY: str(self.work_directory),
                        DELIVERY_LOG: str(self.delivery_log_path),
                        **start_clock(self.work_directory / "clock", self._options.speed),
                        BEHAVIOUR: self._options.sns.to_json(),
                    },
                )
            )
            step.done(self._emulator.endpoint_url)
        payment = self._start_payments()
        with self._screen.step("Program", "creating resources") as step:
            self.outputs = deploy(
                ROOT / "__main__.py",
                settings={**laptop_settings(speed=self._options.speed), "payment": payment},
                secrets={"stripeApiKey": "sk_test_laptop"},
                stack=STACK,
                cloud=self._emulator,
                on_created=step.count,
            )
            step.done(f"{step.total} resources created from __main__.py")
        # `python -m ops --laptop` needs the emulator's address as well.
        outputs = {**self.outputs, ENDPOINT_KEY: self._emulator.endpoint_url}
        (self.work_directory / OUTPUTS).write_text(json.dumps(outputs, indent=2))
        self._start_receiver()
        self._running.enter_context(following(self.delivery_log_path, self._screen.delivery))

    def _start_console(self) -> None:
        """Start the console first, so that its pages show the stack as it comes up."""
        token = secrets.token_urlsafe()
        server = self._running.enter_context(
            running_server(
                "local.console",
                name="console",
                log_path=self.work_directory / "console.log",
                ready_path=None,
                port=self._options.console_port,
                options=[
                    f"--directory={self.work_directory}",
                    f"--payment={self._options.payment}",
                    "--clients",
                    ANONYMOUS,
                    *CLIENTS,
                ],
                # Not as an argument, which every user of the machine can read.
                environment={CONSOLE_TOKEN: token},
            )
        )
        self.console_url = f"http://{HOST}:{server.port}/?token={token}"
        self._screen.show_console(self.console_url)

    def _start_payments(self) -> dict[str, str]:
        """Start the payment provider, and return its settings."""
        if self._options.payment == "simulated":
            return {"provider": "simulated"}
        with self._screen.step("Stripe", "starting a fake") as step:
            stripe = self._running.enter_context(running_stripe(on_charge=self._screen.charge))
            step.done(f"{stripe.url}, a fake that records each charge")
        return {"provider": "stripe", "stripe_api_base": stripe.url}

    def _start_receiver(self) -> None:
        with self._screen.step("Receiver", "starting and registering its webhook") as step:
            webhook_ids = WebhookIds()
            self._receiver = self._running.enter_context(
                make_receiver(
                    self._emulator,
                    self.work_directory,
                    topic_arn=self.outputs["topic_arn"],
                    clients=self._options.hooks,
                    webhook_ids=webhook_ids,
                    port=self._options.receiver_port,
                    on_attempt=self._screen.attempt,
                )
            )
            for hook, client_id in self._options.hooks.items():
                register(self.outputs["api_endpoint"], self._receiver.hook_url(hook), webhook_ids, client_id)
            step.done(f"{self._receiver.hook_url(HOOK)}, registered by POST /webhooks and confirmed")
        (self.work_directory / RECEIVER).write_text(json.dumps({"url": self._receiver.url}))

    def _remove_work_directory(self) -> None:
        if not self._keep:
            shutil.rmtree(self.work_directory, ignore_errors=True)
