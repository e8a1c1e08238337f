from __future__ import annotations

import json
import ssl
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from infra.settings import Settings
from local.admission import running_admission
from local.callers import TokenCaller
from local.emulator import Emulator
from local.patches.jwt_token import check_claims, check_signature, read_token


@pytest.mark.parametrize("auth", ["none", "iam", "jwt"])
def test_the_settings_are_ones_that_a_stack_may_have(tmp_path: Path, auth: Any) -> None:
    with running_admission(auth, tmp_path) as admission:
        assert Settings.model_validate({"api": dict(admission.settings)}).api.auth == auth


def test_whoever_calls_with_a_token_shows_one_that_the_issuer_vouches_for(
    tmp_path: Path, mended: Emulator
) -> None:
    with running_admission("jwt", tmp_path) as admission:
        trust = ssl.create_default_context(cafile=admission.environment["SSL_CERT_FILE"])

        def fetch(url: str) -> Any:
            with urllib.request.urlopen(url, context=trust, timeout=30) as answer:
                return json.load(answer)

        jwt = admission.settings["jwt"]
        discovered = fetch(f"{jwt['issuer']}/.well-known/openid-configuration")
        caller = admission.make_caller(mended)
        headers = caller.authorize("GET", "http://localhost/orders", {"accept": "*/*"}, b"")

        assert discovered["issuer"] == jwt["issuer"]
        assert headers["accept"] == "*/*"
        token = read_token(headers["authorization"].removeprefix("Bearer "))
        check_signature(token, fetch(discovered["jwks_uri"])["keys"])
        check_claims(token.claims, issuer=jwt["issuer"], audiences=[jwt["audience"]], now=time.time())
        assert token.claims["client_id"] == "shop"


def test_curl_is_told_where_the_token_is(tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("a.b.c")
    told = TokenCaller("a.b.c", path).curl_options
    shown = subprocess.run(f"printf '%s|' {told}", shell=True, capture_output=True, text=True, check=True)

    assert shown.stdout == "-H|authorization: Bearer a.b.c|"
