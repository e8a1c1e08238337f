from __future__ import annotations

from pathlib import Path

import pytest

from local import __main__ as program
from local import laptop_options
from local.command_line import parse
from local.laptop_options import OwnWebhook


@pytest.mark.parametrize(
    "arguments",
    [
        ["--port", "99999"],
        ["--port", "-1"],
        ["--port", "0"],
        ["--receiver-port", "65536"],
        ["--fail-times", "-5"],
        ["--fail-times", "often"],
        ["--fail-status", "9999"],
        ["--fail-status", "200"],
        ["--speed", "fast"],
        ["--speed", "nan"],
        ["--client", "a b"],
        ["--client", "shop", "--client", "shop"],
        ["--receiver-folder", "no/such/folder"],
        ["--webhook", "ftp://127.0.0.1/hooks"],
        ["--webhook", "https://[/"],
        ["--webhook", "shop=http://127.0.0.1:9001"],
        ["--unknown"],
    ],
)
def test_a_wrong_argument_is_one_line_and_exit_code_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        program.main(arguments)
    assert caught.value.code == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert arguments[0] in error


def test_a_webhook_belongs_to_its_client_or_to_the_first() -> None:
    url = "http://127.0.0.1:9001/hooks?a=b"
    options = parse(["--client", "shop", "--client", "acme", "--webhook", url, "--webhook", f"acme={url}"])
    assert options.laptop.webhooks == (
        OwnWebhook(client_id="shop", url=url),
        OwnWebhook(client_id="acme", url=url),
    )
    assert options.laptop.hooks == {"shop": "shop", "acme": "acme"}
    assert parse(["--webhook", url]).laptop.webhooks == (OwnWebhook(client_id="anonymous", url=url),)


@pytest.mark.parametrize(
    ("arguments", "client_id"),
    [
        ([], "anonymous"),
        (["--client", "shop"], "shop"),
        (["--client", "shop", "--client", "acme", "--webhook", "acme=http://127.0.0.1:9001/"], "acme"),
    ],
)
def test_a_receiver_of_ones_own_is_the_client_of_its_webhook(arguments: list[str], client_id: str) -> None:
    assert parse(arguments).laptop.own_client == client_id


@pytest.mark.parametrize(("text", "named"), [("config: {", "is not YAML"), ("config: {}", "has no config")])
def test_a_broken_configuration_is_named(tmp_path: Path, monkeypatch, text: str, named: str) -> None:
    file = tmp_path / "Pulumi.local.yaml"
    file.write_text(text)
    monkeypatch.setattr(laptop_options, "CONFIGURATION", file)
    with pytest.raises(laptop_options.ConfigurationError, match=f"Pulumi.local.yaml {named}"):
        laptop_options.laptop_settings()


def test_the_console_is_left_out_of_a_check_and_on_request() -> None:
    assert parse([]).laptop.has_console
    assert not parse(["--once"]).laptop.has_console
    assert not parse(["--no-console"]).laptop.has_console
