"""The stack's settings: one object in `Pulumi.<stack>.yaml`, checked before anything is created."""

from infra.settings.api import ApiSettings
from infra.settings.error import SettingsError
from infra.settings.loading import STRIPE_API_KEY, load_settings, load_stripe_api_key
from infra.settings.model import Settings
from infra.settings.webhooks import RedeliverySettings
from infra.settings.workflow import ORDERS_RETENTION_SECONDS

__all__ = [
    "ORDERS_RETENTION_SECONDS",
    "STRIPE_API_KEY",
    "ApiSettings",
    "RedeliverySettings",
    "Settings",
    "SettingsError",
    "load_settings",
    "load_stripe_api_key",
]
