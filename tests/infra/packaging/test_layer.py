from __future__ import annotations

import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from infra.packaging import PackagingError, Target, build_layer
from infra.packaging import layer as layer_module
from infra.packaging.tree import tree_digest

ROOT = Path(__file__).resolve().parents[3]
LOCK = ROOT / "functions" / "requirements.txt"
ARM64 = Target("python3.13", "arm64")
X86_64 = Target("python3.13", "x86_64")
TARGETS = [ARM64, X86_64, Target("python3.14", "arm64"), Target.host()]


def build(target: Target, requirements: Path, cache: Path) -> Path:
    try:
        return build_layer(target, requirements=requirements, cache=cache)
    except PackagingError as error:
        if "cannot be reached" in str(error):
            pytest.skip(str(error))
        raise


@pytest.fixture(scope="session")
def cache(tmp_path_factory):
    return tmp_path_factory.mktemp("layers")


@pytest.fixture
def fake_install(monkeypatch):
    """Replace the installation, so that the cache can be tested alone; the list holds one entry a build."""
    builds = []

    def install(requirements, target, directory):
        builds.append(directory)
        (directory / "pack.py").write_text("x = 1\n")

    monkeypatch.setattr(layer_module, "install", install)
    return builds


@pytest.fixture
def lock(tmp_path):
    path = tmp_path / "functions" / "requirements.txt"
    path.parent.mkdir()
    path.write_text("")
    return path


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_a_layer_holds_the_compiled_core_for_its_target_and_nothing_of_the_builder(target, cache):
    layer = build(target, LOCK, cache)

    assert [path.name for path in layer.iterdir()] == ["python"]
    assert (layer / f"python/pydantic_core/_pydantic_core{target.extension_suffix}").is_file()
    assert (layer / "python/aws_lambda_powertools/__init__.py").is_file()
    names = {path.name for path in layer.rglob("*")}
    assert not names & {
        "__pycache__",
        ".lock",
        "bin",
        "INSTALLER",
        "REQUESTED",
        "direct_url.json",
        "uv_cache.json",
    }
    assert {path.stat().st_mode & 0o777 for path in layer.rglob("*") if path.is_file()} == {0o644}


@pytest.mark.parametrize("target", TARGETS, ids=str)
def test_two_builds_in_different_places_are_the_same_to_the_byte(target, cache, tmp_path):
    first = build(target, LOCK, cache)
    before = os.umask(0o077)
    try:
        second = build(target, LOCK, tmp_path / "another" / "place")
    finally:
        os.umask(before)

    assert first != second
    assert tree_digest(first) == tree_digest(second)
    assert first.parent.name == second.parent.name


def test_the_lists_of_the_wheels_name_only_files_that_are_there(cache):
    tree = build(ARM64, LOCK, cache) / "python"

    records = list(tree.glob("*.dist-info/RECORD"))
    assert records
    for record in records:
        for line in record.read_text().splitlines():
            assert (tree / line.split(",")[0]).exists(), line
    assert metadata.Distribution.at(next(tree.glob("pydantic-*.dist-info"))).version


def test_a_layer_that_is_there_is_used_as_it_is(fake_install, lock, tmp_path):
    first = build_layer(ARM64, requirements=lock, cache=tmp_path)
    second = build_layer(ARM64, requirements=lock, cache=tmp_path)

    assert first == second
    assert len(fake_install) == 1


def test_each_lock_and_target_has_its_own_layer(fake_install, lock, tmp_path, monkeypatch):
    layers = {build_layer(target, requirements=lock, cache=tmp_path) for target in TARGETS}
    lock.write_text("# changed\n")
    layers.add(build_layer(ARM64, requirements=lock, cache=tmp_path))
    monkeypatch.setattr(layer_module, "_BUILDER_VERSION", layer_module._BUILDER_VERSION + 1)
    layers.add(build_layer(ARM64, requirements=lock, cache=tmp_path))

    assert len(layers) == len(TARGETS) + 2


@pytest.mark.parametrize(
    "damage",
    [
        lambda layer: (layer / "python/pack.py").write_text("x = 2\n"),
        lambda layer: (layer / "python/pack.py").unlink(),
        lambda layer: (layer / "python/pack.py").chmod(0o600),
        lambda layer: (layer / "python/__pycache__").mkdir(),
        lambda layer: (layer.parent / "stamp").unlink(),
    ],
)
def test_a_damaged_layer_is_built_anew(fake_install, lock, tmp_path, damage):
    layer = build_layer(ARM64, requirements=lock, cache=tmp_path / "cache")
    intact = tree_digest(layer)
    damage(layer)

    assert build_layer(ARM64, requirements=lock, cache=tmp_path / "cache") == layer
    assert len(fake_install) == 2
    assert tree_digest(layer) == intact
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [layer.parent.name]


def test_a_failed_build_leaves_nothing_behind(lock, tmp_path, monkeypatch):
    def fail(requirements, target, directory):
        (directory / "half.py").touch()
        raise PackagingError("no")

    monkeypatch.setattr(layer_module, "install", fail)

    with pytest.raises(PackagingError):
        build_layer(ARM64, requirements=lock, cache=tmp_path / "cache")
    assert list((tmp_path / "cache").iterdir()) == []


