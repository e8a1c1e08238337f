"""The stack's HTTP API, called as a client calls it."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest

from ops.errors import OpsError, UsageError, explain_problem
from ops.json_object import read_object
from ops.target import Target

TOKEN_VARIABLE = "ORDER_WEBHOOKS_TOKEN"  # noqa: S105 - the name of a variable
_TIMEOUT_SECONDS = 30
_SERVICE = "execute-api"
_ACCEPTED = 202


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the API answered; `body` is {} where it is not JSON, the names of `headers` are in lower case."""

    status: int
    body: dict[str, Any]
    headers: Mapping[str, str] = field(default_factory=dict)


class Api:
    """Calls the API as the operator: signed, with a token, or anonymously.

    `client_id` is the caller's where nobody is authenticated.
    """

    def __init__(self, target: Target, token: str | None = None, client_id: str | None = None) -> None:
        self._target = target
        self._token = token
        self._client_id = client_id

    def call(
        self,
        method: str,
        path: str,
        body: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Call one of the API's paths. Raises `OpsError` where it does not answer."""
        data = None if body is None else json.dumps(body).encode()
        url = self._url(path)
        sent = {"content-type": "application/json", **(headers or {})}
        sent |= self._authorization(method, url, data, sent)
        # The address is the stack's own.
        return self._send(urllib.request.Request(url, method=method, data=data, headers=sent))  # noqa: S310

    def call_openly(self, path: str, method: str = "GET") -> Answer:
        """Call a path that needs no authentication."""
        return self._send(urllib.request.Request(self._url(path), method=method))  # noqa: S310 - as above

    def _url(self, path: str) -> str:
        return f"{self._target.output('api_endpoint')}{path}"

    def _send(self, request: urllib.request.Request) -> Answer:
        try:
            with self._opener().open(request, timeout=_TIMEOUT_SECONDS) as reply:
                return _answer(reply.status, reply)
        except urllib.error.HTTPError as error:
            return _answer(error.code, error)
        except (urllib.error.URLError, TimeoutError, ConnectionError) as error:
            reason = getattr(error, "reason", error)
            raise OpsError(
                f"The API of {self._target.name} does not answer at {request.full_url}: {reason}."
            ) from error

    def _authorization(
        self, method: str, url: str, data: bytes | None, headers: Mapping[str, str]
    ) -> Mapping[str, str]:
        auth = self._target.output("api_auth")
        if self._client_id is not None:
            if auth != "none":
                raise UsageError(f"This stack authenticates its callers ({auth}): leave out --client.")
            return {"x-client-id": self._client_id}
        if auth == "jwt":
            if not self._token:
                raise UsageError(f"This stack requires a JWT: pass it with --token or set {TOKEN_VARIABLE}.")
            return {"authorization": f"Bearer {self._token}"}
        if auth == "iam":
            request = AWSRequest(method=method, url=url, data=data, headers=dict(headers))
            SigV4Auth(self._credentials(), _SERVICE, self._target.region).add_auth(request)
            return dict(request.headers.items())
        return {}

    def _credentials(self) -> Any:  # noqa: ANN401 - botocore has several types of them
        credentials = self._target.session.get_credentials()
        if credentials is None:
            raise OpsError(
                "There are no AWS credentials to sign with: run `aws sso login`, or set AWS_PROFILE."
            )
        return credentials

    def _opener(self) -> urllib.request.OpenerDirector:
        # A proxy cannot reach this loopback.
        on_laptop = self._target.endpoint_url is not None
        return urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if on_laptop else []))


def post_order(
    api: Api, order: Mapping[str, Any], headers: Mapping[str, str] = MappingProxyType({})
) -> Answer:
    """Post an order under a key of its own. Raises `OpsError` where the API does not accept it."""
    answer = api.call("POST", "/orders", order, {**headers, "idempotency-key": f"ops-{uuid.uuid4()}"})
    if answer.status != _ACCEPTED:
        raise OpsError(f"The API did not accept the order: {answer.status}, {explain_problem(answer.body)}")
    return answer


def _answer(status: int, reply: Any) -> Answer:  # noqa: ANN401 - urllib's replies and its errors
    headers = {name.lower(): value for name, value in reply.headers.items()}
    return Answer(status=status, body=read_object(reply.read()), headers=headers)
