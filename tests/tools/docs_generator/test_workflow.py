"""The workflow page shows the definitions that the program deploys."""

from __future__ import annotations

import json
from typing import Any, get_args

import pytest

from functions.domain.event import OrderEventType
from functions.domain.order import OrderStatus
from tools.docs_generator.definitions import order_definition
from tools.docs_generator.durations import spoken
from tools.docs_generator.order_life import draw_order_life
from tools.docs_generator.system import FUNCTION
from tools.docs_generator.workflow import describe_workflow, draw_workflow
from tools.program_graph import Graph


def test_the_described_definition_is_the_one_that_the_program_deploys(shown: Graph) -> None:
    machine = shown.named("aws:sfn/stateMachine:StateMachine", "order")
    text = machine.inputs["definition"]
    for function in shown.of_type(FUNCTION):
        text = text.replace(function.arn, function.name.replace("-", "_"))
    described = order_definition("STANDARD")

    def without_times(definition: Any) -> Any:
        states = {
            name: {key: part for key, part in state.items() if key != "TimeoutSeconds"}
            for name, state in definition["States"].items()
        }
        return {**definition, "States": states}

    assert without_times(json.loads(text)) == without_times(described)


DEFINITION: dict[str, Any] = {
    "StartAt": "A",
    "States": {
        "A": {
            "Type": "Task",
            "Comment": "Do it",
            "Next": "B",
            "Retry": [
                {
                    "ErrorEquals": ["Busy", "States.ALL"],
                    "IntervalSeconds": 30,
                    "BackoffRate": 2.0,
                    "MaxAttempts": 3,
                    "MaxDelaySeconds": 90,
                }
            ],
            "Catch": [{"ErrorEquals": ["Busy"], "Next": "C"}],
        },
        "B": {"Type": "Task", "End": True, "Catch": [{"ErrorEquals": ["States.ALL"], "Next": "C"}]},
        "C": {"Type": "Fail", "Cause": "Too busy"},
    },
}


def test_the_table_describes_each_state() -> None:
    first = (
        "| `A` | Do it | `Busy`, any error: 3 times, with waits that grow 2-fold from 30 seconds "
        "to 1.5 minutes, 3 minutes in all | `Busy`: on to `C`; any other error: the execution fails |"
    )
    assert describe_workflow(DEFINITION).splitlines()[2:] == [
        first,
        "| `B` |  | never | any error: on to `C` |",
        "| `C` | Too busy | never | the execution has failed |",
    ]


def test_a_retry_that_most_states_share_is_described_once() -> None:
    state = {**DEFINITION["States"]["A"], "Catch": []}
    described = describe_workflow(
        {"StartAt": "A", "States": {"A": state, "B": state, "C": DEFINITION["States"]["C"]}}
    )
    usual = (
        "`Busy`, any error: 3 times, with waits that grow 2-fold from 30 seconds to 1.5 minutes, "
        "3 minutes in all"
    )
    assert described.splitlines() == [
        f"*Default* retries: {usual}.",
        "",
        "| state | what it does | retries | after all retries |",
        "|---|---|---|---|",
        "| `A` | Do it | default | the execution fails |",
        "| `B` | Do it | default | the execution fails |",
        "| `C` | Too busy | never | the execution has failed |",
    ]


def test_the_diagram_has_each_transition() -> None:
    assert draw_workflow(DEFINITION).splitlines()[2:-1] == [
        "    [*] --> A",
        "    A --> B",
        "    A --> C : Busy",
        "    B --> C : any error",
        "    B --> [*]",
        "    C --> [*] : failed",
    ]


def test_the_life_of_an_order_has_every_status_and_every_event() -> None:
    drawn = set(draw_order_life().split())
    assert drawn >= {*get_args(OrderStatus), *get_args(OrderEventType)}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (1, "1 second"),
        (0.5, "0.5 seconds"),
        (60, "1 minute"),
        (90, "1.5 minutes"),
        (7_200, "2 hours"),
        (268_000, "3.1 days"),
    ],
)
def test_a_duration_is_given_in_its_largest_unit(seconds: float, text: str) -> None:
    assert spoken(seconds) == text
