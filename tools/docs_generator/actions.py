"""The verb that a diagram shows for each action that a role may take."""

from __future__ import annotations

_WORDS: dict[str, tuple[str, ...]] = {
    "reads": (
        *("dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:Query"),
        "secretsmanager:GetSecretValue",
    ),
    "writes": ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"),
    "sends": ("sqs:SendMessage",),
    "defers": ("sqs:ChangeMessageVisibility",),
    "publishes": ("sns:Publish",),
    "subscribes": ("sns:Subscribe",),
    "asks": ("sns:GetSubscriptionAttributes", "sns:GetTopicAttributes"),
    "changes": ("sns:SetSubscriptionAttributes",),
    "ends": ("sns:Unsubscribe",),
    "starts": ("states:StartExecution",),
    "invokes": ("lambda:InvokeFunction",),
}
# Every function does these, or the event source mapping's own arrow already shows them.
_NOT_DRAWN = ("kms:", "logs:", "xray:", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


class UnknownActionError(LookupError):
    """The program allows an action that has no verb here."""


def word_for(action: str) -> str | None:
    """Return the verb for an action, or None if it is not drawn; raise `UnknownActionError`."""
    for word, actions in _WORDS.items():
        if action in actions:
            return word
    if action.startswith(_NOT_DRAWN):
        return None
    raise UnknownActionError(
        f"tools/docs_generator/actions.py has no verb for {action}: add one, or add it to _NOT_DRAWN"
    )
