"""What the policies of a deployer and of an operator have in common."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from infra import iam
from tools.iam_documents.place import PROJECT, Place

Documents = dict[str, dict[str, Any]]


def text_of(documents: Documents) -> str:
    """Return policies as the files in docs/ have them."""
    return json.dumps(documents, indent=2) + "\n"


def key_use(place: Place, actions: Sequence[str], services: Sequence[str]) -> iam.Statement:
    """Allow services to use the project's keys on the caller's behalf, where a stack has its own."""
    via = [f"{each}.{place.region}.{place.dns_suffix}" for each in services]
    condition = {"StringEquals": {"aws:ResourceTag/project": PROJECT, "kms:ViaService": via}}
    return {**iam.allow(actions, [place.arn("kms", "key/*")]), "Condition": condition}
