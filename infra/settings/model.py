"""All settings of a stack, and the combinations that are refused."""

from __future__ import annotations

import unicodedata
from typing import Annotated

from pydantic import Field, model_validator

from functions.domain.backoff import LONGEST_DELAY_SECONDS
from functions.domain.webhook_url import RefusedUrlError, check_configured_url
from infra.settings.api import ApiSettings
from infra.settings.resources import (
    AlarmSettings,
    EncryptionSettings,
    FunctionSettings,
    LogRetentionDays,
    TableSettings,
)
from infra.settings.section import Section
from infra.settings.webhooks import RedeliverySettings, Subscriber, WebhookSettings
from infra.settings.workflow import (
    EXPRESS_LONGEST_PAYMENT_SECONDS,
    ORDERS_RETENTION_SECONDS,
    PaymentSettings,
    QueueSettings,
    WorkflowSettings,
)
from infra.webhooks.delivery_policy import DeliveryPolicy

# The program's own tags.
OWN_TAGS = ("project", "stack", "managed-by")
# IAM's rules, the strictest of the services that are tagged:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html and API_Tag.html
_MAX_TAGS = 50
_LONGEST_TAG_NAME = 128
_LONGEST_TAG_VALUE = 256
_TAG_SIGNS = frozenset("_.:/=+-@")
_TAG_RULE = (
    f"a name has 1 to {_LONGEST_TAG_NAME} characters, a value at most {_LONGEST_TAG_VALUE}, of letters, "
    f"digits, spaces and {' '.join(sorted(_TAG_SIGNS))}"
)

_DIAGNOSTICS_TIMEOUT_SECONDS = 20


def _is_tag_text(text: str) -> bool:
    """Return whether a text matches IAM's pattern: letters, numbers and separators of any script."""
    return all(each in _TAG_SIGNS or unicodedata.category(each)[0] in "LNZ" for each in text)


