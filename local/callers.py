"""Who calls the API on this machine, for each way in which a stack can ask who is calling."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from local.emulator import Emulator

USER_NAME = "shop"
_SERVICE = "execute-api"


class Caller(Protocol):
    """Makes requests that the API takes."""

    @property
    def curl_options(self) -> str:
        """What `curl` needs to call as the same client; "" where that is nothing."""

    def authorize(self, method: str, url: str, headers: Mapping[str, str], body: bytes, /) -> dict[str, str]:
        """Return the headers of a request, with what says who is calling."""


@dataclass(frozen=True)
class AnonymousCaller:
    """Says nothing of itself."""

    curl_options: str = ""

    def authorize(
        self, _method: str, _url: str, headers: Mapping[str, str], _body: bytes, /
    ) -> dict[str, str]:
        """Return the headers as they are."""
        return dict(headers)


@dataclass(frozen=True)
class SigningCaller:
    """Signs by SigV4, as an IAM user or with a role's temporary credentials."""

    region: str
    access_key_id: str
    secret_access_key: str
    session_token: str | None = None

    @property
    def curl_options(self) -> str:
        """What curl signs with."""
        user = f"{self.access_key_id}:{self.secret_access_key}"
        token = f" -H 'x-amz-security-token: {self.session_token}'" if self.session_token else ""
        return f"--aws-sigv4 aws:amz:{self.region}:{_SERVICE} --user {user}{token}"

    def authorize(self, method: str, url: str, headers: Mapping[str, str], body: bytes, /) -> dict[str, str]:
        """Return the headers with a signature, good for five minutes."""
        request = AWSRequest(method=method, url=url, data=body, headers=dict(headers))
        credentials = Credentials(self.access_key_id, self.secret_access_key, self.session_token)
        SigV4Auth(credentials, _SERVICE, self.region).add_auth(request)
        return {name: str(value) for name, value in request.headers.items()}


@dataclass(frozen=True)
class TokenCaller:
    """Shows a token; `path` is a file that has it, so that nobody must copy it."""

    token: str
    path: Path

    @property
    def curl_options(self) -> str:
        """What makes curl show the token."""
        return f'-H "authorization: Bearer $(cat {self.path})"'

    def authorize(
        self, _method: str, _url: str, headers: Mapping[str, str], _body: bytes, /
    ) -> dict[str, str]:
        """Return the headers with the token."""
        return {**headers, "authorization": f"Bearer {self.token}"}


def known_caller(caller: Caller) -> dict[str, str]:
    """Return what another process needs to call as the same client."""
    if isinstance(caller, SigningCaller):
        return {"access_key_id": caller.access_key_id, "secret_access_key": caller.secret_access_key}
    return {"token": caller.token} if isinstance(caller, TokenCaller) else {}


def create_user(emulator: Emulator, name: str = USER_NAME) -> SigningCaller:
    """Create an IAM user who may call every API of the emulator, and return it with a new access key."""
    iam = emulator.client("iam")
    iam.create_user(UserName=name)
    iam.put_user_policy(UserName=name, PolicyName="call-orders", PolicyDocument=invoke_policy())
    key = iam.create_access_key(UserName=name)["AccessKey"]
    return SigningCaller(emulator.region, key["AccessKeyId"], key["SecretAccessKey"])


def invoke_policy() -> str:
    """Return the policy with which a caller may call every API of the emulator."""
    statement = {
        "Effect": "Allow",
        "Action": "execute-api:Invoke",
        "Resource": "arn:aws:execute-api:*:*:*",
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
