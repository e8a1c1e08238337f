"""How the commands are said, and what is said where they cannot be followed."""

from __future__ import annotations

import dataclasses
import json
import os
import shlex
import socket
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError, NoCredentialsError, ProfileNotFound

from functions.domain.instant import timestamp
from functions.domain.outage import ServiceUnavailable
from ops import target as targets
from ops.__main__ import main
from ops.command_line import parse
from ops.errors import OpsError, explain
from ops.instants import read_instant, read_span, span
from tests.ops.conftest import made_up_outputs

COMMANDS = (
    "status",
    "orders",
    "trace",
    "redeliver",
    "webhooks",
    "deliveries",
    "recover",
    "logs",
    "redrive",
    "dead-letters",
    "smoke",
    "console",
)


def outputs_file(directory: Path, **changes: Any) -> Path:
    path = directory / "outputs.json"
    path.write_text(json.dumps(made_up_outputs(**changes)))
    return path


@pytest.mark.parametrize("command", COMMANDS)
def test_help_teaches_with_examples_and_exit_codes(command: str, capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    assert ended.value.code == 0
    shown = capsys.readouterr().out
    assert f"python -m ops --stack prod {command}" in shown or f"python -m ops --laptop {command}" in shown
    assert "exit codes:" in shown


@pytest.mark.parametrize(
    "arguments",
    [
        ["--stack", "prod", "--json", "status"],
        ["status", "--stack", "prod", "--json"],
        ["--json", "status", "--stack", "prod"],
    ],
)
def test_the_stack_is_named_before_or_after_the_command(arguments: list[str]) -> None:
    options = parse(arguments)
    assert (options.stack, options.json, options.laptop, options.outputs) == ("prod", True, False, None)


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["status"], 2, "Name the stack: --stack NAME, --outputs FILE or --laptop."),
        (
            ["--outputs", "nowhere.json", "status"],
            2,
            "nowhere.json cannot be read: No such file or directory.",
        ),
        (["--outputs", os.devnull, "status"], 2, "are not JSON."),
    ],
)
def test_a_stack_that_is_not_named_rightly(arguments: list[str], code: int, said: str, capsys) -> None:
    assert main(arguments) == code
    shown = capsys.readouterr()
    assert said in shown.err
    assert shown.out == ""
    assert main([*arguments, "--json"]) == code
    assert said in json.loads(capsys.readouterr().out)["error"]


@pytest.mark.parametrize(
    "arguments",
    [
        ["trace"],
        ["trace", " "],
        ["redrive", "--since", "soon"],
        ["redrive", "--since", "0h"],
        ["orders", "--since", "0d"],
        ["deliveries", "--since", "0d"],
        ["recover", "wh_1", "--since", "00m"],
        ["logs", "accept-order", "--since", "0m"],
        ["orders", "--limit", "0"],
        ["smoke", "--timeout-seconds", "-1"],
        ["verify", "--timeout-seconds", "nan"],
        ["recover", "wh_1", "--wait-seconds", "inf"],
        ["recover", "wh_1", "--wait-seconds", "soon"],
        ["deliveries", "--limit", "-5"],
        ["logs", "accept-order", "--limit", "many"],
        ["console", "--port", "99999"],
        ["status", "more"],
        ["fly"],
    ],
)
def test_a_command_that_is_not_said_rightly_ends_with_2(arguments: list[str], capsys) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--laptop", *arguments])
    assert ended.value.code == 2


def test_without_credentials_one_sentence_says_so(tmp_path: Path, monkeypatch, capsys) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    assert main(["--outputs", str(outputs_file(tmp_path)), "trace", "req-1"]) == 3
    shown = capsys.readouterr().err
    assert shown == "There are no AWS credentials: run `aws sso login`, or set AWS_PROFILE.\n"


def test_an_emulator_that_has_stopped_is_said_to_be_out_of_reach(tmp_path: Path, monkeypatch, capsys) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    found = targets.from_file(outputs_file(tmp_path, aws_endpoint_url=f"http://127.0.0.1:{port}"))
    found = dataclasses.replace(found, name="the laptop's stack")
    monkeypatch.setattr(targets, "from_laptop", lambda _port: found)
    assert main(["--laptop", "trace", "req-1"]) == 3
    assert capsys.readouterr().err.startswith("the laptop's stack cannot be reached: ")


