"""The errors of the SNS API."""

from __future__ import annotations


class SnsError(Exception):
    """SNS refuses a call; `code` and `status` are what the API answers with."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


def invalid_parameter(reason: str) -> SnsError:
    """Return the error that SNS gives for most faults of a request."""
    return SnsError("InvalidParameter", f"Invalid parameter: {reason}", 400)
