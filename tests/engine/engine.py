"""The program under Pulumi's engine: the CLI runs it through the Automation API, with our own provider."""

from __future__ import annotations

import json
import runpy
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi import automation
from pulumi.automation import CommandError, ConfigValue

from infra.settings import NAMESPACE, SETTINGS_KEY
from local.emulator import Emulator, running_emulator
from local.sns.settings import DIRECTORY
from tests.engine.provider import Provider, serving
from tests.support.pulumi_graph import PROJECT, ROOT

BUILT = ROOT / ".cache" / "engine"


def find_cli() -> automation.PulumiCommand | None:
    """Return the CLI on PATH, else the one that `make engine` has built, else None."""
    if shutil.which("pulumi"):
        return automation.PulumiCommand()
    return automation.PulumiCommand(root=str(BUILT)) if (BUILT / "bin" / "pulumi").exists() else None


def run_program() -> None:
    runpy.run_path(str(ROOT / "__main__.py"), run_name="__main__")


@dataclass(frozen=True)
class Engine:
    """A stack with a state of its own, in an emulator of its own."""

    stack: automation.Stack
    provider: Provider
    emulator: Emulator
    state: Path

    def configure(self, settings: Mapping[str, Any], **secrets: str) -> None:
        self.stack.set_config(SETTINGS_KEY, ConfigValue(json.dumps(settings)))
        for name, value in secrets.items():
            self.stack.set_config(f"{NAMESPACE}:{name}", ConfigValue(value, secret=True))

    def up(self) -> dict[str, set[str]]:
        """Deploy, and return the types of the resources of each operation, without what stays the same."""
        operations: dict[str, set[str]] = {}

        def note(event: automation.EngineEvent) -> None:
            step = event.resource_pre_event and event.resource_pre_event.metadata
            if step and step.op != "same" and not step.type.startswith("pulumi:"):
                operations.setdefault(str(getattr(step.op, "value", step.op)), set()).add(step.type)

        self.stack.up(on_event=note, color="never")
        return operations

    def fail_up(self) -> str:
        """Deploy what cannot be deployed, and return what the engine says."""
        return self._fail(self.stack.up)

    def destroy(self) -> None:
        self.stack.destroy(color="never")

    def fail_destroy(self, *, preview: bool) -> str:
        """Destroy what cannot be destroyed, and return what the engine says.

        The command previews first; the Automation API's destroy does not.
        """

        def command(color: str) -> Any:
            return self.stack._run_pulumi_cmd_sync(["destroy", "--yes", "--color", color])

        return self._fail(command if preview else self.stack.destroy)

    def outputs(self) -> dict[str, Any]:
        return {name: each.value for name, each in self.stack.outputs().items()}

    def resources(self) -> list[dict[str, Any]]:
        """Return what the state holds of the program's resources."""
        found = self.stack.export_stack().deployment or {}
        return [each for each in found.get("resources", []) if each["type"].startswith("aws:")]

    def ids(self, kind: str) -> dict[str, str]:
        """Return the IDs of a type's resources by the program's names."""
        found = [each for each in self.resources() if each["type"] == kind]
        return {each["urn"].rpartition("::")[2]: each["id"] for each in found}

    def _fail(self, operation: Any) -> str:
        try:
            operation(color="never")
        except CommandError as error:
            return str(error)
        raise AssertionError("the engine did what it should have refused")


@contextmanager
def running_engine(directory: Path, stack: str) -> Iterator[Engine]:
    """Run an emulator and a provider, and make an empty stack."""
    project, state = directory / "project", directory / "state"
    project.mkdir()
    state.mkdir()
    environment = {DIRECTORY: str(directory)}
    with running_emulator(work_directory=directory / "cloud", extra_environment=environment) as emulator:
        provider = Provider(emulator, stack)
        with serving(provider) as port:
            yield Engine(_make_stack(project, state, stack, port), provider, emulator, state)


def _make_stack(project: Path, state: Path, stack: str, port: int) -> automation.Stack:
    return automation.create_stack(
        stack,
        project_name=PROJECT,
        program=run_program,
        opts=automation.LocalWorkspaceOptions(
            work_dir=str(project),
            pulumi_home=str(project.parent / "home"),
            pulumi_command=find_cli(),
            env_vars={
                "PULUMI_BACKEND_URL": state.as_uri(),
                "PULUMI_CONFIG_PASSPHRASE": "a test's",
                "PULUMI_SKIP_UPDATE_CHECK": "true",
                # The engine attaches to the provider on this port instead of running a plugin.
                "PULUMI_DEBUG_PROVIDERS": f"aws:{port}",
            },
        ),
    )
