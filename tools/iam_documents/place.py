"""Where a stack is deployed, and the ARNs of its resources there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml  # type: ignore[import-untyped]  # its stubs are not in the environment

from infra.naming import autonamed

_ROOT = Path(__file__).resolve().parents[2]
PROJECT: str = yaml.safe_load((_ROOT / "Pulumi.yaml").read_text(encoding="utf-8"))["name"]


@dataclass(frozen=True, kw_only=True)
class Place:
    """The stack, account and region that a policy is for."""

    account_id: str
    region: str
    stack: str
    state_bucket: str
    """The S3 bucket with the stacks' state."""
    secrets_key_alias: str
    """The KMS key that encrypts the secrets in the stack's file and state."""
    domain_name: str | None = None
    hosted_zone_id: str | None = None
    """Of the API's own domain name, where it has one."""
    partition: str = "aws"

    @property
    def dns_suffix(self) -> str:
        """What the hosts of AWS's services end in."""
        return "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"

    @property
    def name(self) -> str:
        """Project and stack: the prefix of the names that Pulumi does not generate."""
        return f"{PROJECT}-{self.stack}"

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a resource in the region and the account."""
        return f"arn:{self.partition}:{service}:{self.region}:{self.account_id}:{resource}"

    def arns(self, service: str, kind: str, logical_names: Iterable[str]) -> list[str]:
        """Return ARN patterns that match the names Pulumi generates; `kind` comes before the name."""
        return [self.arn(service, f"{kind}{autonamed(each)}") for each in logical_names]

    def roles(self, logical_names: Iterable[str]) -> list[str]:
        """Return the patterns of roles' ARNs."""
        base = f"arn:{self.partition}:iam::{self.account_id}:role/"
        return [f"{base}{autonamed(each)}" for each in logical_names]

    def api(self, path: str) -> str:
        """Return the ARN of a path of API Gateway's own API."""
        return f"arn:{self.partition}:apigateway:{self.region}::{path}"


# The example values of the documents in docs/.
EXAMPLE = Place(
    account_id="123456789012",
    region="eu-west-1",
    stack="prod",
    state_bucket="my-pulumi-state",
    secrets_key_alias="alias/pulumi-secrets",
    domain_name="orders.shop.example",
    hosted_zone_id="Z0123456789ABC",
)
