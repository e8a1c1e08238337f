"""What can go wrong for an operator, in one sentence each, with the exit code that it ends in."""

from __future__ import annotations

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

OK = 0
ATTENTION = 1
USAGE = 2
UNREACHABLE = 3

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
    """A sentence for the operator, and the code that the command exits with."""

    code = UNREACHABLE


class NothingFound(OpsError):  # noqa: N818 - reads as what it is
    """What was asked for is not there."""

    code = ATTENTION


class UsageError(OpsError):
    """The command was not said right."""

    code = USAGE


def explain(error: BotoCoreError | ClientError, where: str) -> OpsError:
    """Return an error of AWS's client as a sentence. `where` names the stack."""
    if isinstance(error, ClientError):
        return OpsError(_explain_refusal(error, where))
    if isinstance(error, (NoCredentialsError, PartialCredentialsError)):
        return OpsError("There are no AWS credentials: run `aws sso login`, or set AWS_PROFILE.")
    if isinstance(error, ProfileNotFound):
        return OpsError(f"AWS_PROFILE names a profile that your AWS configuration does not have: {error}.")
    if isinstance(error, TokenRetrievalError):
        return OpsError("Your AWS single sign-on has run out: run `aws sso login`.")
    if isinstance(error, (BotoConnectionError, HTTPClientError)):
        return OpsError(f"{where} cannot be reached: {error}.")
    return OpsError(f"AWS cannot be asked: {error}.")


def _explain_refusal(error: ClientError, where: str) -> str:
    code = error.response.get("Error", {}).get("Code", "")
    message = error.response.get("Error", {}).get("Message", "")
    if code in _EXPIRED:
        return "Your AWS credentials have expired: renew them, for example with `aws sso login`."
    if code in _UNKNOWN_CALLER:
        return "AWS does not know your credentials: are they of another account or partition?"
    if code in _MISSING:
        return (
            f"AWS does not find what the outputs of {where} name ({error.operation_name}: {message}): "
            "are your credentials of another account, or the outputs of another time?"
        )
    if "AccessDenied" in code or "AuthorizationError" in code:
        return f"You may not do this ({error.operation_name}): {message}"
    return f"AWS refuses {error.operation_name}: {code}: {message}"
