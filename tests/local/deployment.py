"""The real program, deployed in the emulator, with what each of its resources was declared and made as."""

from __future__ import annotations

import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from local.deployer import deploy, program

PROGRAM = Path(__file__).resolve().parents[2] / "__main__.py"


@dataclass(frozen=True)
class Declared:
    """A resource as the program declared it, and what its creator made of it."""

    type: str
    name: str
    inputs: dict[str, Any]
    id: str
    outputs: dict[str, Any]


class Deployment:
    def __init__(self, cloud, settings, stack, monkeypatch):
        self.cloud = cloud
        self.stack = stack
        self.resources = []
        creators = {kind: self._noting(creator) for kind, creator in program.CREATORS.items()}
        monkeypatch.setattr(program, "CREATORS", creators)
        self.exports = deploy(PROGRAM, settings=settings, stack=stack, cloud=cloud)

    def _noting(self, creator):
        def create(resource):
            created = creator(resource)
            self.resources.append(
                Declared(
                    resource.type,
                    resource.name,
                    dict(resource.inputs.values),
                    created.id,
                    dict(created.outputs),
                )
            )
            return created

        return create

    def client(self, service):
        return self.cloud.client(service)

    def named(self, ending, name):
        (found,) = [each for each in self.of_type(ending) if each.name == name]
        return found

    def of_type(self, ending):
        found = [each for each in self.resources if each.type.endswith(f":{ending}")]
        assert found
        return found


@contextmanager
def confirming_webhook() -> Iterator[str]:
    """Serve a webhook that confirms its subscription, and yield its URL."""

    def confirm(request: Request) -> Response:
        message = request.get_json(force=True)
        if message["Type"] == "SubscriptionConfirmation":
            urllib.request.urlopen(message["SubscribeURL"], timeout=30).close()
        return Response()

    with HTTPServer("127.0.0.1", 0) as server:
        server.expect_request("/hook", method="POST").respond_with_handler(confirm)
        yield server.url_for("/hook")
