"""Roles, their policies, and to which services they may be given."""

from __future__ import annotations

from infra import iam
from infra.naming import SCHEDULE_ROLE, WORKFLOWS, delivery_logs, function_names
from tools.iam_documents.permission import Permission, Table
from tools.iam_documents.place import Place


def _all(place: Place) -> list[str]:
    return place.roles((*function_names(), *WORKFLOWS, *delivery_logs(), SCHEDULE_ROLE))


ROLES: Table = {
    "aws:iam/role:Role": (
        Permission(
            resources=_all,
            create=("iam:CreateRole",),
            read=("iam:GetRole", "iam:ListAttachedRolePolicies", "iam:ListRolePolicies"),
            update=("iam:UpdateAssumeRolePolicy", "iam:UpdateRole", "iam:UpdateRoleDescription"),
            delete=("iam:DeleteRole", "iam:ListInstanceProfilesForRole"),
            tag=("iam:TagRole", "iam:UntagRole"),
        ),
    ),
    "aws:iam/rolePolicy:RolePolicy": (
        Permission(
            resources=_all,
            create=("iam:PutRolePolicy",),
            read=("iam:GetRolePolicy",),
            update=("iam:PutRolePolicy",),
            delete=("iam:DeleteRolePolicy",),
        ),
    ),
}


def passing(place: Place) -> list[iam.Statement]:
    """Return the statements that let each role be given to its service, and to no other.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_passrole.html
    """
    services = {
        "lambda.amazonaws.com": function_names(),
        "states.amazonaws.com": WORKFLOWS,
        "sns.amazonaws.com": delivery_logs(),
        "scheduler.amazonaws.com": (SCHEDULE_ROLE,),
    }
    return [
        {
            **iam.allow(["iam:PassRole"], place.roles(names)),
            "Condition": {"StringEquals": {"iam:PassedToService": service}},
        }
        for service, names in services.items()
    ]
