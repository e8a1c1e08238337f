"""The settings reference, from the settings' model."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from infra.settings import Settings
from infra.settings.section import section_in
from tools.docs_generator.allowed import allowed_values, is_list

_HEADER = ("| key | allowed | default | what it does |", "|---|---|---|---|")
_PAGE = re.compile(r"\bdocs/((?:[\w-]+/)*)([\w-]+)\.md")
_AWS_PAGE = re.compile(r"https://docs\.aws\.amazon\.com/[^\s)]*[^\s).,]")


class UndescribedError(LookupError):
    """A setting has no description."""


def describe_settings(model: type[BaseModel] = Settings) -> str:
    """Return a table of keys for the settings as a whole and for each section."""
    described: dict[type[BaseModel], str] = {}
    return "\n\n".join(_sections(model, "", described))


def setting_keys(model: type[BaseModel] = Settings, path: str = "") -> Iterator[str]:
    """Yield the path of every key, such as `api.throttle.burst`, those of list items like any other."""
    for name, field in model.model_fields.items():
        section = section_in(field.annotation)
        if section is None:
            yield f"{path}{name}"
        else:
            yield from setting_keys(section, f"{path}{name}.")


def _sections(model: type[BaseModel], path: str, described: dict[type[BaseModel], str]) -> Iterator[str]:
    fields = {name: (field, section_in(field.annotation)) for name, field in model.model_fields.items()}
    keys = [_row(path, name, field) for name, (field, section) in fields.items() if section is None]
    if keys:
        yield "\n".join([*_HEADER, *keys])
    for name, (field, section) in fields.items():
        if section is None:
            continue
        heading, first = f"### {path}{name}", described.get(section)
        if first:
            keys_of = f"The keys are those of [{first}](#{first.replace('.', '')})."
            yield "\n\n".join([heading, _about(field, ""), keys_of])
            continue
        described[section] = f"{path}{name}"
        yield "\n\n".join([heading, _about(field, inspect.getdoc(section) or "")])
        yield from _sections(section, f"{path}{name}.", described)


def _about(field: FieldInfo, about_section: str) -> str:
    sentences = [_linked(about_section)]
    if field.description and field.description.rstrip(".").lower() not in about_section.lower():
        sentences.append(_linked(field.description))
    if is_list(field.annotation):
        sentences.append("A list, empty by default.")
    elif field.default is None:
        sentences.append("Absent by default.")
    return "\n\n".join(filter(None, sentences))


def _row(path: str, name: str, field: FieldInfo) -> str:
    if not field.description:
        raise UndescribedError(f"{path}{name}: write a docstring below the setting that explains it")
    cells = [f"`{path}{name}`", allowed_values(field), _default(field), _linked(field.description)]
    return f"| {' | '.join(_cell(each) for each in cells)} |"


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "required"
    value = field.get_default(call_default_factory=True)
    return "none" if value in (None, {}, ()) else f"`{_as_yaml(value)}`"


def _as_yaml(value: Any) -> str:  # noqa: ANN401 - any setting's default
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return f"[{', '.join(map(_as_yaml, value))}]"
    return str(value)


def _linked(text: str) -> str:
    """Return a description as the page shows it: with links to pages of docs/ and of AWS."""
    paragraphs = inspect.cleandoc(text).split("\n\n")
    joined = "\n\n".join(" ".join(each.split()) for each in paragraphs)
    linked = _PAGE.sub(lambda found: f"[{found[2]}]({found[1]}{found[2]}.md)", joined)
    return _AWS_PAGE.sub(lambda found: f"[AWS's page]({found[0]})", linked)


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
