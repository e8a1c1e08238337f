"""The stack's settings: one object in `Pulumi.<stack>.yaml`, checked before anything is created."""

from infra.settings.api import ApiSettings
from infra.settings.error import SettingsError
from infra.settings.loading import (
    NAMESPACE,
    SETTINGS_KEY,
    STRIPE_API_KEY,
    load_settings,
    load_stripe_api_key,
    settings_are_secret,
)
from infra.settings.model import Settings
from infra.settings.webhooks import RedeliverySettings
from infra.settings.workflow import ORDERS_RETENTION_SECONDS

__all__ = [
    "NAMESPACE",
    "ORDERS_RETENTION_SECONDS",
    "SETTINGS_KEY",
    "STRIPE_API_KEY",
    "ApiSettings",
    "RedeliverySettings",
    "Settings",
    "SettingsError",
    "load_settings",
    "load_stripe_api_key",
    "settings_are_secret",
]
