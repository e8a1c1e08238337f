"""The stack's settings: one object in `Pulumi.<stack>.yaml`, checked before anything is created."""

from infra.settings.api import ApiSettings
from infra.settings.error import SettingsError
from infra.settings.loading import load_settings
from infra.settings.model import Settings
from infra.settings.webhooks import RedeliverySettings
from infra.settings.workflow import LONGEST_BACKOFF_SECONDS, ORDERS_RETENTION_SECONDS

__all__ = [
    "LONGEST_BACKOFF_SECONDS",
    "ORDERS_RETENTION_SECONDS",
    "ApiSettings",
    "RedeliverySettings",
    "Settings",
    "SettingsError",
    "load_settings",
]
