from __future__ import annotations

import json
import os
import shutil
import socket
import ssl
import subprocess
import urllib.error
import urllib.request
from pathlib import Path

import pytest

from local.sns.certificate_server import CertificateServer
from local.sns.messages import Confirmation, Links, Publication, Scribe
from local.sns.settings import read_authority, read_settings, write_authority
from local.sns.signing import make_credentials
from tests.support.sns import START, SUBSCRIPTION_ARN, TOPIC_ARN

NODE_DIRECTORY = Path(__file__).parents[1] / "node"
UNSIGNED_FIELDS = {"Signature", "SignatureVersion", "SigningCertURL", "UnsubscribeURL", "MessageAttributes"}


@pytest.fixture(scope="module")
def credentials():
    return make_credentials()


@pytest.fixture(scope="module")
def server(credentials):
    server = CertificateServer(credentials)
    yield server
    server.close()


@pytest.fixture
def trusting(credentials):
    return ssl.create_default_context(cadata=credentials.authority_pem.decode())


@pytest.fixture
def scribe(credentials, server):
    return Scribe(
        credentials.signer, Links(call_origin="http://127.0.0.1:4566", certificate_origin=server.origin)
    )


def get(url, context):
    with urllib.request.urlopen(url, context=context, timeout=30) as response:
        return response.read()


@pytest.fixture
def ask_npm(credentials, server, tmp_path):
    """Return a function from bodies to what the npm package says of each."""
    if shutil.which("node") is None or not (NODE_DIRECTORY / "node_modules/sns-validator").is_dir():
        pytest.skip("needs Node and the packages of tests/node: npm ci")
    authority = tmp_path / "ca.pem"
    authority.write_bytes(credentials.authority_pem)

    def ask(*bodies):
        done = subprocess.run(
            ["node", "verify_sns.mjs", server.origin.removeprefix("https://")],
            cwd=NODE_DIRECTORY,
            env={"PATH": os.environ["PATH"], "NODE_EXTRA_CA_CERTS": str(authority)},
            input="\n".join(json.dumps(body) for body in bodies),
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )
        return done.stdout.splitlines()

    return ask


def notification(scribe, version, **changes):
    given = {
        "message_id": "1-2-3",
        "topic_arn": TOPIC_ARN,
        "message": '{"total": "12 €",\n"note": "\\u00e9"}',
        "published_at": START,
    }
    return scribe.write_notification(Publication(**{**given, **changes}), SUBSCRIPTION_ARN, version)


def subscription_confirmation(scribe, version):
    confirmation = Confirmation(
        kind="SubscriptionConfirmation",
        message_id="1-2-3",
        topic_arn=TOPIC_ARN,
        subscription_arn=SUBSCRIPTION_ARN,
        token="abc",
        written_at=START,
    )
    return scribe.write_confirmation(confirmation, version)


@pytest.mark.parametrize("version", ["1", "2"])
def test_the_npm_validator_accepts_what_we_sign(ask_npm, scribe, version):
    attributes = {"event_type": {"DataType": "String", "StringValue": "order.paid"}}

    verdicts = ask_npm(
        notification(scribe, version),
        notification(scribe, version, subject="An order", attributes=attributes),
        subscription_confirmation(scribe, version),
    )

    assert verdicts == ["valid"] * 3


@pytest.mark.parametrize("version", ["1", "2"])
def test_the_npm_validator_refuses_what_was_altered(ask_npm, scribe, version):
    genuine = [notification(scribe, version, subject="S"), subscription_confirmation(scribe, version)]
    altered = [
        {**body, name: body[name] + "!"}
        for body in genuine
        for name in body.keys() - UNSIGNED_FIELDS - {"Type"}
    ]

    verdicts = ask_npm(*altered)

    assert len(verdicts) == len(altered) == 11
    assert set(verdicts) == {"The message signature is invalid."}


def test_the_npm_validator_does_not_take_one_version_for_the_other(ask_npm, scribe):
    body = notification(scribe, "2")

    assert ask_npm({**body, "SignatureVersion": "1"}) == ["The message signature is invalid."]


def test_the_certificate_is_served_to_those_who_trust_the_authority(credentials, server, trusting):
    assert get(server.origin + credentials.signer.certificate_path, trusting) == (
        credentials.signer.certificate_pem
    )
    assert get(
        server.origin.replace("localhost", "127.0.0.1") + credentials.signer.certificate_path, trusting
    )


def test_nobody_else_is_made_to_trust_it(credentials, server):
    with pytest.raises(urllib.error.URLError, match="CERTIFICATE_VERIFY_FAILED"):
        get(server.origin + credentials.signer.certificate_path, ssl.create_default_context())


def test_nothing_else_is_served(server, trusting):
    with pytest.raises(urllib.error.HTTPError, match="404"):
        get(f"{server.origin}/SimpleNotificationService-{'0' * 32}.pem", trusting)


def test_a_silent_client_does_not_hold_up_the_others(credentials, server, trusting):
    port = int(server.origin.rpartition(":")[2])

    with socket.create_connection(("127.0.0.1", port)):
        assert get(server.origin + credentials.signer.certificate_path, trusting)


def test_a_second_server_takes_another_port(credentials, server):
    other = CertificateServer(credentials)
    try:
        assert other.origin != server.origin
    finally:
        other.close()


def test_what_receivers_need_is_left_in_the_directory(tmp_path):
    write_authority(tmp_path / "sns", "https://localhost:4443", b"PEM")

    authority = read_authority(tmp_path / "sns")

    assert authority.certificate_origin == "https://localhost:4443"
    assert authority.ca_file.read_bytes() == b"PEM"


def test_the_environment_sets_the_places(tmp_path):
    settings = read_settings(
        {
            "ORDER_WEBHOOKS_SNS_DIRECTORY": str(tmp_path),
            "ORDER_WEBHOOKS_DELIVERY_LOG": str(tmp_path / "attempts.jsonl"),
        }
    )

    assert settings.directory == tmp_path
    assert settings.delivery_log_path == tmp_path / "attempts.jsonl"


def test_without_settings_no_log_is_kept():
    assert read_settings({}).delivery_log_path is None
