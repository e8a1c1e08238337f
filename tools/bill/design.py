"""The facts of a design that its price depends on, read from the recorded program."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from tools.program_graph import Graph, record_main

WorkflowType = Literal["STANDARD", "EXPRESS"]


@dataclass(frozen=True, kw_only=True)
class Design:
    """How one order goes through a stack; counts are for the happy path, without retries."""

    name: str
    workflow_type: WorkflowType
    transitions: int
    functions: tuple[str, ...]
    """The functions that run once for each order."""
    memory_megabytes: Mapping[str, int]
    """Of each function."""
    traces: int
    """How many traces begin for each order; the functions of the workflow are in the state machine's."""
    traced_recorder: bool
    """Whether one begins for each run of record_deliveries."""
    platform_log_records: bool
    """Whether Lambda writes its own records of each invocation beside the functions'."""
    order_indexes: tuple[str, ...]
    """The projections of the orders table's indexes."""
    has_deliveries: bool
    workflow_log_level: str
    alarm_metrics: int
    custom_metrics: int


def read_design(workflow_type: WorkflowType) -> Design:
    """Record the program with the default settings and read its design."""
    graph = _recorded(workflow_type)
    functions = {each.name: each.inputs for each in graph.of_type("aws:lambda/function:Function")}
    machine = graph.named("aws:sfn/stateMachine:StateMachine", "order")
    path = happy_path(machine.document("definition"))
    steps = [_function_of(machine.document("definition")["States"][state], functions) for state in path]
    once = ("accept-order", "start-execution", *(each for each in steps if each))
    return Design(
        name="this program",
        workflow_type=workflow_type,
        transitions=len(path),
        functions=once,
        memory_megabytes={name: int(each["memorySize"]) for name, each in functions.items()},
        traces=_traces(functions, machine.inputs),
        traced_recorder=_is_traced(functions.get("record-deliveries", {})),
        platform_log_records=functions["accept-order"]["loggingConfig"].get("systemLogLevel") != "WARN",
        order_indexes=tuple(
            each["projectionType"]
            for each in graph.named("aws:dynamodb/table:Table", "store-orders").inputs[
                "globalSecondaryIndexes"
            ]
        ),
        has_deliveries="record-deliveries" in functions,
        workflow_log_level=machine.inputs["loggingConfiguration"]["level"],
        alarm_metrics=sum(_metrics_of(each.inputs) for each in graph.of_type(_ALARM)),
        custom_metrics=len(_custom_metrics(graph)),
    )


def usual_design(ours: Design) -> Design:
    """Return the usual design: eight transitions, every function traced, all log records, all projections."""
    return Design(
        name="the usual eight transitions",
        workflow_type="STANDARD",
        transitions=8,
        functions=ours.functions,
        memory_megabytes=ours.memory_megabytes,
        traces=3,
        traced_recorder=True,
        platform_log_records=True,
        order_indexes=("ALL",) * len(ours.order_indexes),
        has_deliveries=False,
        workflow_log_level="ERROR",
        alarm_metrics=ours.alarm_metrics,
        custom_metrics=ours.custom_metrics,
    )


def happy_path(definition: Mapping[str, Any]) -> list[str]:
    """Return the states that an execution enters when nothing fails, in order."""
    path: list[str] = []
    state: str | None = definition["StartAt"]
    while state is not None:
        path.append(state)
        state = definition["States"][state].get("Next")
    return path


_ALARM = "aws:cloudwatch/metricAlarm:MetricAlarm"


@cache
def _recorded(workflow_type: WorkflowType) -> Graph:
    return record_main({"workflow": {"type": workflow_type}})


def _function_of(state: Mapping[str, Any], functions: Mapping[str, Any]) -> str | None:
    text = json.dumps(state)
    return next(
        (name for name in functions if f":function:{name}-" in text or f':function:{name}"' in text), None
    )


def _is_traced(function: Mapping[str, Any]) -> bool:
    return bool(function.get("tracingConfig", {}).get("mode") == "Active")


def _traces(functions: Mapping[str, Any], machine: Mapping[str, Any]) -> int:
    entries = sum(_is_traced(functions[each]) for each in ("accept-order", "start-execution"))
    return entries + int(machine["tracingConfiguration"]["enabled"])


def _metrics_of(alarm: Mapping[str, Any]) -> int:
    queries = alarm.get("metricQueries") or [{"metric": True}]
    return sum("metric" in each for each in queries)


def _custom_metrics(graph: Graph) -> set[str]:
    """Name the metrics of our own that alarms and the dashboard read: CloudWatch charges for each."""
    found = set()
    for alarm in graph.of_type(_ALARM):
        for each in alarm.inputs.get("metricQueries") or [{"metric": alarm.inputs}]:
            metric = each.get("metric") or {}
            if not str(metric.get("namespace", "AWS/")).startswith("AWS/"):
                found.add(json.dumps([metric.get("metricName"), metric.get("dimensions")], sort_keys=True))
    return found
