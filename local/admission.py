"""How the laptop's API asks who is calling: what that takes before it runs, and a caller whom it lets in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from local.callers import AnonymousCaller, Caller, TokenCaller, create_user
from local.emulator import Emulator
from local.issuer import Issuer, running_issuer
from local.laptop_options import Auth

_AUDIENCE = "orders"
_CLIENT_ID = "shop"
# Longer than anybody tries things out.
_TOKEN_LIFETIME_SECONDS = 7 * 24 * 60 * 60


@dataclass(frozen=True, kw_only=True)
class Admission:
    """The `api` of the stack's settings, what the emulator's environment needs for it, and who calls."""

    settings: Mapping[str, Any]
    environment: Mapping[str, str] = field(default_factory=dict)
    make_caller: Callable[[Emulator], Caller]
    told: str = ""
    """Who the caller is; "" where that needs no telling."""


@contextmanager
def running_admission(auth: Auth, directory: Path) -> Iterator[Admission]:
    """Run what an authorisation needs for the length of the block: with `jwt`, an issuer of tokens."""
    if auth == "jwt":
        with running_issuer(directory) as issuer:
            yield _by_token(issuer, directory / "token")
    elif auth == "iam":
        yield Admission(
            settings={"auth": "iam"},
            make_caller=create_user,
            told="a new IAM user, who may call the API and signs each request",
        )
    else:
        yield Admission(settings={"auth": "none"}, make_caller=lambda _emulator: AnonymousCaller())


def _by_token(issuer: Issuer, path: Path) -> Admission:
    token = issuer.token(audience=_AUDIENCE, client_id=_CLIENT_ID, lifetime_seconds=_TOKEN_LIFETIME_SECONDS)
    path.write_text(token)
    return Admission(
        settings={"auth": "jwt", "jwt": {"issuer": issuer.url, "audience": _AUDIENCE}},
        environment=issuer.trust,
        make_caller=lambda _emulator: TokenCaller(token, path),
        told=f"client {_CLIENT_ID}, with a token of {issuer.url}",
    )
