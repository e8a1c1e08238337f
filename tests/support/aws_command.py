"""A stand-in for the AWS CLI on the emulator: `aws SERVICE OPERATION --options`, and `aws logs tail`.

Options are named and typed by botocore's model of the operation, as the CLI's are, so an option that AWS does
not have fails here too.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import botocore.session
import jmespath
from botocore import xform_name


def main(arguments: list[str]) -> None:
    service, operation, *rest = arguments
    session = botocore.session.Session()
    client = session.create_client(
        service,
        region_name="us-east-1",
        endpoint_url=os.environ["EMULATOR"],
        aws_access_key_id="test",
        aws_secret_access_key="test",
    )
    if (service, operation) == ("logs", "tail"):
        group, *rest = rest
        options = options_of(rest)
        assert options.keys() <= {"since", "filter-pattern"}, options
        answer = client.filter_log_events(
            logGroupName=group, filterPattern=options.get("filter-pattern", [""])[0]
        )
        sys.stdout.write(json.dumps(answer["events"]))
        return
    options = options_of(rest)
    query = options.pop("query", [None])[0]
    as_text = options.pop("output", ["json"]) == ["text"]
    method = operation.replace("-", "_")
    shape = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[method]).input_shape
    members = {xform_name(name, "-"): (name, member) for name, member in shape.members.items()}
    parameters = {members[name][0]: typed(members[name][1], values) for name, values in options.items()}
    answer = getattr(client, method)(**parameters)
    answer.pop("ResponseMetadata", None)
    found = jmespath.search(query, answer) if query else answer
    sys.stdout.write(str(found) if as_text else json.dumps(found, default=str))


def options_of(words: list[str]) -> dict[str, list[str]]:
    options: dict[str, list[str]] = {}
    name = ""
    for word in words:
        if word.startswith("--"):
            name = word.removeprefix("--")
            options[name] = []
        else:
            options[name].append(word)
    return options


def typed(shape: Any, values: list[str]) -> Any:
    if shape.type_name == "list":
        return values
    (value,) = values
    return int(value) if shape.type_name in ("integer", "long") else value


if __name__ == "__main__":
    main(sys.argv[1:])
