"""The order workflow as a diagram and a table, from its definition."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from tools.docs_generator.durations import spoken
from tools.docs_generator.flowchart import fenced
from workflow_definitions.states import LAMBDA_TRANSIENT_ERRORS, SERVICE_UNAVAILABLE

Definition = Mapping[str, Any]

_TRANSIENT = {*LAMBDA_TRANSIENT_ERRORS, SERVICE_UNAVAILABLE}
_ANY = "States.ALL"


def draw_workflow(definition: Definition) -> str:
    """Return the state diagram of a definition: https://mermaid.js.org/syntax/stateDiagram.html."""
    lines = ["stateDiagram-v2", f"    [*] --> {definition['StartAt']}"]
    for name, state in definition["States"].items():
        lines.extend(f"    {line}" for line in _transitions(name, state))
    return fenced(lines)


def describe_workflow(definition: Definition) -> str:
    """Return a table of states: what each does, its retries, and what happens when they are exhausted."""
    states = definition["States"]
    usual = _usual_retry(states)
    rows = [
        f"| `{name}` | {state.get('Comment', state.get('Cause', ''))} "
        f"| {_retries(state, usual)} | {_then(state)} |"
        for name, state in states.items()
    ]
    header = ["| state | what it does | retries | after all retries |", "|---|---|---|---|"]
    said = [f"*Default* retries: {usual}.", ""] if usual else []
    return "\n".join([*said, *header, *rows])


def _usual_retry(states: Mapping[str, Definition]) -> str:
    """Return the retry that most states share, in words, or ""."""
    retries = Counter(_retry(each) for state in states.values() for each in state.get("Retry", []))
    text, count = next(iter(retries.most_common(1)), ("", 0))
    return text if count > len(states) / 2 and count > 1 else ""


def describe_transient_errors() -> str:
    """Return what the tables mean by transient errors and by waits."""
    names = ", ".join(f"`{each}`" for each in sorted(_TRANSIENT))
    waits = "Each wait is random, between zero and the stated value (full jitter)."
    return f"{waits} *Transient errors* are {names}."


def _transitions(name: str, state: Definition) -> Iterator[str]:
    if "Next" in state:
        yield f"{name} --> {state['Next']}"
    for catcher in state.get("Catch", []):
        yield f"{name} --> {catcher['Next']} : {_plain(catcher)}"
    if state.get("End"):
        yield f"{name} --> [*]"
    if state["Type"] == "Fail":
        yield f"{name} --> [*] : failed"


def _retries(state: Definition, usual: str) -> str:
    retries = [_retry(each) for each in state.get("Retry", [])]
    return "; ".join("default" if each == usual else each for each in retries) or "never"


def _retry(retrier: Definition) -> str:
    times, first, rate = retrier["MaxAttempts"], retrier["IntervalSeconds"], retrier["BackoffRate"]
    longest = retrier["MaxDelaySeconds"]
    in_all = sum(min(first * rate**number, longest) for number in range(times))
    return (
        f"{_errors(retrier)}: {times} times, with waits that grow {rate:g}-fold from {spoken(first)} to "
        f"{spoken(longest)}, {spoken(in_all)} in all"
    )


def _then(state: Definition) -> str:
    if state["Type"] == "Fail":
        return "the execution has failed"
    catchers = state.get("Catch", [])
    ends = [f"{_errors(each)}: on to `{each['Next']}`" for each in catchers]
    if not any(_ANY in each["ErrorEquals"] for each in catchers):
        ends.append("any other error: the execution fails" if catchers else "the execution fails")
    return "; ".join(ends).replace("; any error", "; any other error")


def _plain(rule: Definition) -> str:
    return _errors(rule).replace("`", "")


def _errors(rule: Definition) -> str:
    names = rule["ErrorEquals"]
    if set(names) == _TRANSIENT:
        return "transient errors"
    return ", ".join("any error" if name == _ANY else f"`{name}`" for name in names)
