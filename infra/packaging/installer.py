"""uv, asked for wheels of another platform, and its refusals in words that say what to do."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import NamedTuple

from infra.packaging.errors import PackagingError
from infra.packaging.target import Target
from infra.packaging.uv import run_uv

_LONGEST_QUOTE = 600


class _Explanation(NamedTuple):
    """Pair what uv writes with what the reader should do; the pattern's groups are fields of the advice."""

    pattern: str
    advice: str


def install(requirements: Path, target: Target, directory: Path) -> None:
    """Install hashed requirements for a target into a directory, from wheels alone."""
    done = run_uv([*_command(target), "--target", str(directory), "--requirements", str(requirements)])
    if done.returncode:
        raise PackagingError(explain(done.stderr, requirements, target))


def explain(complaint: str, requirements: Path, target: Target) -> str:
    """Turn uv's complaint into one paragraph that names the culprit and the way out."""
    complaint = " ".join(complaint.split())  # uv breaks its lines to fit a terminal
    advice = "The packages of {requirements} cannot be installed for {target}."
    culprit: dict[str, str] = {}
    for explanation in _EXPLANATIONS:
        if found := re.search(explanation.pattern, complaint):
            advice, culprit = explanation.advice, found.groupdict()
            break
    advice = advice.format(
        **culprit, target=target, elsewhere=_elsewhere(target), requirements="/".join(requirements.parts[-2:])
    )
    return f"{advice} uv said: {_quote(complaint)}"


def _command(target: Target) -> list[str]:
    command = ["pip", "install", "--require-hashes", "--no-deps", "--only-binary", ":all:"]
    # Installer metadata and hard links into uv's cache would make one layer differ from another.
    command += ["--no-installer-metadata", "--link-mode", "copy", "--no-compile-bytecode"]
    command += ["--python", sys.executable]
    if target.is_lambda:
        command += ["--python-platform", target.platform, "--python-version", target.python_version]
    return command


def _elsewhere(target: Target) -> str:
    if target.is_lambda:
        return "set functions.architecture or functions.runtime in the stack's settings to one that has them"
    return "run this with a Python version that has them"


def _quote(complaint: str) -> str:
    """Give uv's error and its causes, without what it printed before."""
    error = complaint.partition("error: ")[2] or complaint
    return error if len(error) <= _LONGEST_QUOTE else f"{error[:_LONGEST_QUOTE]}..."


_EXPLANATIONS = (
    _Explanation(
        pattern=r"error sending request|Failed to fetch|Request failed after|network was disabled",
        advice="The package index cannot be reached, and the functions' packages for {target} are not built "
        "yet: connect to the network (or set UV_DEFAULT_INDEX, HTTPS_PROXY or SSL_CERT_FILE to what your "
        "network wants) and run this again.",
    ),
    _Explanation(
        pattern=r"(?P<package>[\w.-]+==[^\s,]+) has no (?:usable )?wheels",
        advice="{package} has no wheel for {target}, and nothing is compiled here: pin a version that has "
        "wheels in functions/requirements.in and run `make lock`, or {elsewhere}.",
    ),
    _Explanation(
        pattern=r"Hash mismatch for `(?P<package>[^`]+)`",
        advice="The index served other bytes for {package} than {requirements} recorded: find out why before "
        "you go on; only if the change is meant, run `make lock`.",
    ),
    _Explanation(
        pattern=r"must have a hash",
        advice="{requirements} has packages without a hash, so nothing says which bytes are meant: write it "
        "with `make lock`.",
    ),
    _Explanation(
        pattern=r"Because (?P<package>\S+) was not found in the package registry",
        advice="The package index has no {package}: correct functions/requirements.in and run `make lock`, "
        "or point UV_DEFAULT_INDEX to the index that has it.",
    ),
)
