"""Preview the program with the Pulumi CLI, against the emulator: `make preview`.

`make local` is quicker and shows more. This runs `pulumi preview` itself, with Pulumi's engine and the AWS
provider, but without an AWS account.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # its stubs are not in the environment

from local.emulator import running_emulator
from local.laptop_options import ConfigurationError, read_configuration
from local.process import ServerStartError

ROOT = Path(__file__).resolve().parent.parent
STACK = "local"
INSTALL_PAGE = "https://www.pulumi.com/docs/install/"

_NO_CLI = 2
# The only variables of the developer's environment that the CLI gets: enough to find its plugins and the
# network, and nothing that leads to a real account or to the team's state.
_INHERITED = (
    "PATH",
    "HOME",
    "PULUMI_HOME",
    "LANG",
    "LC_ALL",
    "TERM",
    "HTTPS_PROXY",
    "NO_PROXY",
    "SSL_CERT_FILE",
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Preview the `local` stack, with further arguments of `pulumi preview`; return the CLI's exit code."""
    pulumi = shutil.which("pulumi")
    if pulumi is None:
        sys.stderr.write(
            f"The Pulumi CLI is not installed: {INSTALL_PAGE}\n"
            "`make local` needs no CLI and runs the same program.\n"
        )
        return _NO_CLI
    ours = ROOT / ".local"
    ours.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="preview-", dir=ours) as directory:
        try:
            return _preview(pulumi, Path(directory), sys.argv[1:] if arguments is None else arguments)
        except (ConfigurationError, ServerStartError) as error:
            sys.stderr.write(f"{error}\n")
            return 1


def _preview(pulumi: str, directory: Path, arguments: Sequence[str]) -> int:
    configuration = read_configuration()
    state = directory / "state"
    state.mkdir()
    with running_emulator(work_directory=directory) as emulator:
        config_file = directory / f"Pulumi.{STACK}.yaml"
        config_file.write_text(yaml.safe_dump(point_at(configuration, emulator.endpoint_url)))
        environment = cli_environment(state)

        def run(*command: str, out: int | None = None) -> int:
            done = subprocess.run([pulumi, *command], cwd=ROOT, env=environment, check=False, stdout=out)  # noqa: S603
            return done.returncode

        # The developer's selected stack stays selected. `stack init` prints nothing, so that with --json the
        # output is the preview's document alone.
        return run("stack", "init", STACK, "--no-select", out=subprocess.DEVNULL) or run(
            "preview", "--stack", STACK, "--config-file", str(config_file), *arguments
        )


def point_at(configuration: Mapping[str, Any], endpoint_url: str) -> dict[str, Any]:
    """Return a stack's configuration with every service at one endpoint."""
    config = dict(configuration["config"])
    config["aws:endpoints"] = [dict.fromkeys(services, endpoint_url) for services in config["aws:endpoints"]]
    return {**configuration, "config": config}


def cli_environment(state: Path) -> dict[str, str]:
    """Return the CLI's environment: its state in a folder, encrypted with no passphrase, and no account."""
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    return {
        **inherited,
        "PULUMI_BACKEND_URL": state.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "AWS_EC2_METADATA_DISABLED": "true",
    }


if __name__ == "__main__":
    sys.exit(main())
