"""What the observations say about SNS: one answer for each question."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ops.verify.observation import CASES, Observation
from ops.words import number_of

UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A question, its answer, and what was seen. `key` names the finding in JSON."""

    key: str
    question: str
    answer: str
    seen: str = ""


def delivery_findings(observations: Mapping[str, Observation]) -> Iterator[Finding]:
    """Yield what SNS did with the events of the diagnostic webhooks."""
    yield _entries_per(observations)
    for case in CASES:
        if case != "200":
            yield _retried(observations[case])
    for case in CASES:
        yield _logged(observations[case])
    for case in CASES:
        if case != "200":
            yield _dead_lettered(observations[case])
    yield _followed(observations["301"])
    yield _destination(observations)


def is_complete(observations: Mapping[str, Observation]) -> bool:
    """Return whether every webhook received the event and has a log entry."""
    return all(each.requests and each.entries for each in observations.values())


def _entries_per(observations: Mapping[str, Observation]) -> Finding:
    retried = [each for each in observations.values() if each.is_retried and each.entries]
    answer = UNKNOWN
    if retried and all(len(each.entries) == each.requests for each in retried):
        answer = "attempt"
    elif retried and all(len(each.entries) == 1 for each in retried):
        answer = "delivery"
    return Finding(
        key="log_entry_per",
        question="SNS writes a log entry for each",
        answer=answer,
        seen=", ".join(f"{each.case}: {len(each.entries)} of {each.requests} attempts" for each in retried),
    )


def _retried(seen: Observation) -> Finding:
    return Finding(
        key=f"retried_{seen.case}",
        question=f"SNS retries {_named(seen.case)}",
        answer=_yes_or_no(seen, answer=seen.is_retried),
        seen=number_of(seen.requests, "request"),
    )


def _logged(seen: Observation) -> Finding:
    return Finding(
        key=f"logged_{seen.case}",
        question=f"SNS logs {_named(seen.case)} as",
        answer=" and ".join(sorted(seen.outcomes)) or UNKNOWN,
        seen=", ".join(sorted({str(each.status_code or "no status") for each in seen.entries})),
    )


def _dead_lettered(seen: Observation) -> Finding:
    return Finding(
        key=f"dead_lettered_{seen.case}",
        question=f"SNS dead-letters {_named(seen.case)}",
        answer=_yes_or_no(seen, answer=bool(seen.dead_letters)),
        seen=number_of(seen.dead_letters, "message"),
    )


def _followed(seen: Observation) -> Finding:
    return Finding(
        key="redirect_followed",
        question="SNS follows a redirect",
        answer=_yes_or_no(seen, answer=bool(seen.redirected)),
        seen=number_of(seen.redirected, "request"),
    )


def _destination(observations: Mapping[str, Observation]) -> Finding:
    destinations = [entry.destination for each in observations.values() for entry in each.entries]
    with_query = {"?" in each for each in destinations}
    answers = {frozenset({True}): "yes", frozenset({False}): "no"}
    return Finding(
        key="destination_has_query",
        question="A log entry's destination has the URL's query",
        answer=answers.get(frozenset(with_query), UNKNOWN),
        seen=number_of(len(destinations), "entry"),
    )


def _yes_or_no(seen: Observation, *, answer: bool) -> str:
    if answer:
        return "yes"
    return "no" if seen.requests and seen.entries else UNKNOWN


def _named(case: str) -> str:
    return "no answer" if case == "none" else case