class Settings(Section):
    """All settings; a development stack needs none."""

    production: bool = False
    """Refuses settings that are only for a laptop or a test stack."""
    protect: bool = False
    """Whether Pulumi refuses to delete or replace resources with data or with an address that others use:
    tables, queues, topics, the API, the key and the secret. `pulumi destroy` then fails and deletes nothing,
    with or without a preview."""
    log_retention_days: LogRetentionDays = 30
    """The retention of every log group, in days."""
    tracing: bool = False
    """Whether X-Ray traces requests and executions, which can cost more than everything else beside Step
    Functions: docs/costs.md."""
    api: ApiSettings = ApiSettings()
    queue: QueueSettings = QueueSettings()
    workflow: WorkflowSettings = WorkflowSettings()
    functions: FunctionSettings = FunctionSettings()
    tables: TableSettings = TableSettings()
    encryption: EncryptionSettings = EncryptionSettings()
    payment: PaymentSettings = PaymentSettings()
    delivery: DeliveryPolicy = DeliveryPolicy()
    redelivery: RedeliverySettings = RedeliverySettings()
    webhooks: WebhookSettings = WebhookSettings()
    alarms: AlarmSettings = AlarmSettings()
    diagnostics: bool = False
    """Adds the public route with which `python -m ops verify` finds out what SNS does; not for production."""
    allow_http_webhooks: bool = False
    """Allows webhooks with http and private addresses; for a laptop."""
    max_webhooks_per_client: Annotated[int, Field(ge=1, le=100)] = 10
    """The number of webhooks that a client may register."""
    subscribers: tuple[Subscriber, ...] = ()
    """Webhooks that the program creates."""
    tags: dict[str, str] = Field(default_factory=dict)
    """Tags for every resource, in addition to the program's own: project, stack and managed-by."""

    @property
    def visibility_timeout_seconds(self) -> int:
        """The queue's visibility timeout."""
        return self.queue.visibility_timeout_seconds or 6 * self.functions.timeout_seconds

    @model_validator(mode="after")
    def _fit_queue_to_functions(self) -> Settings:
        # Lambda refuses such an event source mapping.
        if self.visibility_timeout_seconds < self.functions.timeout_seconds:
            raise ValueError("queue.visibility_timeout_seconds must be at least functions.timeout_seconds")
        longest_seconds = max(self.visibility_timeout_seconds, LONGEST_DELAY_SECONDS)
        receives = ORDERS_RETENTION_SECONDS // longest_seconds
        if self.queue.max_receive_count > receives:
            raise ValueError(
                f"queue.max_receive_count: with waits of up to {longest_seconds} seconds the queue keeps a "
                f"message for {receives} receives; with more, SQS would delete it before it is dead-lettered"
            )
        return self

    @model_validator(mode="after")
    def _fit_payment_into_express(self) -> Settings:
        if self.workflow.type != "EXPRESS":
            return self
        retry, attempt_seconds = self.workflow.effective_payment_retry, self.functions.timeout_seconds
        longest_seconds = retry.longest_seconds(attempt_seconds)
        if longest_seconds > EXPRESS_LONGEST_PAYMENT_SECONDS:
            raise ValueError(
                f"workflow.payment_retry: {retry.max_attempts + 1} attempts of {attempt_seconds} seconds "
                f"each (functions.timeout_seconds) with waits of {retry.longest_wait_seconds:g} take "
                f"{longest_seconds:g}; type EXPRESS allows {EXPRESS_LONGEST_PAYMENT_SECONDS}"
            )
        return self

    @model_validator(mode="after")
    def _refuse_taken_tags(self) -> Settings:
        # Who may use the stack's own key goes by `project`; and to IAM, which takes
        # roles' tags, Project and project are the same: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html
        known = {*OWN_TAGS}
        for name in self.tags:
            if name.lower() in known or name.lower().startswith("aws:"):
                raise ValueError(
                    f"tags: {name} is taken: the program sets {', '.join(OWN_TAGS)}, AWS reserves aws:, "
                    "and names are compared without case"
                )
            known.add(name.lower())
        return self

    @model_validator(mode="after")
    def _check_tags(self) -> Settings:
        most = _MAX_TAGS - len(OWN_TAGS)
        if len(self.tags) > most:
            raise ValueError(f"tags: {len(self.tags)} are too many: {most} beside the program's own")
        for name, value in self.tags.items():
            if not 1 <= len(name) <= _LONGEST_TAG_NAME or not _is_tag_text(name):
                raise ValueError(f"tags: the name {name!r} is not allowed: {_TAG_RULE}")
            if len(value) > _LONGEST_TAG_VALUE or not _is_tag_text(value):
                raise ValueError(f"tags: the value {value!r} of {name} is not allowed: {_TAG_RULE}")
        return self

    @model_validator(mode="after")
    def _refuse_taken_names(self) -> Settings:
        names = [subscriber.name for subscriber in self.subscribers]
        # Events are sent to an audience, which is one webhook's name or one of these.
        if {"all", "nobody"} & set(names):
            raise ValueError("subscribers: the names all and nobody are reserved")
        if len(names) != len(set(names)):
            raise ValueError("subscribers: names must be unique")
        return self

    @model_validator(mode="after")
    def _check_subscribers_urls(self) -> Settings:
        for subscriber in self.subscribers:
            try:
                check_configured_url(subscriber.url, allow_local=self.allow_http_webhooks)
            except RefusedUrlError as error:
                raise ValueError(f"subscribers: the url of {subscriber.name} {error}") from error
        return self

    @model_validator(mode="after")
    def _let_diagnostics_outlast_sns(self) -> Settings:
        if self.diagnostics and self.functions.timeout_seconds < _DIAGNOSTICS_TIMEOUT_SECONDS:
            raise ValueError(
                f"diagnostics: functions.timeout_seconds must be at least {_DIAGNOSTICS_TIMEOUT_SECONDS}: "
                "SNS waits 15 seconds for an answer, and the function must stay silent for longer"
            )
        return self

    @model_validator(mode="after")
    def _guard_production(self) -> Settings:
        if not self.production:
            return self
        cors = self.api.cors
        not_for_production = {
            "api.auth: none": self.api.auth == "none",
            "api.cors.origins with http": cors is not None
            and any(each.startswith("http:") for each in cors.origins),
            "allow_http_webhooks: true": self.allow_http_webhooks,
            "diagnostics: true": self.diagnostics,
            "functions.build_for: host": self.functions.build_for == "host",
            "payment.provider: simulated": self.payment.provider == "simulated",
            "payment.stripe_api_base": self.payment.stripe_api_base is not None,
        }
        found = [setting for setting, present in not_for_production.items() if present]
        if found:
            raise ValueError(f"a production stack must not have {' or '.join(found)}")
        return self
