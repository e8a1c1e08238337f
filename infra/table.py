"""A DynamoDB table, with a grant for each action on its items."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws

from infra import iam
from infra.access import Grant, Grantee


class Table:
    """A table's name, and who may do what with its items."""

    def __init__(self, table: aws.dynamodb.Table) -> None:
        self.name = table.name
        self._arn = table.arn

    def grant_get(self, function: Grantee) -> None:
        """Let the function read an item by its key."""
        self._grant(function, "dynamodb:GetItem")

    def grant_query(self, function: Grantee) -> None:
        """Let the function read items by a part of their key."""
        self._grant(function, "dynamodb:Query")

    def grant_batch_get(self, function: Grantee) -> None:
        """Let the function read several items by their keys."""
        self._grant(function, "dynamodb:BatchGetItem")

    def grant_query_index(self, index: str) -> Grant:
        """Return the grant that lets a function read items by an index."""

        def grant(function: Grantee) -> None:
            function.role.allow(
                iam.allow(["dynamodb:Query"], [pulumi.Output.concat(self._arn, f"/index/{index}")])
            )

        return grant

    def grant_put(self, function: Grantee) -> None:
        """Let the function write a whole item."""
        self._grant(function, "dynamodb:PutItem")

    def grant_update(self, function: Grantee) -> None:
        """Let the function change attributes of an item."""
        self._grant(function, "dynamodb:UpdateItem")

    def grant_delete(self, function: Grantee) -> None:
        """Let the function delete an item."""
        self._grant(function, "dynamodb:DeleteItem")

    def _grant(self, function: Grantee, action: str) -> None:
        function.role.allow(iam.allow([action], [self._arn]))