PULUMI = """#!/bin/sh
case "$*" in
  *dev) echo '{"topic_arn": "arn:aws:sns:eu-west-1:123456789012:t"}' ;;
  *empty) echo '{}' ;;
  *) echo "error: no stack named 'prod' found" >&2; exit 255 ;;
esac
"""


def test_a_stack_is_asked_of_pulumi(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(OpsError, match=r"The Pulumi CLI is not installed: .*--outputs FILE"):
        targets.from_stack("dev")
    command = tmp_path / "pulumi"
    command.write_text(PULUMI)
    command.chmod(0o755)
    found = targets.from_stack("dev")
    assert (found.name, found.region) == ("the stack dev", "eu-west-1")
    with pytest.raises(OpsError, match="stack prod: no stack named 'prod' found"):
        targets.from_stack("prod")
    with pytest.raises(OpsError, match="has it been deployed"):
        targets.from_stack("empty")
    with pytest.raises(OpsError, match='"orders_table_name"'):
        found.output("orders_table_name")


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "m"}}, "GetItem")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NoCredentialsError(), "no AWS credentials"),
        (ProfileNotFound(profile="x"), "AWS_PROFILE names a profile"),
        (refusal("ExpiredTokenException"), "have expired"),
        (refusal("UnrecognizedClientException"), "does not accept your credentials"),
        (refusal("ResourceNotFoundException"), "does not find a resource that the outputs of the stack name"),
        (refusal("AccessDeniedException"), r"Access denied \(GetItem\): m"),
        (ServiceUnavailable("DynamoDB left 1 keys unprocessed"), "DynamoDB left 1 keys unprocessed"),
        (refusal("Other"), "AWS refused GetItem: Other: m"),
    ],
)
def test_an_error_of_aws_is_one_sentence(error: Any, said: str) -> None:
    explained = explain(error, "the stack")
    assert explained.code == 3
    with pytest.raises(OpsError, match=said):
        raise explained
    assert "\n" not in str(explained)


@pytest.mark.parametrize("error", [ServiceUnavailable("throttled"), NoCredentialsError()])
def test_an_error_of_aws_ends_a_command_with_its_exit_code(
    error: Exception, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise error

    monkeypatch.setattr(targets.Target, "client", fail)
    outputs = tmp_path / "outputs.json"
    outputs.write_text(json.dumps(made_up_outputs()))
    assert main(["--outputs", str(outputs), "deliveries"]) == 3


def test_lengths_of_time_are_read_and_written() -> None:
    assert (read_span("30m"), read_span("7d")) == (timedelta(minutes=30), timedelta(days=7))
    with pytest.raises(ValueError, match="not a length of time"):
        read_span("1w")
    shown = [span(each) for each in (0.07, 1, 59, 600, 7_200, 7_500, 86_400, 604_800)]
    assert shown == ["70 ms", "1.0 s", "59.0 s", "10 min", "2 h", "2 h 5 min", "24 h", "7.0 days"]


@pytest.mark.parametrize(
    "text",
    ["2026-11-25T09:30:00.500Z", "2026-11-25 09:30:00,500+0000", "2026-11-25 09:30:00.500"],
)
def test_every_source_s_instants_are_read(text: str) -> None:
    assert timestamp(read_instant(text)) == "2026-11-25T09:30:00.500Z"


@pytest.mark.parametrize("arguments", [["-EUrFYqQ4LXdiTG=", "--json"], ["--json", "--UrFYqQ4LXdiTG="]])
def test_a_request_id_may_begin_like_an_option(arguments: list[str]) -> None:
    request_id = next(each for each in arguments if each.endswith("="))
    options = parse(["--laptop", "trace", *arguments])
    assert (options.id, options.json, options.laptop) == (request_id, True, True)
    assert parse(["redrive", *arguments, "-abcdefghijklmn="]).request_ids == [request_id, "-abcdefghijklmn="]
    assert parse(["redeliver", "--webhook", "wh_1", *arguments]).request_id == request_id


def documented() -> list[str]:
    """Every command of ours that a page has for somebody to type."""
    pages = [targets.ROOT / "README.md", *sorted((targets.ROOT / "docs").rglob("*.md"))]
    lines = (line.strip() for page in pages for line in page.read_text().splitlines())
    return [line for line in lines if line.startswith("python -m ops ")]


@pytest.mark.parametrize("command", documented())
def test_what_the_pages_say_can_be_typed(command: str) -> None:
    arguments = shlex.split(command, comments=True)[3:]
    assert parse(arguments).command
