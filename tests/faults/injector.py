"""Strikes calls as the plan says, inside the emulator, and keeps a journal of its hits."""

from __future__ import annotations

import json
import os
import re
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from local.sns.behaviour import SnsBehaviour
from tests.faults.plan import FaultPlan

PLAN = "FAULTS_PLAN"
JOURNAL = "FAULTS_JOURNAL"

_ORDER = "-order-"
_SUBJECT = re.compile(r"client-\d+-order-\d{4}|client-\d+")
# As API Gateway writes its request IDs.
_REQUEST_ID = re.compile(r"[\w-]{15}=")


def environment(plan: FaultPlan, journal: Path) -> dict[str, str]:
    """Return the environment in which an emulator's injector finds its plan."""
    whole = {"seed": plan.seed, "orders_per_client": plan.orders_per_client}
    return {PLAN: json.dumps(whole), JOURNAL: str(journal)}


def read_journal(journal: Path) -> Counter[str]:
    """Return how often each place has hit."""
    return Counter(line["place"] for line in read_lines(journal))


def read_lines(file: Path) -> list[Any]:
    """Return the values of a file with one JSON value a line; a line that is being written does not count."""
    text = file.read_text() if file.exists() else ""
    return [json.loads(line) for line in text[: text.rfind("\n") + 1].splitlines()]


class Injector:
    """Decides whether a call is to be hit; thread-safe."""

    def __init__(self, plan: FaultPlan, journal: Path) -> None:
        self._plan = plan
        self._journal = journal
        self._lock = threading.Lock()
        self._numbers: Counter[tuple[str, str]] = Counter()
        self._references: dict[str, str] = {}

    @classmethod
    def from_environment(cls) -> Injector:
        return cls(FaultPlan(**json.loads(os.environ[PLAN])), Path(os.environ[JOURNAL]))

    @property
    def seed(self) -> int:
        """The plan's seed."""
        return self._plan.seed

    def record(self, place: str, text: str) -> None:
        """Write one hit into the journal, under the order that its text is about, or else the client."""
        with self._lock, self._journal.open("a") as file:
            subjects = [*self._subjects(text), ""]
            subject = next((each for each in subjects if _ORDER in each), subjects[0])
            file.write(json.dumps({"place": place, "subject": subject}) + "\n")

    def learn(self, request_id: str, reference: str) -> None:
        """Remember whose order a request ID stands for."""
        with self._lock:
            self._references[request_id] = reference

    def behaviour_of(self, text: str) -> SnsBehaviour | None:
        """Return how SNS behaves about the order that a text is about, None where it is about no order."""
        with self._lock:
            orders = (each for each in self._subjects(text) if _ORDER in each)
            reference = next(orders, None)
        return None if reference is None else self._plan.behaviour_of(reference)

    def strikes(self, place: str, text: str) -> bool:
        """Return whether a place hits the call that a text is the whole or a part of."""
        if place not in self._plan.chosen:
            return False
        with self._lock:
            subjects = self._plan.chosen[place].intersection(self._subjects(text))
            for subject in subjects:
                self._numbers[place, subject] += 1
            hits = [each for each in subjects if self._plan.hits(place, each, self._numbers[place, each])]
            if hits:
                with self._journal.open("a") as file:
                    file.writelines(json.dumps({"place": place, "subject": each}) + "\n" for each in hits)
            return bool(hits)

    def _subjects(self, text: str) -> Iterator[str]:
        yield from _SUBJECT.findall(text)
        for request_id in _REQUEST_ID.findall(text):
            if request_id in self._references:
                yield self._references[request_id]
