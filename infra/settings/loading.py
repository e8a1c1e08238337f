"""Reading the settings: once, before anything is created."""

from __future__ import annotations

import json
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG
from pydantic import ValidationError

from infra.settings.error import SettingsError, explain, refusal
from infra.settings.model import Settings

# Fixed, whatever the project is called: a renamed project must not lose its settings.
NAMESPACE = "order-webhooks"
_SETTINGS = "settings"
SETTINGS_KEY = f"{NAMESPACE}:{_SETTINGS}"
# In the stack's own configuration, beside the settings:
# `pulumi config set --secret order-webhooks:stripeApiKey`.
STRIPE_API_KEY = "stripeApiKey"

# Nobody has a mailbox there: https://www.rfc-editor.org/rfc/rfc2606
_RESERVED_DOMAINS = ("example", "example.com", "example.net", "example.org", "invalid", "test")


def load_settings() -> Settings:
    """Read and check the stack's settings; raise `SettingsError` with a line for each thing wrong."""
    _refuse_other_namespaces()
    raw = _read_settings()
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        message = explain(SETTINGS_KEY, Settings, raw, error, hide_values=settings_are_secret())
        raise SettingsError(message) from None
    _check_certificate_region(SETTINGS_KEY, settings, pulumi.Config("aws").get("region"))
    _warn_of_placeholder(settings.alarms.email)
    return settings


def settings_are_secret() -> bool:
    """Return whether the settings hold a secret; Pulumi knows that of the object, not of a value in it.

    https://www.pulumi.com/docs/iac/concepts/config/#structured-configuration
    """
    return pulumi.runtime.is_config_secret(SETTINGS_KEY)


def load_stripe_api_key(settings: Settings) -> pulumi.Output[str] | None:
    """Return the payment provider's key as a secret; None where the provider has none."""
    if settings.payment.provider != "stripe":
        return None
    return pulumi.Config(NAMESPACE).require_secret(STRIPE_API_KEY)


def _read_settings() -> Any:  # noqa: ANN401 - any YAML value
    # Not by Config.get_object, which prints a warning for an object that holds a secret.
    text = pulumi.runtime.get_config(SETTINGS_KEY)
    if text is None:
        return {}
    try:
        return json.loads(text)
    except ValueError:
        raise SettingsError(refusal(SETTINGS_KEY, "the settings must be an object")) from None


def _refuse_other_namespaces() -> None:
    """Refuse settings that would be ignored: `pulumi config set` writes under the project's name."""
    for key in sorted(CONFIG.get()):
        namespace, _, name = key.rpartition(":")
        if name == _SETTINGS and namespace != NAMESPACE:
            raise SettingsError(
                refusal(
                    key, f"the settings are {SETTINGS_KEY}, whatever the project is called: rename the key"
                )
            )


def _warn_of_placeholder(email: str | None) -> None:
    domain = (email or "").rpartition("@")[2].lower()
    if any(domain == each or domain.endswith(f".{each}") for each in _RESERVED_DOMAINS):
        pulumi.log.warn(
            f"alarms.email: nobody gets the alarms that go to {email}; put a mailbox of yours there"
        )


def _check_certificate_region(where: str, settings: Settings, region: str | None) -> None:
    """Refuse a certificate that API Gateway could not use; without a configured region it will say so itself.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-custom-domain-names.html
    """
    domain = settings.api.domain
    if domain is None or region is None:
        return
    has = domain.certificate_arn.split(":")[3]
    if has != region:
        raise SettingsError(
            refusal(
                where,
                f"api.domain.certificate_arn: the certificate is in {has}, and the stack in {region}: "
                "API Gateway takes one of its own region",
            )
        )
