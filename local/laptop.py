"""The whole service on this machine: emulator, deployment and receiver."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
import threading
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from infra.packaging import PackagingError
from local.api_calls import JourneyError, register
from local.attempt_display import AttemptDisplay
from local.attempts import AttemptHistory
from local.console_files import RECEIVER
from local.console_process import running_console
from local.delivery_log import following
from local.deployer import DeploymentError
from local.emulated_clock import start_clock
from local.emulator import Emulator, running_emulator
from local.laptop_options import ConfigurationError, LaptopOptions, laptop_settings
from local.laptop_stack import create_stack, write_outputs
from local.machine import MachineError, check_disk, check_loopback, explain_disk, explain_port
from local.own_webhooks import TRUST, OwnWebhooks
from local.process import ServerStartError
from local.receiving import make_receiver, write_trust
from local.screen import Screen
from local.sns.settings import BEHAVIOUR, DELIVERY_LOG, DIRECTORY
from local.stripe.fake_stripe import running_stripe
from ops.laptops import BASE, find_runs, record_run
from receiver import WebhookIds
from receiver.server import SampleServer


class LaptopError(Exception):
    """Something did not start; the message says what and why."""


class Laptop:
    """The running service, for the length of a `with` block."""

    def __init__(self, options: LaptopOptions, screen: Screen) -> None:
        self.options = options
        self._screen = screen
        self._running = ExitStack()
        self._keep = False
        self.attempts = AttemptHistory()
        self._display = AttemptDisplay(screen, self.attempts)
        self.work_directory = Path(tempfile.gettempdir())
        self.outputs: Mapping[str, Any] = {}
        self.console_url: str | None = None

    def __enter__(self) -> Self:
        try:
            BASE.mkdir(exist_ok=True)
            check_loopback()
            check_disk(BASE)
            self.work_directory = Path(tempfile.mkdtemp(prefix="run-", dir=BASE))
            self._running.callback(self._remove_work_directory)
            self._start()
        except (ServerStartError, DeploymentError, PackagingError, JourneyError) as error:
            raise self._failed(f"{error}{explain_disk(BASE)}") from error
        except (ConfigurationError, MachineError, OSError) as error:
            raise self._failed(str(error)) from error
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
    def _clock_path(self) -> Path:
        return self.work_directory / "clock"

    @property
    def emulator(self) -> Emulator:
        """The running emulator."""
        return self._emulator

    @property
    def receiver(self) -> SampleServer:
        """The running receiver."""
        return self._receiver

    def wait_until_stopped(self) -> None:
        """Show each further webhook until Ctrl-C."""
        threading.Event().wait()

    def keep_logs(self) -> Path | None:
        """Return where the logs of a failed run are, if they were kept."""
        return self.work_directory if self._keep and self.work_directory.exists() else None

    def _failed(self, message: str) -> LaptopError:
        # Before the end of the run, which removes its folder.
        self._keep = self.work_directory.parent == BASE
        self._running.close()
        return LaptopError(message)

    def _start(self) -> None:
        settings = laptop_settings()
        if self.options.has_console:
            self.console_url = self._running.enter_context(running_console(self.options, self.work_directory))
            self._screen.show_console(self.console_url)
        self._start_emulator()
        payment = self._start_payments()
        self.outputs = create_stack(self._emulator, {**settings, "payment": payment}, self._screen)
        write_outputs(self.outputs, self._emulator, self._clock_path, self.console_url)
        self._start_receiver()
        self._register_own_webhooks()

    def _start_emulator(self) -> None:
        with self._screen.step("Emulator", "starting") as step:
            others = find_runs()
            self._emulator = self._running.enter_context(
                running_emulator(
                    work_directory=self.work_directory,
                    port=self.options.emulator_port,
                    extra_environment={
                        DIRECTORY: str(self.work_directory),
                        DELIVERY_LOG: str(self.delivery_log_path),
                        **start_clock(self._clock_path, self.options.speed),
                        BEHAVIOUR: self.options.sns.to_json(),
                    },
                )
            )
            record_run(self.work_directory, port=self._emulator.port, process_id=os.getpid())
            note = explain_port(self.options.emulator_port, self._emulator.port, others)
            step.done(f"{self._emulator.endpoint_url}{note}")
        self._running.enter_context(following(self.delivery_log_path, self._display.show))

    def _start_payments(self) -> dict[str, str]:
        """Start the payment provider, and return its settings."""
        if self.options.payment != "stripe":
            return {"provider": self.options.payment}
        with self._screen.step("Stripe", "starting a fake") as step:
            stripe = self._running.enter_context(running_stripe(on_charge=self._screen.charge))
            step.done(f"{stripe.url}, a fake that records each charge")
        return {"provider": "stripe", "stripe_api_base": stripe.url}

    def _start_receiver(self) -> None:
        with self._screen.step("Receiver", "starting and registering its webhook") as step:
            hooks = self.options.hooks
            webhook_ids = WebhookIds()
            self._receiver = self._running.enter_context(
                make_receiver(
                    self._emulator,
                    self.work_directory,
                    topic_arn=self.outputs["topic_arn"],
                    clients=hooks,
                    webhook_ids=webhook_ids,
                    port=self.options.receiver_port,
                    on_attempt=self._screen.refusal,
                )
            )
            for hook, client_id in hooks.items():
                url = self._receiver.hook_url(hook)
                self._display.name(url, hook, self._receiver.hook(hook))
                register(self.outputs["api_endpoint"], url, client_id, webhook_ids)
            first = self._receiver.hook_url(self.options.first_hook)
            note = explain_port(self.options.receiver_port, int(self._receiver.url.rpartition(":")[2]), ())
            more = f" and {len(hooks) - 1} more" if len(hooks) > 1 else ""
            step.done(f"{first}{more}, confirmed{note}")
        (self.work_directory / RECEIVER).write_text(json.dumps({"url": self._receiver.url}))

    def _register_own_webhooks(self) -> None:
        folder = self.options.receiver_folder or self.work_directory
        write_trust(
            folder / TRUST,
            self._emulator,
            topic_arn=self.outputs["topic_arn"],
            client_id=self.options.own_client,
        )
        own = OwnWebhooks(
            self.outputs["api_endpoint"], folder, self._screen, self.attempts.is_handshake_refused
        )
        self._running.callback(own.stop)
        for webhook in self.options.webhooks:
            self._display.name(webhook.url, webhook.client_id)
            own.register(webhook)

    def _remove_work_directory(self) -> None:
        if not self._keep:
            shutil.rmtree(self.work_directory, ignore_errors=True)
