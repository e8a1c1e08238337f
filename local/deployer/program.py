"""Run the Pulumi program with the emulator instead of Pulumi's engine and the AWS provider."""

from __future__ import annotations

import asyncio
import contextvars
import json
import logging
import runpy
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, cast

import pulumi
import yaml  # type: ignore[import-untyped]  # its stubs are not in the environment
from botocore.exceptions import BotoCoreError, ClientError
from pulumi.runtime import Settings, configure, get_root_resource, run_in_stack, set_all_config
from pulumi.runtime.mocks import MockEngine, MockMonitor
from pulumi.runtime.stack import Stack

from infra.settings import NAMESPACE, SETTINGS_KEY
from local.deployer.creators import CREATORS, SERVICES
from local.deployer.errors import DeploymentError
from local.deployer.provider import OnCreated, Provider
from local.deployer.site import Cloud, Site

_PROJECT_FILE = Path(__file__).resolve().parents[2] / "Pulumi.yaml"

# The emulator is one process, but half a second passes before it calls a function active.
_THREADS = 16

_log = logging.getLogger(__name__)


class _Configuration(NamedTuple):
    values: dict[str, str]
    secret_keys: list[str]


def deploy(
    program: Path,
    *,
    settings: Mapping[str, Any],
    stack: str,
    cloud: Cloud,
    secrets: Mapping[str, str] = MappingProxyType({}),
    on_created: OnCreated | None = None,
) -> Mapping[str, Any]:
    """Create everything that a program declares, and return its exports.

    `settings` is the object that a stack's file would hold, and `secrets` are the values that it would hold
    encrypted. `on_created` gets the type and the name of each resource once it is there: one call at a time,
    from various threads. Nothing is ever updated or deleted: a stack is deployed once, to a cloud that does
    not have it yet.

    Raises DeploymentError for the first thing that went wrong; what was created before stays.
    """
    try:
        site = Site.survey(stack, cloud, SERVICES)
    except (BotoCoreError, ClientError) as error:
        raise DeploymentError(f"the cloud does not answer: {error}") from error
    provider = Provider(site, CREATORS, on_created)
    # Pulumi keeps the state of a run in context variables: in a new context, runs do not affect each other.
    return contextvars.Context().run(_run, program, _configuration(settings, secrets), site, provider)


def project_name() -> str:
    """Return the project's name, which an adopter changes in Pulumi.yaml."""
    return str(yaml.safe_load(_PROJECT_FILE.read_text(encoding="utf-8"))["name"])


def _configuration(settings: Mapping[str, Any], secrets: Mapping[str, str]) -> _Configuration:
    keys = {f"{NAMESPACE}:{name}": value for name, value in secrets.items()}
    return _Configuration({SETTINGS_KEY: json.dumps(settings), **keys}, list(keys))


def _run(program: Path, configuration: _Configuration, site: Site, provider: Provider) -> Mapping[str, Any]:
    with _thread_pool() as pool, asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        try:
            return runner.run(_deploy(program, configuration, site, provider, pool))
        except Exception as error:  # noqa: BLE001 - raised again with its cause
            failure = provider.fail(program.name, error)
            raise failure from failure.__cause__
        finally:
            site.stopping.set()


async def _deploy(
    program: Path, configuration: _Configuration, site: Site, provider: Provider, pool: ThreadPoolExecutor
) -> Mapping[str, Any]:
    loop = asyncio.get_running_loop()
    loop.set_default_executor(pool)
    loop.set_exception_handler(_keep_quiet)
    monitor, engine = MockMonitor(provider), MockEngine(_log)
    configure(Settings(project_name(), site.stack, monitor=monitor, engine=engine, dry_run=False))
    set_all_config(configuration.values, configuration.secret_keys)
    await run_in_stack(lambda: _execute(program, provider))
    exports = cast("Stack", get_root_resource()).outputs
    return {name: await _value(name, export) for name, export in exports.items()}


def _execute(program: Path, provider: Provider) -> None:
    try:
        runpy.run_path(str(program), run_name="__main__")
    except Exception as error:
        # First, before the resources that the program has declared so far fail as well.
        provider.fail(program.name, error)
        raise


async def _value(name: str, export: Any) -> Any:  # noqa: ANN401 - whatever the program exports
    value = await pulumi.Output.from_input(export).future()
    if value is None:
        raise ValueError(f'the export "{name}" has no value')
    return value


@contextmanager
def _thread_pool() -> Iterator[ThreadPoolExecutor]:
    """Make the threads from which Pulumi calls the provider, each with the event loop that it needs."""
    loops: list[asyncio.AbstractEventLoop] = []

    def give_loop() -> None:
        loop = asyncio.new_event_loop()
        loops.append(loop)
        asyncio.set_event_loop(loop)

    try:
        with ThreadPoolExecutor(_THREADS, "deployer", initializer=give_loop) as pool:
            yield pool
    finally:
        for loop in loops:
            loop.close()


def _keep_quiet(_loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Log asyncio's complaints about the tasks of a failed run only for debugging; the failure is raised."""
    _log.debug("%s", context.get("message"), exc_info=context.get("exception"))
