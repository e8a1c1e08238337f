"""Checks the requests of the deployer and of the operator's commands against botocore's models."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from local.client import client_of
from local.deployer.site import Cloud, Site
from local.emulator import Emulator
from ops.target import Target
from tests.support.request_models import check_requests


@pytest.fixture(scope="session", autouse=True)
def checked_deployer() -> Iterator[None]:
    """Check every request that a deployment to an emulator makes, on clients that nothing else has."""
    survey = Site.survey

    def surveyed(stack: str, cloud: Cloud, services: Iterable[str]) -> Site:
        site = survey(stack, cloud, services)
        if isinstance(cloud, Emulator):
            for service in site.clients:
                own = client_of.__wrapped__(service, region=cloud.region, endpoint_url=cloud.endpoint_url)
                site.clients[service] = check_requests(own)
        return site

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Site, "survey", surveyed)
        yield


@pytest.fixture(scope="session", autouse=True)
def checked_operator() -> Iterator[None]:
    """Check every request that an operator's command makes."""
    make_client = Target._make_client

    def made(target: Target, service: str) -> Any:
        return check_requests(make_client(target, service))

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Target, "_make_client", made)
        yield
