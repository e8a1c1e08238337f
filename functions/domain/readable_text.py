"""Text that people will read, on screens and in mails that are not ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from annotated_types import GroupedMetadata, MaxLen, MinLen
from pydantic import AfterValidator, Field

# Control characters, ends of line and paragraph, and what turns the direction of writing: all of these show
# another text than the one that is stored. The last two are no characters, and SQS refuses them:
# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
_UNREADABLE = r"\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufffe\uffff"
# Spaces and characters without a width: they are in names of many languages, but alone they show nothing.
_INVISIBLE = r" \u00a0\u00ad\u1680\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff"

# One rule for the code and for the API's document: it has one meaning in Python and in ECMA-262, and does not
# change with Python's version as `str.isprintable` does. Only one part of it can match a given character, so
# an engine never goes back, and its time is linear in the text's length.
_READABLE = f"[{_INVISIBLE}]*[^{_UNREADABLE}{_INVISIBLE}][^{_UNREADABLE}]*"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadableText(GroupedMetadata):
    """Annotate a string with its greatest length in characters and with what it may hold.

    The length is checked first: a longer text is refused unread. With `may_be_empty` the empty text is taken
    too, but no blank one.
    """

    max_length: int
    may_be_empty: bool = False

    def __iter__(self) -> Iterator[object]:
        """Yield the constraints in the order in which pydantic checks them."""
        pattern = f"^(?:{_READABLE})?$" if self.may_be_empty else f"^{_READABLE}$"
        readable = re.compile(pattern)

        def refuse_unreadable(text: str) -> str:
            if not readable.fullmatch(text):
                raise ValueError("must be readable text: not blank, no control characters")
            return text

        yield MinLen(0 if self.may_be_empty else 1)
        yield MaxLen(self.max_length)
        yield AfterValidator(refuse_unreadable)
        # Behind a validator pydantic leaves a pattern out of the schema.
        yield Field(json_schema_extra={"pattern": pattern})
