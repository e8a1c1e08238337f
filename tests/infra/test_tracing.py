from __future__ import annotations

import pytest

from tests.support.pulumi_graph import Graph, record_main

pytestmark = pytest.mark.variation

FUNCTION, MACHINE = "aws:lambda/function:Function", "aws:sfn/stateMachine:StateMachine"


@pytest.mark.parametrize(("tracing", "mode"), [(False, "PassThrough"), (True, "Active")])
def test_a_setting_switches_tracing_on_for_functions_and_workflows(tracing: bool, mode: str) -> None:
    graph: Graph = record_main({"tracing": tracing})

    assert {each.inputs["tracingConfig"]["mode"] for each in graph.of_type(FUNCTION)} == {mode}
    assert [each.inputs["tracingConfiguration"]["enabled"] for each in graph.of_type(MACHINE)] == [tracing]
    policies = [each.document("policy") for each in graph.of_type("aws:iam/rolePolicy:RolePolicy")]
    traced = ["xray:PutTraceSegments" in str(each) for each in policies]
    assert any(traced) is tracing


def test_lambda_writes_its_own_records_of_failures_only() -> None:
    for each in record_main({"tracing": False}).of_type(FUNCTION):
        assert each.inputs["loggingConfig"]["systemLogLevel"] == "WARN"
