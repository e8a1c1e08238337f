"""Reading the settings: once, before anything is created."""

from __future__ import annotations

from typing import Any

import pulumi
from pydantic import ValidationError

from infra.settings.error import SettingsError, explain, refusal
from infra.settings.model import Settings

KEY = "settings"
# In the stack's own configuration, beside the settings: `pulumi config set --secret stripeApiKey`.
STRIPE_API_KEY = "stripeApiKey"

# Nobody has a mailbox there: https://www.rfc-editor.org/rfc/rfc2606
_RESERVED_DOMAINS = ("example", "example.com", "example.net", "example.org", "invalid", "test")


def load_settings(config: pulumi.Config) -> Settings:
    """Read and check the stack's settings; raise `SettingsError` with a line for each thing wrong."""
    raw: Any = config.get_object(KEY)
    where = f"{config.name}:{KEY}"
    if raw is None:
        raw = {}
    try:
        settings = Settings.model_validate(raw)
    except ValidationError as error:
        raise SettingsError(explain(where, Settings, raw, error)) from None
    _check_certificate_region(where, settings, pulumi.Config("aws").get("region"))
    _warn_of_placeholder(settings.alarms.email)
    return settings


def load_stripe_api_key(config: pulumi.Config, settings: Settings) -> pulumi.Output[str] | None:
    """Return the payment provider's key as a secret; None where the provider has none."""
    return config.require_secret(STRIPE_API_KEY) if settings.payment.provider == "stripe" else None


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
