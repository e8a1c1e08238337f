from __future__ import annotations

import io
import os
import zipfile

import pulumi
import pytest

from infra.packaging import PackagingError, function_archive, zip_archive


def unzip(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        return {name: file.read(name) for name in file.namelist()}


FILES = {"b.py": "b", "a.py": "a", "pack/c.py": "c", "pack/__pycache__/c.pyc": "bytecode"}


@pytest.fixture
def directory(tmp_path):
    for name, text in FILES.items():
        path = tmp_path / "tree" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "tree"


def test_a_function_archive_holds_the_handlers_files_under_their_package(tmp_path):
    handlers = tmp_path / "functions" / "handlers"
    handlers.mkdir(parents=True)
    for path in (handlers.parent / "__init__.py", handlers / "__init__.py", handlers / "other.py"):
        path.touch()
    (handlers / "accept.py").write_text("handle = 1\n")

    archive = function_archive(tmp_path, "functions.handlers.accept")

    assert unzip(zip_archive(archive)) == {
        "functions/__init__.py": b"",
        "functions/handlers/__init__.py": b"",
        "functions/handlers/accept.py": b"handle = 1\n",
    }


def test_a_directory_is_zipped_whole_in_the_order_of_its_names(directory):
    files = unzip(zip_archive(pulumi.FileArchive(str(directory))))

    assert list(files.items()) == [
        ("a.py", b"a"),
        ("b.py", b"b"),
        ("pack/__pycache__/c.pyc", b"bytecode"),
        ("pack/c.py", b"c"),
    ]


def test_assets_and_archives_may_be_nested(directory):
    archive = pulumi.AssetArchive(
        {
            "z.txt": pulumi.StringAsset("ä"),
            "own": pulumi.AssetArchive({"a.py": pulumi.FileAsset(str(directory / "a.py"))}),
            "lib": pulumi.FileArchive(str(directory)),
        }
    )

    files = unzip(zip_archive(archive))

    assert list(files) == [
        "lib/a.py",
        "lib/b.py",
        "lib/pack/__pycache__/c.pyc",
        "lib/pack/c.py",
        "own/a.py",
        "z.txt",
    ]
    assert files["z.txt"] == "ä".encode()


def test_neither_time_nor_mode_nor_the_order_of_assets_changes_the_bytes(directory):
    assets = {name: pulumi.FileAsset(str(directory / name)) for name in FILES}
    before = zip_archive(pulumi.AssetArchive(assets))
    os.utime(directory / "a.py", (1_000_000_000, 1_000_000_000))
    (directory / "a.py").chmod(0o600)

    assert zip_archive(pulumi.AssetArchive(dict(reversed(assets.items())))) == before
    assert zip_archive(pulumi.FileArchive(str(directory))) == before


def test_every_file_can_be_read_by_lambda(directory):
    (directory / "a.py").chmod(0o600)

    with zipfile.ZipFile(io.BytesIO(zip_archive(pulumi.FileArchive(str(directory))))) as file:
        modes = {info.external_attr >> 16 for info in file.infolist()}

    assert modes == {0o100644}


@pytest.mark.parametrize(
    "archive",
    [
        pulumi.RemoteArchive("https://example.com/code.zip"),
        pulumi.FileArchive("absent-directory"),
        pulumi.AssetArchive({"a": pulumi.RemoteAsset("https://example.com/a")}),
    ],
)
def test_what_cannot_be_zipped_is_refused_by_name(archive):
    with pytest.raises(PackagingError, match=r"(example\.com|absent-directory)\S*\) cannot be zipped here"):
        zip_archive(archive)
