"""Every case, made once: signing takes its time."""

from __future__ import annotations

from . import client_cases, fetched_cases, forged_cases, genuine_cases, malformed_cases

ALL_CASES = [
    *genuine_cases.generated_cases(),
    *genuine_cases.recorded_cases(),
    *forged_cases.forged_cases(),
    *fetched_cases.certificate_cases(),
    *fetched_cases.confirmation_cases(),
    *client_cases.event_client_cases(),
    *client_cases.webhook_cases(),
    *malformed_cases.moment_and_topic_cases(),
    *malformed_cases.malformed_cases(),
    *malformed_cases.event_cases(),
]
