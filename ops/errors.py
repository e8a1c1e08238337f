"""Errors for the operator: one sentence each, with an exit code."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ProfileNotFound,
    TokenRetrievalError,
)
from botocore.exceptions import ConnectionError as BotoConnectionError

from functions.domain.outage import ServiceUnavailable

OK = 0
ATTENTION = 1
USAGE = 2
UNREACHABLE = 3

# What a call to AWS raises; the functions' own readers of tables raise the last.
AWS_ERRORS = (BotoCoreError, ClientError, ServiceUnavailable)

_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_UNKNOWN_CALLER = frozenset(
    {"InvalidClientTokenId", "UnrecognizedClientException", "InvalidSignatureException"}
)
_MISSING = frozenset(
    {
        "AWS.SimpleQueueService.NonExistentQueue",
        "QueueDoesNotExist",
        "ResourceNotFoundException",
        "StateMachineDoesNotExist",
        "NotFound",
    }
)


class OpsError(Exception):
    """A sentence for the operator, and the exit code."""

    code = UNREACHABLE


class NothingFound(OpsError):  # noqa: N818 - reads as what it is
    """What was asked for does not exist."""

    code = ATTENTION


class Refused(OpsError):  # noqa: N818 - reads as what it is
    """The service does not do what it was asked for."""

    code = ATTENTION


class UsageError(OpsError):
    """The command line is wrong."""

    code = USAGE


def explain(error: BotoCoreError | ClientError | ServiceUnavailable, where: str) -> OpsError:
    """Return one of `AWS_ERRORS` as a sentence. `where` names the stack."""
    if isinstance(error, ClientError):
        return OpsError(_explain_refusal(error, where))
    if isinstance(error, (NoCredentialsError, PartialCredentialsError)):
        return OpsError("There are no AWS credentials: run `aws sso login`, or set AWS_PROFILE.")
    if isinstance(error, ProfileNotFound):
        return OpsError(f"AWS_PROFILE names a profile that your AWS configuration does not have: {error}.")
    if isinstance(error, TokenRetrievalError):
        return OpsError("Your AWS single sign-on has expired: run `aws sso login`.")
    if isinstance(error, (BotoConnectionError, HTTPClientError)):
        return OpsError(f"{where} cannot be reached: {error}.")
    if isinstance(error, ServiceUnavailable):
        return OpsError(f"AWS is throttled or unavailable: {error}. Try again.")
    return OpsError(f"The call to AWS failed: {error}.")


def _explain_refusal(error: ClientError, where: str) -> str:
    code = error.response.get("Error", {}).get("Code", "")
    message = error.response.get("Error", {}).get("Message", "")
    if code in _EXPIRED:
        return "Your AWS credentials have expired: renew them, for example with `aws sso login`."
    if code in _UNKNOWN_CALLER:
        return "AWS does not accept your credentials: are they for another account or partition?"
    if code in _MISSING:
        return (
            f"AWS does not find a resource that the outputs of {where} name ({error.operation_name}: "
            f"{message}): are your credentials for another account, or are the outputs outdated?"
        )
    if "AccessDenied" in code or "AuthorizationError" in code:
        return f"Access denied ({error.operation_name}): {message}"
    return f"AWS refused {error.operation_name}: {code}: {message}"


def explain_problem(body: Mapping[str, Any]) -> str:
    """Return a problem document as text: its detail, and a line for each wrong field."""
    detail = body.get("detail") or body.get("message") or body.get("title") or "no reason given"
    fields = [f"  {each.get('field')}: {each.get('message')}" for each in body.get("errors") or ()]
    return "\n".join([str(detail), *fields])
