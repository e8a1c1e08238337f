"""The proof for each setting of SNS's switches: of the orders about whose events SNS behaved so."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from local.sns.behaviour import SnsBehaviour
from tests.faults.facts import Facts
from tests.faults.plan import FaultPlan
from tests.faults.proof import Report, prove
from tests.faults.sns_settings import SNS_SETTINGS


def prove_by_setting(facts: Facts, plan: FaultPlan) -> dict[SnsBehaviour, tuple[Facts, Report]]:
    """Return, for each setting, what is known of its orders, and what that says of each claim."""
    references: dict[SnsBehaviour, list[str]] = {each: [] for each in SNS_SETTINGS}
    for reference in plan.orders:
        references[plan.behaviour_of(reference)].append(reference)
    found = {}
    for behaviour, about in references.items():
        part = facts_about(facts, about)
        found[behaviour] = (part, prove(part))
    return found


def facts_about(facts: Facts, references: Sequence[str]) -> Facts:
    """Return what is known of some orders; what concerns no order, or the whole run, is left out."""
    named = frozenset(references)
    accepted = tuple(each for each in facts.accepted if each.reference in named)
    stored = tuple(each for each in facts.stored if each.reference in named)
    ids = {each.request_id for each in stored}.union(*(each.request_ids for each in accepted))
    return replace(
        facts,
        accepted=accepted,
        not_accepted=tuple(each for each in facts.not_accepted if each.partition(":")[0] in named),
        stored=stored,
        executions=tuple(each for each in facts.executions if each.request_id in ids),
        redriven=tuple(each for each in facts.redriven if each.reference in named),
        releases_to_give_up=facts.releases_to_give_up & named,
        charges=tuple(each for each in facts.charges if each.request_id in ids),
        handled=tuple(each for each in facts.handled if each.request_id in ids),
        deliveries=tuple(each for each in facts.deliveries if each.request_id in ids),
        repetitions=tuple(each for each in facts.repetitions if each.request_id in ids),
        queued=tuple(each for each in facts.queued if any(one in each.body for one in ids)),
        poison=frozenset(),
        planned_faults={},
        happened_faults={},
    )
