"""The command line of all commands."""

from __future__ import annotations

import argparse
import re
from collections.abc import Sequence

from ops.options import EXIT_CODES, add_target_options
from ops.parsers.checks import add_smoke, add_verify
from ops.parsers.deliveries import add_deliveries, add_recover, add_redeliver, add_webhooks
from ops.parsers.orders import add_orders, add_redrive, add_trace
from ops.parsers.stack import add_console, add_dead_letters, add_logs, add_status

_EXAMPLES = """examples:
  python -m ops --laptop status              the stack that `make local` runs
  python -m ops --stack prod trace 0Ab1cD=   what happened to this order?
  python -m ops COMMAND --help               a command's options and examples

"""

# API Gateway's request IDs have sixteen characters, and one in sixty-four begins like an option.
_LIKE_AN_OPTION = re.compile(r"-[\w+/-]{14}=")


def parse(arguments: Sequence[str]) -> argparse.Namespace:
    """Return the parsed arguments: `command`, the target's options, and the command's own."""
    odd = [each for each in arguments if _LIKE_AN_OPTION.fullmatch(each)]
    others = [each for each in arguments if each not in odd]
    return make_parser().parse_args([*others, *(["--", *odd] if odd else [])])


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the commands."""
    parser = argparse.ArgumentParser(
        prog="python -m ops",
        description="Operate a stack: show its state, trace an order, redeliver events, redrive executions.",
        epilog=_EXAMPLES + EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add_target_options(parser)
    commands = parser.add_subparsers(required=True, metavar="COMMAND", title="commands")
    add_status(commands)
    add_trace(commands)
    add_orders(commands)
    add_webhooks(commands)
    add_deliveries(commands)
    add_redeliver(commands)
    add_recover(commands)
    add_redrive(commands)
    add_dead_letters(commands)
    add_logs(commands)
    add_smoke(commands)
    add_console(commands)
    add_verify(commands)
    return parser
