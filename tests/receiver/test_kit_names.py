"""The failure this guards against: a name that one kit has and the other does not."""

from __future__ import annotations

import inspect
import re

import pytest

import receiver

from .node import KIT, NODE, evaluate

# Of one language only: the body of http.server, types that JavaScript has none of, and a name that would hide
# JavaScript's own `fetch`.
OF_PYTHON = {"read_body", "LengthRequired", "Fetch", "Received", "SeenEvents", "fetch"}
# In TypeScript these are types, so that JavaScript has no such values.
TYPES = {"Answer", "Event", "HookRequest", "Reply", "Source"}
FRAMEWORKS = {
    *("django_request", "flask_request", "starlette_request"),
    *("nodeRequest", "expressRequest", "fastifyRequest", "fetchRequest"),
}
DECLARATIONS = KIT.with_name("index.d.ts").read_text(encoding="utf-8")


def in_javascript(name: str) -> str:
    return re.sub(r"_(\w)", lambda match: match[1].upper(), name)


@pytest.mark.skipif(NODE is None, reason="Node is not on this machine")
def test_both_kits_export_the_same_names() -> None:
    script = "Object.keys(await import(process.argv[2]))"
    exported = set(evaluate([script])[script])
    expected = {in_javascript(name) for name in set(receiver.__all__) - OF_PYTHON - TYPES - FRAMEWORKS}
    assert exported - FRAMEWORKS == expected
    declared = set(re.findall(r"^export (?:class|const|function) (\w+)", DECLARATIONS, re.MULTILINE))
    assert declared == exported


def test_the_types_are_declared() -> None:
    declared = set(re.findall(r"^export (?:interface|type) (\w+)", DECLARATIONS, re.MULTILINE))
    assert declared >= TYPES


@pytest.mark.parametrize("name", ["Receiver", "WebhookIds", "SeenInMemory", "SeenInSqlite"])
def test_classes_have_the_same_methods(name: str) -> None:
    (body,) = re.findall(rf"^export class {name}\b.*?\{{\n(.*?)^\}}", DECLARATIONS, re.DOTALL | re.MULTILINE)
    declared = set(re.findall(r"^  (\w+)\(", body, re.MULTILINE)) - {"constructor", "close"}
    made = getattr(receiver, name)
    methods = {each for each, _ in inspect.getmembers(made, inspect.isfunction) if each[0] != "_"}
    # Python's WebhookIds is called instead, as a function is.
    assert declared - {"has"} == {in_javascript(each) for each in methods}


def test_a_trust_has_the_same_options() -> None:
    (body,) = re.findall(
        r"^export interface TrustOptions \{\n(.*?)^\}", DECLARATIONS, re.DOTALL | re.MULTILINE
    )
    declared = set(re.findall(r"^  (\w+)\??:", body, re.MULTILINE))
    assert declared == {in_javascript(each) for each in inspect.signature(receiver.Trust).parameters}
