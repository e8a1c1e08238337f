"""How long a function may go on with its work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aws_lambda_powertools.utilities.typing import LambdaContext

SecondsLeft = Callable[[], float]

# An invocation that times out has done its work for nothing, and does it all again. What is kept back is for
# the last piece of work and the answer.
_RESERVED_SECONDS = 5.0


def seconds_until_time_out(context: LambdaContext) -> float:
    """Return the seconds that Lambda leaves to an invocation."""
    return context.get_remaining_time_in_millis() / 1000


def seconds_to_work(context: LambdaContext) -> SecondsLeft:
    """Return what returns the seconds until a function should begin nothing more; below zero afterwards.

    It stops five seconds before its time-out, and where it has less than 20, when a quarter of them is left.
    """
    reserved_seconds = min(_RESERVED_SECONDS, seconds_until_time_out(context) / 4)
    return lambda: seconds_until_time_out(context) - reserved_seconds
