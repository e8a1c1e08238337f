"""The policies of the deployer and of the previewer, split by subject to fit IAM's size limit."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from infra import iam
from tools.iam_documents.deployer.api import API, log_delivery
from tools.iam_documents.deployer.data import DATA
from tools.iam_documents.deployer.functions import FUNCTIONS
from tools.iam_documents.deployer.key import KEY, using_key
from tools.iam_documents.deployer.messages import MESSAGES
from tools.iam_documents.deployer.monitoring import LOG_GROUPS, MONITORING
from tools.iam_documents.deployer.roles import ROLES, passing
from tools.iam_documents.deployer.state import reading_state, writing_state
from tools.iam_documents.permission import Permission, Table
from tools.iam_documents.place import Place
from tools.iam_documents.policies import Documents

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, not counting white space.
LONGEST_POLICY_CHARACTERS = 6_144

TABLES: Mapping[str, Table] = {
    "roles": ROLES,
    "functions": FUNCTIONS,
    "api": API,
    "messages": MESSAGES,
    "data": DATA,
    "key": KEY,
    "logs": LOG_GROUPS,
    "monitoring": MONITORING,
}

_NO_RESOURCE_LEVEL = "the action has no resource-level permissions"
_LOG_DELIVERY = (
    "vended log delivery is granted by account: "
    "https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html"
)
# Every action that a deployer may take on all resources, with its reason.
WILDCARD_REASONS: Mapping[str, str] = {
    "kms:CreateKey": "a key has no ARN before it is created: it must be tagged as the project's",
    "kms:ListAliases": _NO_RESOURCE_LEVEL,
    "lambda:CreateEventSourceMapping": "a mapping has no ARN before it is created: the function is checked",
    **dict.fromkeys(iam.LOG_DELIVERY_ACTIONS, _LOG_DELIVERY),
    "logs:DescribeLogGroups": _NO_RESOURCE_LEVEL,
    "sns:GetSubscriptionAttributes": _NO_RESOURCE_LEVEL,
    "sns:SetSubscriptionAttributes": _NO_RESOURCE_LEVEL,
    "sns:Unsubscribe": _NO_RESOURCE_LEVEL,
    "states:ValidateStateMachineDefinition": _NO_RESOURCE_LEVEL,
}


def deployer_documents(place: Place) -> Documents:
    """Return the policies of a role that deploys a stack, by subject."""
    beside = {"roles": passing(place), "api": log_delivery(place), "key": using_key(place)}
    documents = {
        name: iam.document(*_statements(table, place, preview=False), *beside.get(name, []))
        for name, table in TABLES.items()
    }
    return {**documents, "state": iam.document(*writing_state(place))}


def preview_documents(place: Place) -> Documents:
    """Return the policies of a role that previews: it reads no secret and no order, so it cannot refresh."""
    documents = {
        name: iam.document(*_statements(table, place, preview=True)) for name, table in TABLES.items()
    }
    return {**documents, "state": iam.document(*reading_state(place))}


def _statements(table: Table, place: Place, *, preview: bool) -> list[iam.Statement]:
    """Return the table's statements, merged where they have the same resources."""
    merged: dict[str, tuple[Permission, Sequence[str], dict[str, None]]] = {}
    for permission in (each for permissions in table.values() for each in permissions):
        resources = permission.resources(place)
        actions = permission.read if preview else permission.all_actions
        if not actions or not resources:
            continue
        condition = permission.condition(place) if permission.condition else None
        *_, known = merged.setdefault(f"{resources} {condition}", (permission, resources, {}))
        known.update(dict.fromkeys(actions))
    return [
        {
            **iam.allow(sorted(actions), resources),
            **({"Condition": permission.condition(place)} if permission.condition else {}),
        }
        for permission, resources, actions in merged.values()
    ]
