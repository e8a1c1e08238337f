from __future__ import annotations

import pytest

from infra.packaging.tree import tidy, tree_digest


@pytest.fixture
def tree(tmp_path):
    (tmp_path / "pack").mkdir()
    (tmp_path / "pack" / "a.py").write_text("a")
    (tmp_path / "pack" / "b.py").write_text("b")
    return tmp_path


@pytest.mark.parametrize(
    "change",
    [
        lambda tree: (tree / "pack/a.py").write_text("c"),
        lambda tree: (tree / "pack/a.py").chmod(0o600),
        lambda tree: (tree / "pack").chmod(0o700),
        lambda tree: (tree / "pack/a.py").rename(tree / "pack/c.py"),
        lambda tree: (tree / "pack/a.py").unlink(),
        lambda tree: (tree / "empty").mkdir(),
    ],
)
def test_a_digest_tells_names_modes_and_bytes_apart(tree, change):
    before = tree_digest(tree)

    change(tree)

    assert tree_digest(tree) != before


def test_tidying_takes_out_bytecode_that_a_wheel_brought_and_its_lines_in_the_list(tree):
    (tree / "pack/__pycache__").mkdir()
    (tree / "pack/__pycache__/a.pyc").touch()
    (tree / "pack-1.0.dist-info").mkdir()
    record = tree / "pack-1.0.dist-info/RECORD"
    record.write_text(
        'pack/a.py,sha256=x,1\r\n"pack/__pycache__/a.pyc",sha256=y,0\r\npack-1.0.dist-info/RECORD,,\r\n'
    )

    tidy(tree)

    assert not (tree / "pack/__pycache__").exists()
    assert record.read_text() == "pack/a.py,sha256=x,1\npack-1.0.dist-info/RECORD,,\n"
