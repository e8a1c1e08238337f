"""Every expression of the workflows, evaluated by JSONata's reference implementation and by the emulator."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from ministack.services import stepfunctions

from tests.support.orders import order_payload, pending_order
from tests.workflow_definitions.test_order_workflow import DEFINITIONS

NODE = Path(__file__).parents[1] / "node"

ORDER = pending_order("req-1").document()
TEXTS = {
    "quotes": "'\"`\\ {% $states.input %} \\u0041 ${x} {{y}}",
    "unicode": "Zoë 🛒👩‍👩‍👧 e\u0301 \u202eabc\u202c \u2028\u2029\x00\x1f\ufffd",
    "half a character": "\ud83d",
    "long": "x" * 100_000,
    "empty": "",
}
NUMBERS = (0, -1, 0.1, 1e-7, 1e21, 1.7976931348623157e308, 2**53 - 1, 2**53 + 1, 123456789012345678, 10**30)
INPUTS: dict[str, Any] = {
    "an order": ORDER,
    "a message": {"order": order_payload(), "message_id": "m-1", "request_id": "req-1"},
    **{f"text: {name}": {**ORDER, "note": text, text: text} for name, text in TEXTS.items()},
    **{f"number: {number}": {**ORDER, "amount": number, "lines": [number, [number]]} for number in NUMBERS},
    "a payment that is there already": {**ORDER, "payment": {"status": "declined"}, "attempt": 7},
    "names of the language": {
        "$": 1,
        "states": {"input": 2},
        "__proto__": {"x": 1},
        "constructor": 3,
        "%": 4,
    },
    "nothing in it": {},
    "null inside": {"order": None, "payment": None},
    "empty inside": {"lines": [], "nested": [[], [[]]], "one": [1], "object": {}},
    "null": None,
    "a list": [ORDER],
    "a list of lists": [[{"a": 1}], [{"b": 2}]],
    "an empty list": [],
    "a text": "order",
    "a number": 1,
    "true": True,
}
RESULTS: dict[str, Any] = {
    "approved": {"Payload": {"status": "approved", "id": "pi_1"}, "StatusCode": 200},
    "declined": {"Payload": {"status": "declined", "reason": TEXTS["quotes"]}},
    "unicode": {"Payload": {"reason": TEXTS["unicode"]}},
    "one in a list": {"Payload": [{"status": "approved"}]},
    "an empty list": {"Payload": []},
    "null": {"Payload": None},
    "no payload": {"StatusCode": 200},
    "nothing": {},
}
ERRORS: dict[str, Any] = {
    "as Lambda reports it": {
        "Error": "PaymentGatewayUnavailable",
        "Cause": json.dumps({"errorMessage": "no answer", "errorType": "PaymentGatewayUnavailable"}),
    },
    "a cause that is no JSON": {"Error": "States.Timeout", "Cause": TEXTS["quotes"]},
    "no cause": {"Error": "States.TaskFailed"},
    "an odd cause": {"Error": "Lambda.Unknown", "Cause": {"nested": [None]}},
    "nothing": {},
}
RETRY_COUNTS = ({"RetryCount": 0}, {"RetryCount": 7}, {})


def expressions(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        part = list(part.values())
    if isinstance(part, list):
        for each in part:
            yield from expressions(each)
    elif isinstance(part, str) and part.startswith("{%"):
        yield part


EXPRESSIONS = sorted(set(expressions(DEFINITIONS)))


def situations(expression: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every combination of what an expression reads; what it does not read is realistic."""
    inputs = INPUTS if "$states.input" in expression or "Execution.Input" in expression else {"-": ORDER}
    results = RESULTS if "$states.result" in expression else {"-": RESULTS["approved"]}
    errors = ERRORS if "$states.errorOutput" in expression else {"-": None}
    counts = RETRY_COUNTS if "RetryCount" in expression else RETRY_COUNTS[:1]
    for parts in itertools.product(inputs.items(), results.items(), errors.items(), counts):
        (input_name, given), (result_name, result), (error_name, error), count = parts
        context = {"Execution": {"Input": given, "Id": "arn"}, "State": {"Name": "S", **count}}
        states = {"input": given, "result": result, "errorOutput": error, "context": context}
        yield f"{expression}: {input_name}, {result_name}, {error_name}, {count}", states


def by_the_reference(cases: Sequence[tuple[str, dict[str, Any]]]) -> list[dict[str, Any]]:
    given = json.dumps([{"expression": it[2:-2], "states": states} for it, states in cases])
    done = subprocess.run(
        ["node", "evaluate_jsonata.mjs"], cwd=NODE, input=given, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    answers: list[dict[str, Any]] = json.loads(done.stdout)
    return answers


def by_the_emulator(expression: str, states: dict[str, Any]) -> dict[str, Any]:
    try:
        value = stepfunctions._apply_jsonata_template(
            expression, states["input"], states["context"], states["result"], states["errorOutput"]
        )
    except stepfunctions._ExecutionError as error:
        return {"error": str(error)}
    return {"value": value}


def comparable(answer: dict[str, Any]) -> Any:
    """An answer as JSON has it, with every number as the double that the reference reads.

    `$string` gives a document's text, whose numbers and characters JSON can write in more than one way.
    """
    if "value" not in answer:
        return "fails"
    value = answer["value"]
    if isinstance(value, str) and value.startswith(("{", "[")):
        value = ["text", json.loads(value)]
    return json.loads(json.dumps(value), parse_int=float)


def differences() -> dict[str, tuple[dict[str, Any], dict[str, Any]]]:
    """What the reference and the emulator answer, where they differ."""
    cases = [(each, *situation) for each in EXPRESSIONS for situation in situations(each)]
    answers = by_the_reference([(expression, states) for expression, _, states in cases])
    return {
        name: (answer, own)
        for (expression, name, states), answer in zip(cases, answers, strict=True)
        if comparable(answer) != comparable(own := by_the_emulator(expression, states))
    }


pytestmark = pytest.mark.skipif(
    not shutil.which("node") or not (NODE / "node_modules" / "jsonata").exists(),
    reason="JSONata's reference implementation needs Node: install it and run `make test`",
)


def test_the_emulator_evaluates_every_expression_as_the_reference_does() -> None:
    assert differences() == {}


def test_another_evaluation_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    evaluate = stepfunctions._apply_jsonata_template

    def without_attempt(*args: Any) -> Any:
        value = evaluate(*args)
        return {key: each for key, each in value.items() if key != "attempt"} if "merge" in args[0] else value

    monkeypatch.setattr(stepfunctions, "_apply_jsonata_template", without_attempt)
    assert {name.split(" %}")[0] for name in differences()} == {
        "{% $merge([$states.input, {'attempt': $states.context.State.RetryCount}])",
        # An input may have such a member, which must be kept.
        "{% $merge([$states.input, {'payment': $states.result.Payload}])",
        "{% $merge([$states.input, {'payment': {'status': 'failed', 'reason': 'payment_gateway_unavailable'}}])",  # noqa: E501
    }


def test_the_reference_refuses_what_has_no_result() -> None:
    states = {"input": {"a": 1}}
    cases = ["{% $states.input.a %}", "{% $states.input.b %}", "{% 1 + 'a' %}", "{% $merge( %}"]
    answers = by_the_reference([(each, states) for each in cases])
    assert answers[0] == {"value": 1}
    assert [list(each) for each in answers[1:]] == [["error"]] * 3
