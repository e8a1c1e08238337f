"""Why a webhook is not registered."""

from __future__ import annotations


class RegistrationRefused(Exception):  # noqa: N818 - reads as what it is
    """The webhook is not registered; the message says what the client can do."""


class WebhookConflict(RegistrationRefused):
    """The client has to delete or confirm a webhook first, or to wait."""


class EndpointRefused(RegistrationRefused):
    """SNS does not take the webhook's URL."""


class TopicFull(RegistrationRefused):
    """The topic has as many subscriptions or filter policies as SNS allows: an operator asks AWS for more.

    https://docs.aws.amazon.com/general/latest/gr/sns.html
    """
