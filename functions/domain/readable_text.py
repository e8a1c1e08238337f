"""Text that people will read, on screens and in mails that are not ours."""

from __future__ import annotations

import re
from typing import Annotated

from pydantic import AfterValidator, Field

# Control characters, ends of line and paragraph, and what turns the direction of writing: all of these show
# another text than the one that is stored. The last two are no characters, and SQS refuses them:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
_UNREADABLE = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffe\uffff"
# Characters without a width are in names of many languages, but alone they show nothing.
_INVISIBLE = r"\s\u00ad\u200b-\u200f\u2060\ufeff"

# One rule for the code and for the interface's document: it has one meaning in Python and in ECMA-262, and
# does not change with Python's version as `str.isprintable` does.
READABLE_TEXT_PATTERN = f"^[^{_UNREADABLE}]*[^{_UNREADABLE}{_INVISIBLE}][^{_UNREADABLE}]*$"
_READABLE_TEXT = re.compile(READABLE_TEXT_PATTERN)


def _refuse_unreadable(text: str) -> str:
    if not _READABLE_TEXT.fullmatch(text):
        raise ValueError("must be readable text: not blank, no control characters")
    return text


ReadableText = Annotated[
    str, AfterValidator(_refuse_unreadable), Field(json_schema_extra={"pattern": READABLE_TEXT_PATTERN})
]
