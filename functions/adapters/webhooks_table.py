"""The `webhooks` table: each client's webhooks."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from functions.adapters.client_records import COUNT_ID, ClientRecords
from functions.adapters.conflicts import retrying_conflicts
from functions.adapters.items import from_item, to_item
from functions.domain.registration_refused import WebhookConflict
from functions.domain.webhook import Webhook

if TYPE_CHECKING:
    from functions.domain.webhook_request import WebhookChanges


class WebhooksTable(ClientRecords):
    """Webhooks by client and ID, each counted in its client's own record."""

    def create(self, webhook: Webhook, *, max_per_client: int) -> Webhook | None:
        """Store a new webhook and count it; where it is stored already, return what is stored.

        Returns None for a new one. Raises `WebhookConflict`.
        """
        put = {
            "TableName": self.table_name,
            "Item": to_item(webhook.document()),
            "ConditionExpression": "attribute_not_exists(webhook_id)",
        }
        count = self._count(webhook.client_id, by=1, condition="attribute_not_exists(#n) OR #n < :limit")
        count["ExpressionAttributeValues"] |= to_item({":limit": max_per_client})
        try:
            self._write({"Put": put}, {"Update": count})
        except self.client.exceptions.TransactionCanceledException as error:
            existing = self.find(webhook.client_id, webhook.webhook_id)
            if existing is not None:
                return existing
            if error.response["CancellationReasons"][1].get("Code") == "ConditionalCheckFailed":
                raise WebhookConflict(
                    f"You have {max_per_client} webhooks, the most there may be: delete one first."
                ) from error
            raise
        return None

    def find(self, client_id: str, webhook_id: str) -> Webhook | None:
        """Return a client's webhook, or None."""
        answer = self.client.get_item(
            TableName=self.table_name, Key=self.key(client_id, webhook_id), ConsistentRead=True
        )
        is_webhook = "Item" in answer and webhook_id != COUNT_ID
        return Webhook.model_validate(from_item(answer["Item"])) if is_webhook else None

    def of_client(self, client_id: str) -> list[Webhook]:
        """Return all webhooks of a client, by ID."""
        pages = self.client.get_paginator("query").paginate(
            TableName=self.table_name,
            KeyConditionExpression="client_id = :client AND webhook_id > :count",
            ExpressionAttributeValues=to_item({":client": client_id, ":count": COUNT_ID}),
            ConsistentRead=True,
        )
        return [Webhook.model_validate(from_item(item)) for page in pages for item in page["Items"]]

    def set_subscription(self, webhook: Webhook, subscription_arn: str) -> bool:
        """Store a webhook's subscription; return False where the webhook has been deleted meanwhile.

        By the revision, a deletion that read the webhook before finds that it has changed.
        """
        self.update_pending(webhook, "SET pending.#id.subscription_arn = :arn", {":arn": subscription_arn})
        return self._update(
            webhook,
            "SET subscription_arn = :arn, revision = if_not_exists(revision, :zero) + :one "
            "REMOVE confirmed_at",
            {":arn": subscription_arn, ":zero": 0, ":one": 1},
        )

    def change(self, webhook: Webhook, changes: WebhookChanges) -> Webhook | None:
        """Change what the client has chosen, and return the webhook; None where it has been deleted.

        Another registration of the same URL counts as another webhook.
        """
        chosen = changes.model_dump(exclude_none=True)
        if not chosen:
            return webhook
        names = {f"#{name}": name for name in chosen}
        values = {f":{name}": value for name, value in chosen.items()}
        try:
            answer = retrying_conflicts(
                lambda: self.client.update_item(
                    TableName=self.table_name,
                    Key=self.key(webhook.client_id, webhook.webhook_id),
                    UpdateExpression="SET " + ", ".join(f"#{name} = :{name}" for name in chosen),
                    ConditionExpression="created_at = :registered",
                    ExpressionAttributeNames=names,
                    ExpressionAttributeValues=to_item({**values, ":registered": webhook.created_at}),
                    ReturnValues="ALL_NEW",
                )
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return None
        return Webhook.model_validate(from_item(answer["Attributes"]))

    def delete(self, webhook: Webhook, *, forget_pending: bool = False) -> bool:
        """Delete a webhook and count it off; the second time changes nothing.

        Returns False where its subscription was stored after the webhook was read. `forget_pending` removes
        it from the client's unconfirmed subscriptions too.
        """
        delete = {
            "TableName": self.table_name,
            "Key": self.key(webhook.client_id, webhook.webhook_id),
            "ConditionExpression": "attribute_exists(webhook_id) AND "
            "(attribute_not_exists(revision) OR revision = :revision)",
            "ExpressionAttributeValues": to_item({":revision": webhook.revision}),
        }
        count = self._count(webhook.client_id, by=-1, condition="attribute_exists(#n)")
        try:
            self._write({"Delete": delete}, {"Update": count})
        except self.client.exceptions.TransactionCanceledException as error:
            if self.find(webhook.client_id, webhook.webhook_id) is not None:
                if error.response["CancellationReasons"][0].get("Code") == "ConditionalCheckFailed":
                    return False
                raise
        if forget_pending:
            self.forget_pending(webhook)
        return True

    def _update(self, webhook: Webhook, expression: str, values: Mapping[str, Any]) -> bool:
        """Change a webhook; return False where it has been deleted."""
        try:
            retrying_conflicts(
                lambda: self.client.update_item(
                    TableName=self.table_name,
                    Key=self.key(webhook.client_id, webhook.webhook_id),
                    UpdateExpression=expression,
                    ConditionExpression="attribute_exists(webhook_id)",
                    ExpressionAttributeValues=to_item(values),
                )
            )
        except self.client.exceptions.ConditionalCheckFailedException:
            return False
        return True

    def _write(self, *items: dict[str, Any]) -> None:
        retrying_conflicts(lambda: self.client.transact_write_items(TransactItems=items))  # type: ignore[arg-type]

    def _count(self, client_id: str, *, by: int, condition: str) -> dict[str, Any]:
        return {
            "TableName": self.table_name,
            "Key": self.key(client_id, COUNT_ID),
            "UpdateExpression": "ADD #n :by",
            "ConditionExpression": condition,
            "ExpressionAttributeNames": {"#n": "registered"},
            "ExpressionAttributeValues": to_item({":by": by}),
        }
