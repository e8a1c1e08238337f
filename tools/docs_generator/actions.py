"""By which word a picture calls what a role is allowed to do."""

from __future__ import annotations

_WORDS: dict[str, tuple[str, ...]] = {
    "reads": ("dynamodb:GetItem", "dynamodb:Query", "secretsmanager:GetSecretValue"),
    "writes": ("dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"),
    "sends": ("sqs:SendMessage",),
    "puts off": ("sqs:ChangeMessageVisibility",),
    "publishes": ("sns:Publish",),
    "subscribes": ("sns:Subscribe",),
    "asks": ("sns:GetSubscriptionAttributes",),
    "changes": ("sns:SetSubscriptionAttributes",),
    "ends": ("sns:Unsubscribe",),
    "starts": ("states:StartExecution",),
    "invokes": ("lambda:InvokeFunction",),
}
# What every function does, or what the event source mapping's own arrow stands for already.
_NOT_DRAWN = ("kms:", "logs:", "xray:", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes")


class UnknownActionError(LookupError):
    """The program allows what no picture has a word for."""


def word_for(action: str) -> str | None:
    """Return the word for an action, or None for what is not drawn; raise `UnknownActionError`."""
    for word, actions in _WORDS.items():
        if action in actions:
            return word
    if action.startswith(_NOT_DRAWN):
        return None
    raise UnknownActionError(f"handbook/actions.py has no word for {action}: add one, or leave it undrawn")
