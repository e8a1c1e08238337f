"""The errors of the SNS API."""

from __future__ import annotations

import re

# MiniStack's own texts, and what AWS answers instead.
_AWS_TEXTS = (
    (re.compile(r"(Topic|Subscription) does not exist: .*"), r"\1 does not exist"),
    (re.compile(r"Invalid parameter: Message too long\. .*"), "Invalid parameter: Message too long"),
    (
        re.compile(r"Invalid parameter: Endpoint .* is not a valid (\w+) ARN"),
        r"Invalid parameter: \1 endpoint ARN",
    ),
    (
        re.compile(r"TopicArn(, TargetArn, or PhoneNumber)? is required"),
        "Invalid parameter: TopicArn Reason: An ARN must have at least 6 elements, not 1",
    ),
    (
        re.compile(r"The batch request contains more entries than permissible"),
        "The batch request contains more entries than permissible.",
    ),
    (
        re.compile(r"Batch entry ids must be distinct"),
        "Two or more batch entries in the request have the same Id.",
    ),
)


class SnsError(Exception):
    """SNS refuses a call; `code` and `status` are what the API answers with."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(message)
        self.code = code
        self.status = status


def invalid_parameter(reason: str) -> SnsError:
    """Return the error that SNS gives for most faults of a request."""
    return SnsError("InvalidParameter", f"Invalid parameter: {reason}", 400)


def translate_error(code: str, message: str) -> tuple[str, str]:
    """Return the code and the text that AWS has for an error of MiniStack's.

    MiniStack often gives the name of the error's class, `InvalidParameterException`, where AWS's code is
    `InvalidParameter`.
    """
    if code == "InvalidParameterException":
        code = "InvalidParameter"
    for pattern, text in _AWS_TEXTS:
        if match := pattern.fullmatch(message):
            return code, match.expand(text)
    return code, message
