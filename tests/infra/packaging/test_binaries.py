from __future__ import annotations

import pytest

from infra.packaging import PackagingError, Target
from infra.packaging.binaries import refuse_foreign_binaries

ARM64 = Target("python3.13", "arm64")
X86_64 = Target("python3.13", "x86_64")
MACOS = Target("python3.13", "arm64", system=".cpython-313-darwin.so")


def elf(machine: int) -> bytes:
    return b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x03\x00" + machine.to_bytes(2, "little") + bytes(44)


AARCH64_CODE, X86_64_CODE, RISCV_CODE = elf(183), elf(62), elf(243)


@pytest.fixture
def library(tmp_path):
    def write(name: str, content: bytes):
        (tmp_path / "pack").mkdir(exist_ok=True)
        (tmp_path / "pack" / name).write_bytes(content)
        return tmp_path

    return write


@pytest.mark.parametrize(
    ("target", "name", "content"),
    [
        (ARM64, "_core.cpython-313-aarch64-linux-gnu.so", AARCH64_CODE),
        (X86_64, "_core.cpython-313-x86_64-linux-gnu.so", X86_64_CODE),
        (ARM64, "_core.abi3.so", AARCH64_CODE),
        (ARM64, "libgomp-98df.so.1.0.0", AARCH64_CODE),
        (ARM64, "_core.cpython-39-darwin.so.py", b"not a library"),
        (MACOS, "_core.cpython-313-darwin.so", b"\xcf\xfa\xed\xfe"),
    ],
)
def test_a_library_for_the_target_passes(library, target, name, content):
    refuse_foreign_binaries(library(name, content), target)


@pytest.mark.parametrize(
    ("target", "name", "content", "fault"),
    [
        (ARM64, "_core.cpython-313-x86_64-linux-gnu.so", X86_64_CODE, "is made for another Python"),
        (ARM64, "_core.cpython-312-aarch64-linux-gnu.so", AARCH64_CODE, "is made for another Python"),
        (ARM64, "_core.cpython-313t-aarch64-linux-gnu.so", AARCH64_CODE, "is made for another Python"),
        (ARM64, "_core.cpython-313-darwin.so", b"\xcf\xfa\xed\xfe", "is made for another Python"),
        (ARM64, "_core.cp313-win_amd64.pyd", b"MZ", "is made for another Python"),
        (MACOS, "_core.cpython-313-aarch64-linux-gnu.so", AARCH64_CODE, "is made for another Python"),
        (ARM64, "_core.cpython-313-aarch64-linux-gnu.so", X86_64_CODE, "is made for x86_64"),
        (X86_64, "_core.abi3.so", AARCH64_CODE, "is made for arm64"),
        (ARM64, "libgomp.so.1", RISCV_CODE, "is made for machine 243"),
        (ARM64, "libgomp.dylib", b"\xcf\xfa\xed\xfe", "is not a Linux library"),
        (ARM64, "_core.abi3.so", b"", "is not a Linux library"),
    ],
)
def test_a_library_for_anything_else_is_refused_by_name(library, target, name, content, fault):
    with pytest.raises(PackagingError, match="pin another version") as caught:
        refuse_foreign_binaries(library(name, content), target)

    assert str(caught.value).startswith(f"pack/{name} {fault}")
