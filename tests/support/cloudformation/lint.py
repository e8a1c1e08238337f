"""AWS's resource schemas and cfn-lint's rules, on templates made from recorded graphs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cfnlint.rules import Match, RulesCollection

# Rules about templates, of which there is none.
NOT_OF_A_RECORDING = {
    "E3010": "CloudFormation's limit of 500 resources; Pulumi has none",
    "I3010": "the approach to that limit",
    "I4010": "descriptions for readers of a template",
}


@cache
def _rules() -> RulesCollection:
    from cfnlint.core import get_rules

    return get_rules([], [*NOT_OF_A_RECORDING], ["I", "W", "E"], include_experimental=True)


def findings(template: Mapping[str, Any], *, region: str = "eu-west-1") -> list[str]:
    """Return what cfn-lint finds in a template: the rule, where, and what is wrong."""
    # Importing it takes seconds, in each process that only collects these tests.
    from cfnlint.config import ConfigMixIn
    from cfnlint.decode.decode import decode_str
    from cfnlint.runner import run_template_by_data

    decoded, unreadable = decode_str(json.dumps(template))
    assert not unreadable, unreadable
    matches = run_template_by_data(decoded, ConfigMixIn([], regions=[region]), _rules())
    matches = [match for match in matches if not _is_another_partition(match)]
    return [f"{match.rule.id} {'/'.join(map(str, match.path or []))}: {match.message}" for match in matches]


def _is_another_partition(match: Match) -> bool:
    """Whether it is about a state's resource in another partition, whose ARNs cfn-lint does not know."""
    return (
        match.rule.id == "E3601"
        and match.message.startswith(("'arn:aws-cn:", "'arn:aws-us-gov:"))
        and "'^arn:aws:" in match.message
    )
