"""Which errors of AWS's clients stand for an outage, and not for a mistake of ours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from botocore.exceptions import ClientError, ConnectionError, HTTPClientError  # noqa: A004 - botocore's name

from functions.domain.outage import ServiceUnavailable

# Beside these, every code that speaks of throttling:
# https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html
_TOO_MUCH = frozenset(
    """
    ExecutionLimitExceeded OverLimit ProvisionedThroughputExceededException RequestLimitExceeded
    TooManyRequestsException
    """.split()
)


@contextmanager
def naming_outages() -> Iterator[None]:
    """Raise `ServiceUnavailable` for what a call may well be spared when it is made again.

    A client's own retries are over by then: they last about two seconds, an outage may take minutes.
    """
    try:
        yield
    except ClientError as error:
        if not _is_outage(error):
            raise
        raise ServiceUnavailable(str(error)) from error
    except (ConnectionError, HTTPClientError) as error:
        raise ServiceUnavailable(str(error)) from error


def _is_outage(error: ClientError) -> bool:
    code = error.response["Error"]["Code"]
    status = error.response["ResponseMetadata"].get("HTTPStatusCode", HTTPStatus.BAD_REQUEST)
    return code in _TOO_MUCH or "Throttl" in code or status >= HTTPStatus.INTERNAL_SERVER_ERROR
