"""Clients of the emulator's AWS services."""

from __future__ import annotations

from functools import cache
from typing import Any

from botocore.config import Config

from ops.session import session_without_files


@cache
def client_of(service: str, *, region: str, endpoint_url: str) -> Any:  # noqa: ANN401 - see Emulator.client
    """Return the one client of a service at an endpoint, untouched by the developer's AWS configuration."""
    return session_without_files().create_client(
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
            # A proxy cannot reach this loopback.
            proxies={},
        ),
    )
