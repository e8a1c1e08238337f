"""Create the program's resources and answer its data sources, instead of the AWS provider."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from typing import Any

from pulumi.resource import ResourceTransform
from pulumi.runtime import MockCallArgs, MockResourceArgs, Mocks

from local.deployer.errors import DeploymentError, ResourceError, StoppedError
from local.deployer.inputs import Inputs, plain
from local.deployer.resource import Created, Creator, NewResource
from local.deployer.site import Site

OnCreated = Callable[[str, str], None]


class Provider(Mocks):
    """Create what the program declares; Pulumi calls this from several threads at once."""

    def __init__(self, site: Site, creators: Mapping[str, Creator], on_created: OnCreated | None) -> None:
        self._site = site
        self._creators = creators
        self._on_created = on_created
        self._lock = threading.Lock()
        self._declared: set[tuple[str, str]] = set()
        self._failure: DeploymentError | None = None

    def new_resource(self, args: MockResourceArgs) -> tuple[str, dict[str, Any]]:
        """Create a resource and return its ID and its outputs."""
        if args.custom is False:
            return "", {}
        if self._site.stopping.is_set():
            raise StoppedError
        try:
            created, outputs = self._create(args)
            if self._on_created is not None:
                with self._lock:
                    self._on_created(args.typ, args.name)
        except Exception as error:
            self.fail(f"{args.typ} {args.name}", error)
            raise
        return created.id, outputs

    def call(self, args: MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """Return the result of a data source."""
        site = self._site
        answers = {
            "aws:index/getPartition:getPartition": {
                "id": site.partition,
                "partition": site.partition,
                # The emulator is always in AWS's standard partition.
                "dnsSuffix": "amazonaws.com",
            },
            "aws:index/getRegion:getRegion": {"id": site.cloud.region, "region": site.cloud.region},
            "aws:index/getCallerIdentity:getCallerIdentity": {
                "id": site.account_id,
                "accountId": site.account_id,
            },
        }
        if args.token not in answers:
            error = ResourceError("the laptop's deployer does not know this data source")
            self.fail(args.token, error)
            raise error
        return answers[args.token], []

    def register_transform(self, transform: ResourceTransform) -> None:  # noqa: ARG002 - Pulumi's signature
        """Refuse a transform of the whole stack: Pulumi's mock monitor would not apply it."""
        error = ResourceError("has no effect on the laptop: use a stack transformation")
        self.fail("a stack transform", error)
        raise error

    def fail(self, what: str, cause: Exception) -> DeploymentError:
        """Stop the deployment, and return its first failure: later ones are consequences."""
        with self._lock:
            if self._failure is None:
                self._failure = DeploymentError(f"{what}: {str(cause) or type(cause).__name__}")
                self._failure.__cause__ = cause
        self._site.stopping.set()
        return self._failure

    def _create(self, args: MockResourceArgs) -> tuple[Created, dict[str, Any]]:
        creator = self._creators.get(args.typ)
        if creator is None:
            raise ResourceError("the laptop's deployer does not know this type of resource")
        self._check(args)
        inputs = Inputs(plain(args.inputs))
        created = creator(NewResource(type=args.typ, name=args.name, inputs=inputs, site=self._site))
        inputs.finish()
        return created, {**inputs.values, **created.outputs}

    def _check(self, args: MockResourceArgs) -> None:
        """Raise ResourceError for options that Pulumi's engine supports and its mock monitor ignores."""
        if args.resource_id:
            raise ResourceError("the laptop has nothing to import or to look up")
        if args.transforms:
            raise ResourceError("transforms have no effect on the laptop: use transformations")
        with self._lock:
            if (args.typ, args.name) in self._declared:
                raise ResourceError("the program declares it twice")
            self._declared.add((args.typ, args.name))
