"""The Python that a layer is built for."""

from __future__ import annotations

import platform
import sys
import sysconfig
from dataclasses import dataclass

# python3.12 and later run on Amazon Linux 2023 (glibc 2.34), which takes manylinux_2_28 wheels; the runtimes
# before them, which the settings refuse, run on Amazon Linux 2 (glibc 2.26), which does not.
# https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
_LAMBDA_SYSTEM = "manylinux_2_28"

_MACHINES = {"arm64": "aarch64", "x86_64": "x86_64"}
_ARCHITECTURES = {"aarch64": "arm64", "arm64": "arm64", "x86_64": "x86_64", "amd64": "x86_64"}


@dataclass(frozen=True, slots=True)
class Target:
    """Name a Lambda runtime ("python3.13") and architecture ("arm64" or "x86_64"), or this interpreter."""

    runtime: str
    architecture: str
    system: str = _LAMBDA_SYSTEM

    @classmethod
    def host(cls) -> Target:
        """Name the interpreter that runs this, for functions that run on the laptop."""
        machine = platform.machine()
        return cls(
            runtime=f"python{sys.version_info.major}.{sys.version_info.minor}",
            architecture=_ARCHITECTURES.get(machine.lower(), machine),
            system=str(sysconfig.get_config_var("EXT_SUFFIX")),
        )

    @property
    def is_lambda(self) -> bool:
        """Return whether this is a Lambda runtime rather than this machine."""
        return self.system == _LAMBDA_SYSTEM

    @property
    def python_version(self) -> str:
        """Give the version as uv takes it: "3.13"."""
        return self.runtime.removeprefix("python")

    @property
    def platform(self) -> str:
        """Give Lambda's platform as uv takes it: "aarch64-manylinux_2_28"."""
        return f"{_MACHINES[self.architecture]}-{self.system}"

    @property
    def extension_suffix(self) -> str:
        """Give the ending of an extension module: ".cpython-313-aarch64-linux-gnu.so"."""
        if not self.is_lambda:
            return self.system
        return f".cpython-{self.python_version.replace('.', '')}-{_MACHINES[self.architecture]}-linux-gnu.so"

    def __str__(self) -> str:
        where = f"on {self.architecture} ({self.platform})" if self.is_lambda else "on this machine"
        return f"{self.runtime} {where}"
