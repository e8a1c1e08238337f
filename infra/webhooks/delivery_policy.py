"""How SNS delivers to webhooks: the settings, AWS's limits on them, and the JSON that SNS takes.

The limits and the four phases of the retries are those of
https://docs.aws.amazon.com/sns/latest/dg/sns-message-delivery-retries.html.
"""

from __future__ import annotations

from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator, model_validator

from infra.webhooks.backoff import BackoffFunction

# The values that AWS documents: https://docs.aws.amazon.com/sns/latest/dg/set-topic-attributes-delivery-policy-json.html
ContentType = Literal["application/json", "application/xml", "text/plain", "text/plain; charset=UTF-8"]

LONGEST_TOTAL_DELAY_SECONDS = 3600

_RETRY_KEYS = {
    "min_delay_target_seconds": "minDelayTarget",
    "max_delay_target_seconds": "maxDelayTarget",
    "num_retries": "numRetries",
    "num_no_delay_retries": "numNoDelayRetries",
    "num_min_delay_retries": "numMinDelayRetries",
    "num_max_delay_retries": "numMaxDelayRetries",
    "backoff_function": "backoffFunction",
}
_RANGES: dict[str, tuple[int, int | None, str]] = {
    "min_delay_target_seconds": (1, 3600, " seconds"),
    "max_delay_target_seconds": (1, 3600, " seconds"),
    "num_retries": (0, 100, " retries"),
    "num_no_delay_retries": (0, None, ""),
    "num_min_delay_retries": (0, None, ""),
    "num_max_delay_retries": (0, None, ""),
    "max_receives_per_second": (1, None, ""),
}
_CHOICES: dict[str, tuple[str, ...]] = {
    "backoff_function": get_args(BackoffFunction),
    "header_content_type": get_args(ContentType),
}


class DeliveryPolicy(BaseModel):
    """How often and how fast SNS tries to deliver to a webhook, and with which content type.

    The default tries 9 times: at once, at once again (most faults are a lost connection), twice 5 seconds
    apart (a restart), then with exponential backoff from 5 seconds to 10 minutes. SNS allows an hour for all
    delays together. As its curves are not published, every backoff retry is reckoned with the longest delay,
    which can only be too much: 2 x 5 s + 5 x 600 s = 3010 s; a sixth would make it 3610 s.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)

    min_delay_target_seconds: int = 5
    """The shortest wait before a retry: 1 to 3600 seconds."""
    max_delay_target_seconds: int = 600
    """The longest wait before a retry: 1 to 3600 seconds, and not below the shortest."""
    num_retries: int = 8
    """How many retries in all: 0 to 100. What the three phases below leave over is the backoff."""
    num_no_delay_retries: int = 1
    """First, so many retries at once: 0 or more."""
    num_min_delay_retries: int = 2
    """Then so many with the shortest wait: 0 or more."""
    num_max_delay_retries: int = 0
    """Last, after the backoff, so many with the longest wait: 0 or more."""
    backoff_function: BackoffFunction = "exponential"
    """By which curve the backoff grows from the shortest wait to the longest."""
    max_receives_per_second: int | None = None
    """How many deliveries a second each webhook gets at most: 1 or more. What is above it waits."""
    header_content_type: ContentType = "application/json"
    """The `Content-Type` of what is posted to a webhook."""

    @property
    def num_backoff_retries(self) -> int:
        """Give the retries that the three counted phases leave to the backoff."""
        phases = self.num_no_delay_retries + self.num_min_delay_retries + self.num_max_delay_retries
        return self.num_retries - phases

    @property
    def worst_case_delay_seconds(self) -> int:
        """Give the sum of all delays with each backoff delay at its longest."""
        long_delays = self.num_backoff_retries + self.num_max_delay_retries
        return (
            self.num_min_delay_retries * self.min_delay_target_seconds
            + long_delays * self.max_delay_target_seconds
        )

    def for_topic(self) -> dict[str, Any]:
        """Return the policy in the shape of a topic's DeliveryPolicy attribute."""
        http: dict[str, Any] = {
            "defaultHealthyRetryPolicy": self._retry_policy(),
            "disableSubscriptionOverrides": False,
        }
        # An absent throttle is left out: a null would come back otherwise and look like a change.
        if self.max_receives_per_second is not None:
            http["defaultThrottlePolicy"] = {"maxReceivesPerSecond": self.max_receives_per_second}
        http["defaultRequestPolicy"] = {"headerContentType": self.header_content_type}
        return {"http": http}

    def for_subscription(self) -> dict[str, Any]:
        """Return the policy in the shape of a subscription's DeliveryPolicy attribute."""
        policy: dict[str, Any] = {"healthyRetryPolicy": self._retry_policy()}
        if self.max_receives_per_second is not None:
            policy["throttlePolicy"] = {"maxReceivesPerSecond": self.max_receives_per_second}
        policy["requestPolicy"] = {"headerContentType": self.header_content_type}
        return policy

    def _retry_policy(self) -> dict[str, int | str]:
        # SNS refuses a retry policy without minDelayTarget, so every key is always there.
        return {key: getattr(self, field) for field, key in _RETRY_KEYS.items()}

    @field_validator(*_RANGES)
    @classmethod
    def _check_range(cls, value: int | None, info: ValidationInfo) -> int | None:
        least, most, unit = _RANGES[str(info.field_name)]
        if value is not None and not least <= value <= (most or value):
            allowed = f"{least} or more" if most is None else f"{least} to {most}{unit}"
            raise ValueError(f"{value} is not allowed: SNS takes {allowed}")
        return value

    @field_validator(*_CHOICES, mode="before")
    @classmethod
    def _check_choice(cls, value: object, info: ValidationInfo) -> object:
        allowed = _CHOICES[str(info.field_name)]
        if value not in allowed:
            raise ValueError(f"{value!r} is not allowed: SNS takes {', '.join(map(repr, allowed))}")
        return value

    @model_validator(mode="after")
    def _check_together(self) -> DeliveryPolicy:
        if self.max_delay_target_seconds < self.min_delay_target_seconds:
            raise ValueError(
                f"max_delay_target_seconds {self.max_delay_target_seconds} is not allowed: SNS takes "
                f"min_delay_target_seconds ({self.min_delay_target_seconds}) to 3600 seconds"
            )
        if self.num_backoff_retries < 0:
            raise ValueError(
                f"num_retries {self.num_retries} is not allowed: SNS takes at least the retries of the "
                f"phases, num_no_delay_retries {self.num_no_delay_retries} + num_min_delay_retries "
                f"{self.num_min_delay_retries} + num_max_delay_retries {self.num_max_delay_retries} = "
                f"{self.num_retries - self.num_backoff_retries}"
            )
        if self.worst_case_delay_seconds > LONGEST_TOTAL_DELAY_SECONDS:
            long_delays = self.num_backoff_retries + self.num_max_delay_retries
            raise ValueError(
                f"the retries may wait {self.num_min_delay_retries} x min_delay_target_seconds "
                f"{self.min_delay_target_seconds} + {long_delays} x max_delay_target_seconds "
                f"{self.max_delay_target_seconds} = {self.worst_case_delay_seconds} seconds in all, which "
                f"is not allowed: SNS takes at most {LONGEST_TOTAL_DELAY_SECONDS} (each backoff retry counts "
                "as the longest, because the curves are not published); lower the delays or num_retries"
            )
        return self
