"""The failure this guards against: a kit that works here and not where a client has installed it."""

from __future__ import annotations

import json
import tarfile
import zipfile
from pathlib import Path

import pytest

from tests.clients.environment import (
    EXAMPLES,
    EXAMPLES_MODULES,
    KIT,
    MODULES,
    PYTHON,
    build_wheel,
    needs_node,
    needs_python,
    pack_node_kit,
    run,
)

pytestmark = pytest.mark.slow

PYTHON_EXAMPLES = sorted(EXAMPLES.glob("*.py"))
# What a caller may get wrong, each with what tsc says of it.
TYPE_MISTAKES = {
    'new Trust({ clientId: "shop", topicArns: ["arn"] });': "webhookIds",
    'new Trust({ clientId: "shop", topicArns: "arn", webhookIds: ["wh_1"] });': "readonly string[]",
    'receiver.answer("/hooks", {}, { Type: "Notification" }, () => {});': "Body",
    'receiver.answer("/hooks", {}, new Uint8Array());': "Expected 4 arguments",
}


@needs_python
def test_the_wheel_has_the_kit_its_types_and_nothing_else(tmp_path: Path) -> None:
    with zipfile.ZipFile(build_wheel(tmp_path)) as archive:
        names = {name for name in archive.namelist() if ".dist-info/" not in name}
        (metadata,) = [archive.read(name).decode() for name in archive.namelist() if "METADATA" in name]
    modules = {path.name for path in KIT.glob("*.py")} | {"py.typed"}
    assert names == {f"order_webhooks_receiver/{name}" for name in modules}
    assert [line for line in metadata.splitlines() if line.startswith("Requires-Dist")] == [
        "Requires-Dist: cryptography>=42"
    ]


@needs_python
def test_the_sample_receiver_starts_from_the_wheel(tmp_path: Path, python_kit: Path) -> None:
    printed = run(
        [PYTHON, "-m", "order_webhooks_receiver", "--help"],
        tmp_path,
        environment={"PYTHONPATH": str(python_kit)},
    )
    assert printed.startswith("usage: python -m order_webhooks_receiver")


@needs_python
@pytest.mark.parametrize("example", PYTHON_EXAMPLES, ids=lambda path: path.stem)
def test_the_examples_have_the_types_of_the_wheel(example: Path, tmp_path: Path, python_kit: Path) -> None:
    (tmp_path / example.name).write_bytes(example.read_bytes())
    is_django = example.stem.startswith("django")
    options = ["--strict", *(["--allow-untyped-decorators"] if is_django else [])]
    # Django has no types of its own, and its decorators none either.
    (tmp_path / "mypy.ini").write_text("[mypy]\n[mypy-django.*]\nignore_missing_imports = True\n")
    environment = {"MYPYPATH": str(python_kit)}
    checked = run([PYTHON, "-m", "mypy", *options, example.name], tmp_path, environment=environment)
    assert "Success" in checked


@needs_node
def test_the_package_has_the_kit_its_types_and_nothing_else(tmp_path: Path) -> None:
    with tarfile.open(pack_node_kit(tmp_path)) as archive:
        names = {Path(name).relative_to("package").as_posix() for name in archive.getnames()}
    assert names == {path.name for path in (KIT / "node").iterdir() if path.name != "node_modules"}
    package = json.loads((KIT / "node" / "package.json").read_text())
    assert not {"dependencies", "peerDependencies", "optionalDependencies"} & set(package)


def _type_check(directory: Path, *sources: str) -> str:
    """Check sources with the package installed; return what tsc complains about."""
    options = {
        "strict": True,
        "noEmit": True,
        "allowJs": True,
        "checkJs": True,
        "module": "nodenext",
        "target": "es2022",
        "lib": ["es2022", "dom"],
        "types": ["node"],
        "typeRoots": [str(MODULES / "@types")],
        "skipLibCheck": False,
        # The examples are JavaScript: their own functions say nothing of types.
        "noImplicitAny": False,
    }
    (directory / "tsconfig.json").write_text(json.dumps({"compilerOptions": options, "files": sources}))
    script = MODULES / "typescript" / "lib" / "tsc.js"
    try:
        return run(["node", script, "--project", "tsconfig.json", "--pretty", "false"], directory)
    except AssertionError as error:
        return str(error)


def _with_packages(directory: Path, kit: Path) -> Path:
    """Return a folder with the packed kit beside the frameworks and the types of Node."""
    modules = directory / "node_modules"
    modules.mkdir()
    (modules / "order-webhooks-receiver").symlink_to(kit / "node_modules" / "order-webhooks-receiver")
    for each in EXAMPLES_MODULES.iterdir():
        if not each.name.startswith(".") and not (modules / each.name).exists():
            (modules / each.name).symlink_to(each)
    (modules / "@types").symlink_to(MODULES / "@types")
    (directory / "package.json").write_text('{"type": "module"}')
    return directory


@needs_node
@pytest.mark.parametrize("example", sorted(EXAMPLES.glob("*.js")), ids=lambda path: path.stem)
def test_the_examples_have_the_types_of_the_package(example: Path, tmp_path: Path, node_kit: Path) -> None:
    directory = _with_packages(tmp_path, node_kit)
    (directory / example.name).write_bytes(example.read_bytes())
    assert _type_check(directory, example.name) == ""


@needs_node
def test_the_types_name_the_callers_mistakes(tmp_path: Path, node_kit: Path) -> None:
    directory = _with_packages(tmp_path, node_kit)
    head = 'import { Receiver, Trust } from "order-webhooks-receiver";\ndeclare const receiver: Receiver;\n'
    for number, mistake in enumerate(TYPE_MISTAKES):
        (directory / f"mistake{number}.ts").write_text(f"{head}{mistake}\n")
    complaints = _type_check(directory, *(f"mistake{number}.ts" for number in range(len(TYPE_MISTAKES))))
    for number, expected in enumerate(TYPE_MISTAKES.values()):
        (found,) = [line for line in complaints.splitlines() if line.startswith(f"mistake{number}.ts(")]
        assert expected in found + complaints.partition(found)[2].partition("\nmistake")[0]