def test_a_layer_that_another_process_finished_first_is_used(lock, tmp_path, monkeypatch):
    def install(requirements, target, directory):
        (directory / "pack.py").write_text("x = 1\n")
        monkeypatch.setattr(layer_module, "install", write)
        other = build_layer(target, requirements=requirements, cache=tmp_path / "cache")
        (other.parent / "first").touch()

    def write(requirements, target, directory):
        (directory / "pack.py").write_text("x = 1\n")

    monkeypatch.setattr(layer_module, "install", install)

    layer = build_layer(ARM64, requirements=lock, cache=tmp_path / "cache")

    assert (layer.parent / "first").exists()


def test_two_processes_may_build_at_once(lock, tmp_path):
    # One package is enough.
    packages = re.split(r"^(?=\S)", LOCK.read_text(), flags=re.MULTILINE)
    lock.write_text("".join(each for each in packages if each.startswith("annotated-types==")))
    program = (
        "import sys; from pathlib import Path; from infra.packaging import Target, build_layer\n"
        "lock, cache = map(Path, sys.argv[1:])\n"
        "print(build_layer(Target('python3.13', 'arm64'), requirements=lock, cache=cache))"
    )
    command = [sys.executable, "-c", program, str(lock), str(tmp_path / "cache")]
    build(ARM64, lock, tmp_path / "probe")  # skips where there is no index
    running = [
        subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    results = [process.communicate(timeout=300) for process in running]

    assert [process.returncode for process in running] == [0, 0], results
    assert results[0][0] == results[1][0]
    layer = Path(results[0][0].strip())
    assert (layer / "python/annotated_types/__init__.py").is_file()
    assert [path.name for path in (tmp_path / "cache").iterdir()] == [layer.parent.name]
    assert (layer.parent / "stamp").read_text() == tree_digest(layer)


ANOTHER_HASH = f"sha256:{'0' * 63}1"
SOURCE_ONLY = "pyaes==1.6.1 --hash=sha256:02c1b1405c38d3c370b085fb952dd8bea3fadcee6411ad99f312cc129c536d8f"


@pytest.mark.parametrize(
    ("requirement", "target", "message"),
    [
        (
            SOURCE_ONLY,
            ARM64,
            "pyaes==1.6.1 has no wheel for python3.13 on arm64 (aarch64-manylinux_2_28), and",
        ),
        (
            SOURCE_ONLY,
            Target.host(),
            f"pyaes==1.6.1 has no wheel for {Target.host()}, and nothing is compiled",
        ),
        # The wheels of this old release end before Python 3.13.
        (
            f"pydantic-core==2.0.0 --hash={ANOTHER_HASH}",
            X86_64,
            "pydantic-core==2.0.0 has no wheel for python3.13 on x86_64 (x86_64-manylinux_2_28)",
        ),
        (
            f"annotated-types==0.8.0 --hash={ANOTHER_HASH}",
            ARM64,
            "The index served other bytes for annotated-types==0.8.0 than functions/requirements.txt",
        ),
        ("annotated-types==0.8.0", ARM64, "functions/requirements.txt has packages without a hash"),
        (
            "annotated-types=0.8.0",
            ARM64,
            "The packages of functions/requirements.txt cannot be installed for python3.13",
        ),
        (
            f"order-webhooks-is-not-published==1.0 --hash={ANOTHER_HASH}",
            ARM64,
            "The package index has no order-webhooks-is-not-published: correct functions/requirements.in",
        ),
    ],
)
def test_what_uv_refuses_is_explained(requirement, target, message, lock, tmp_path):
    lock.write_text(requirement)

    with pytest.raises(PackagingError) as caught:
        build(target, lock, tmp_path / "cache")

    assert str(caught.value).startswith(message)
    assert " uv said: " in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("target", "way_out"),
    [
        (
            ARM64,
            "set functions.architecture or functions.runtime in the stack's settings to one that has them.",
        ),
        (Target.host(), "run this with a Python version that has them."),
    ],
)
def test_a_missing_wheel_comes_with_the_ways_out(target, way_out, lock, tmp_path):
    lock.write_text(SOURCE_ONLY)

    with pytest.raises(PackagingError) as caught:
        build(target, lock, tmp_path / "cache")

    pin = "pin a version that has wheels in functions/requirements.in and run `make lock`"
    assert f"{pin}, or {way_out} uv said: No solution found" in str(caught.value)


def test_an_index_that_cannot_be_reached_is_explained(lock, tmp_path, monkeypatch):
    lock.write_text(LOCK.read_text())
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")

    with pytest.raises(
        PackagingError, match=r"index cannot be reached.*UV_DEFAULT_INDEX, HTTPS_PROXY or SSL"
    ):
        build_layer(ARM64, requirements=lock, cache=tmp_path / "cache")


def test_a_missing_uv_is_explained(lock, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "uv", None)

    with pytest.raises(PackagingError, match=r"uv, which builds .* run `make install`"):
        build_layer(ARM64, requirements=lock, cache=tmp_path / "cache")


def test_a_missing_lock_is_explained(tmp_path):
    with pytest.raises(
        PackagingError, match=r"cannot be read \(No such file.*absent\.txt\): run `make lock`"
    ):
        build_layer(ARM64, requirements=tmp_path / "absent.txt", cache=tmp_path)


def test_a_wheel_with_code_for_another_machine_is_refused(lock, tmp_path, monkeypatch):
    def install(requirements, target, directory):
        (directory / "_core.abi3.so").write_bytes(b"\x7fELF" + bytes(14) + b"\x3e\x00")

    monkeypatch.setattr(layer_module, "install", install)

    with pytest.raises(PackagingError, match=r"_core\.abi3\.so is made for x86_64"):
        build_layer(ARM64, requirements=lock, cache=tmp_path)
