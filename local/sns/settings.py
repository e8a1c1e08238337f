"""SNS's settings in the emulator's environment, and the files with its certificate authority."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from local.sns.behaviour import SnsBehaviour, parse_behaviour

DIRECTORY = "ORDER_WEBHOOKS_SNS_DIRECTORY"
BEHAVIOUR = "ORDER_WEBHOOKS_SNS_BEHAVIOUR"
DELIVERY_LOG = "ORDER_WEBHOOKS_DELIVERY_LOG"

_CA_FILE = "ca.pem"
_ORIGIN_FILE = "certificate-origin"


@dataclass(frozen=True, slots=True, kw_only=True)
class SnsSettings:
    """The settings of one emulator's SNS.

    What receivers need to verify messages is written into `directory`. Every attempt is appended to
    `delivery_log_path` if there is one. `behaviour` is what AWS leaves undocumented.
    """

    directory: Path
    delivery_log_path: Path | None
    behaviour: SnsBehaviour


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalAuthority:
    """Name the origin of the signing certificate, and the file of the authority that vouches for it."""

    certificate_origin: str
    ca_file: Path


def read_settings(environment: Mapping[str, str]) -> SnsSettings:
    """Return the settings."""
    log_path = environment.get(DELIVERY_LOG)
    return SnsSettings(
        directory=Path(environment.get(DIRECTORY) or tempfile.gettempdir()),
        delivery_log_path=Path(log_path) if log_path else None,
        behaviour=parse_behaviour(environment.get(BEHAVIOUR) or "{}"),
    )


def write_authority(directory: Path, certificate_origin: str, authority_pem: bytes) -> None:
    """Leave in a directory what `read_authority` finds there."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / _CA_FILE).write_bytes(authority_pem)
    (directory / _ORIGIN_FILE).write_text(certificate_origin, encoding="utf-8")


def read_authority(directory: Path) -> LocalAuthority:
    """Return what an emulator has left in its directory since it was first asked for anything of SNS."""
    return LocalAuthority(
        certificate_origin=(directory / _ORIGIN_FILE).read_text(encoding="utf-8"),
        ca_file=directory / _CA_FILE,
    )
