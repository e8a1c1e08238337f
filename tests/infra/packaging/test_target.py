from __future__ import annotations

import sys

import pulumi

from infra.packaging import PackagingError, Target


def test_a_lambda_target_names_its_platform_for_uv_and_its_extension_modules():
    target = Target("python3.13", "arm64")

    assert (target.python_version, target.platform) == ("3.13", "aarch64-manylinux_2_28")
    assert target.extension_suffix == ".cpython-313-aarch64-linux-gnu.so"
    assert str(target) == "python3.13 on arm64 (aarch64-manylinux_2_28)"


def test_the_host_is_this_interpreter():
    target = Target.host()

    assert not target.is_lambda
    assert target.runtime == f"python3.{sys.version_info.minor}"
    assert f"cpython-3{sys.version_info.minor}" in target.extension_suffix
    assert str(target).endswith("on this machine")


def test_a_packaging_error_ends_a_pulumi_program_without_a_traceback():
    assert issubclass(PackagingError, pulumi.RunError)
