"""Clients of the emulator's AWS services."""

from __future__ import annotations

import os
from functools import cache
from typing import Any

import botocore.session
from botocore.config import Config

_NO_AWS_FILES = {
    "profile": (None, None, None, None),
    "config_file": (None, None, os.devnull, None),
    "credentials_file": (None, None, os.devnull, None),
}


@cache
def client_of(service: str, *, region: str, endpoint_url: str) -> Any:  # noqa: ANN401 - see Emulator.client
    """Return the one client of a service at an endpoint, untouched by the developer's AWS configuration."""
    # botocore's session: boto3's would look for the profile that AWS_PROFILE names.
    session = botocore.session.Session(session_vars=_NO_AWS_FILES)
    return session.create_client(
        service,
        region_name=region,
        endpoint_url=endpoint_url,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 - the emulator takes any
        config=Config(
            connect_timeout=5,
            read_timeout=60,
            max_pool_connections=50,
            retries={"mode": "standard", "total_max_attempts": 3},
            # Step Functions would call "sync-127.0.0.1" for StartSyncExecution.
            inject_host_prefix=False,
            # A proxy of the developer's has no way to this loopback.
            proxies={},
        ),
    )
