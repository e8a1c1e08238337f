from __future__ import annotations

import subprocess
import sys

import pytest

from infra.packaging import Compiler, Interpreter, PackagingError, Target, build_layer, function_archive
from infra.packaging import layer as layer_module
from infra.packaging.archives import contents
from infra.packaging.tree import tree_digest

HOST = Interpreter.of(Target.host())
MODULE = "functions.handlers.accept"
COMPILED = f"functions/handlers/__pycache__/accept.{HOST.tag}.pyc"


def write_sources(root, code="def handle():\n    raise ValueError('refused')\n"):
    handlers = root / "functions" / "handlers"
    handlers.mkdir(parents=True)
    for path in (handlers.parent / "__init__.py", handlers / "__init__.py"):
        path.touch()
    (handlers / "accept.py").write_text(code)


def archive(root, compiler):
    return {
        name: content if isinstance(content, bytes) else content.read_bytes()
        for name, content in contents(function_archive(root, MODULE, compiler))
    }


@pytest.fixture
def compiler(tmp_path):
    return Compiler(HOST, tmp_path / "cache")


@pytest.fixture
def one_source_layer(monkeypatch):
    """Let a layer have one source that is valid Python and one that is not."""

    def install(requirements, target, directory):
        (directory / "pack").mkdir()
        (directory / "pack" / "good.py").write_text("x = 1\n")
        (directory / "pack" / "template.py").write_text("x = {{ value }} !\n")

    monkeypatch.setattr(layer_module, "install", install)


def test_an_archive_has_the_bytecode_of_each_source_beside_it(tmp_path, compiler):
    write_sources(tmp_path)

    names = set(archive(tmp_path, compiler))

    assert COMPILED in names
    assert names == {
        *("functions/__init__.py", "functions/handlers/__init__.py", "functions/handlers/accept.py"),
        f"functions/__pycache__/__init__.{HOST.tag}.pyc",
        f"functions/handlers/__pycache__/__init__.{HOST.tag}.pyc",
        COMPILED,
    }


def test_python_runs_the_bytecode_without_a_look_at_the_source_and_quotes_the_source(tmp_path, compiler):
    write_sources(tmp_path)
    for name, content in archive(tmp_path, compiler).items():
        path = tmp_path / "unpacked" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    source = tmp_path / "unpacked/functions/handlers/accept.py"
    source.write_text("def handle():\n    raise KeyError('another line')\n")

    run = f"import sys; sys.path.insert(0, sys.argv[1]); from {MODULE} import handle; handle()"
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", run, str(tmp_path / "unpacked")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert f'File "{source}", line 2, in handle' in done.stderr
    assert "raise KeyError('another line')" in done.stderr
    assert done.stderr.splitlines()[-1] == "ValueError: refused"


def test_neither_the_place_nor_the_time_changes_the_bytes(tmp_path):
    for place in ("one", "two"):
        write_sources(tmp_path / place)
    compilers = [Compiler(HOST, tmp_path / place / "cache") for place in ("one", "two")]

    assert archive(tmp_path / "one", compilers[0]) == archive(tmp_path / "two", compilers[1])


def test_what_has_been_compiled_is_not_compiled_again(tmp_path, compiler, monkeypatch):
    write_sources(tmp_path)
    before = archive(tmp_path, compiler)

    def refuse(self, downloads):
        raise AssertionError("the interpreter was started")

    monkeypatch.setattr(Interpreter, "executable", refuse)

    assert archive(tmp_path, compiler) == before


def test_a_changed_source_is_compiled_again(tmp_path, compiler):
    write_sources(tmp_path)
    before = archive(tmp_path, compiler)
    (tmp_path / "functions/handlers/accept.py").write_text("handle = 2\n")

    after = archive(tmp_path, compiler)

    assert {name for name in after if after[name] != before[name]} == {
        COMPILED,
        "functions/handlers/accept.py",
    }


def test_a_source_that_the_release_does_not_accept_is_named(tmp_path, compiler):
    write_sources(tmp_path, "def handle():\n    return 1\nreturn 2\n")

    with pytest.raises(
        PackagingError,
        match=rf"^/var/task/functions/handlers/accept\.py .* {HOST.release} \('return' outside",
    ):
        archive(tmp_path, compiler)


def test_an_interpreter_of_another_release_is_refused(tmp_path):
    write_sources(tmp_path)
    compiler = Compiler(Interpreter("3.0.0", HOST.tag, is_host=True), tmp_path / "cache")

    with pytest.raises(PackagingError, match=rf"this is Python {HOST.release}, and 3\.0\.0 was expected"):
        archive(tmp_path, compiler)


def test_a_layer_has_the_bytecode_of_every_source_that_is_valid(tmp_path, one_source_layer):
    lock = tmp_path / "requirements.txt"
    lock.touch()
    caches = [tmp_path / "one", tmp_path / "two"]

    layers = [
        build_layer(Target.host(), requirements=lock, cache=cache, compiler=Compiler(HOST, cache))
        for cache in caches
    ]

    pack = layers[0] / "python" / "pack"
    assert [path.name for path in (pack / "__pycache__").iterdir()] == [f"good.{HOST.tag}.pyc"]
    assert (pack / "__pycache__").stat().st_mode & 0o777 == 0o755
    assert (pack / f"__pycache__/good.{HOST.tag}.pyc").stat().st_mode & 0o777 == 0o644
    assert tree_digest(layers[0]) == tree_digest(layers[1])


def test_each_release_has_a_layer_of_its_own_and_so_has_none(tmp_path, one_source_layer, monkeypatch):
    lock = tmp_path / "requirements.txt"
    lock.touch()
    monkeypatch.setattr(Compiler, "compile_layer", lambda self, layer: None)
    compilers = [None, Compiler(HOST, tmp_path), Compiler(Interpreter("3.0.0", "x", is_host=True), tmp_path)]

    layers = {
        build_layer(Target.host(), requirements=lock, cache=tmp_path, compiler=compiler)
        for compiler in compilers
    }

    assert len(layers) == len(compilers)
