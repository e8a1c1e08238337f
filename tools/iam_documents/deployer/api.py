"""The HTTP API, its domain name, and the delivery of its log."""

from __future__ import annotations

from infra import iam
from tools.iam_documents.permission import Permission, Table
from tools.iam_documents.place import Place

_GET, _POST, _PATCH, _DELETE = (f"apigateway:{verb}" for verb in ("GET", "POST", "PATCH", "DELETE"))
_TAG = ("apigateway:PUT", _POST, _DELETE)
# AWS's list of actions does not have these, but creating a stage with tags requires them on the API's
# stages. https://github.com/aws-amplify/amplify-cli/issues/12316
UNLISTED = ("apigateway:TagResource", "apigateway:UntagResource")


def _below(part: str, tag: tuple[str, ...] = ()) -> Permission:
    # AWS generates the IDs, so a pattern cannot distinguish this API from another.
    return Permission(
        resources=lambda place: [place.api(f"/apis/*/{part}"), place.api(f"/apis/*/{part}/*")],
        create=(_POST,),
        read=(_GET,),
        update=(_PATCH,),
        delete=(_DELETE,),
        tag=tag,
    )


def _tags(path: str) -> Permission:
    # The path contains the ARN of the tagged resource, whose beginning depends on its kind only.
    def resources(place: Place) -> list[str]:
        return [place.api(f"/tags/arn%3A{place.partition}%3Aapigateway%3A*{path}*")]

    return Permission(resources=resources, read=(_GET,), tag=_TAG)


def _domain(place: Place, path: str = "") -> list[str]:
    return [place.api(f"/domainnames/{place.domain_name}{path}")] if place.domain_name else []


API: Table = {
    "aws:apigatewayv2/api:Api": (
        Permission(
            resources=lambda place: [place.api("/apis"), place.api("/apis/*")],
            create=(_POST,),
            read=(_GET,),
            update=(_PATCH, "apigateway:PUT"),
            delete=(_DELETE,),
            tag=UNLISTED,
        ),
        _tags("%2Fapis%2F"),
    ),
    "aws:apigatewayv2/authorizer:Authorizer": (_below("authorizers"),),
    "aws:apigatewayv2/integration:Integration": (_below("integrations"),),
    "aws:apigatewayv2/route:Route": (_below("routes"),),
    "aws:apigatewayv2/stage:Stage": (_below("stages", tag=UNLISTED), _tags("%2Fstages%2F")),
    "aws:apigatewayv2/apiMapping:ApiMapping": (
        Permission(
            resources=lambda place: _domain(place, "/apimappings") + _domain(place, "/apimappings/*"),
            create=(_POST,),
            read=(_GET,),
            update=(_PATCH,),
            delete=(_DELETE,),
        ),
    ),
    "aws:apigatewayv2/domainName:DomainName": (
        Permission(
            resources=lambda place: [place.api("/domainnames")] if place.domain_name else [],
            create=(_POST,),
            tag=UNLISTED,
        ),
        Permission(resources=_domain, read=(_GET,), update=(_PATCH,), delete=(_DELETE,), tag=UNLISTED),
        _tags("%2Fdomainnames%2F"),
    ),
    "aws:route53/record:Record": (
        Permission(
            resources=lambda place: (
                [f"arn:{place.partition}:route53:::hostedzone/{place.hosted_zone_id}"]
                if place.hosted_zone_id
                else []
            ),
            create=("route53:ChangeResourceRecordSets",),
            read=("route53:GetHostedZone", "route53:ListResourceRecordSets"),
            update=("route53:ChangeResourceRecordSets",),
            delete=("route53:ChangeResourceRecordSets",),
        ),
        # Whether a change has come through; its ID is AWS's.
        Permission(
            resources=lambda place: (
                [f"arn:{place.partition}:route53:::change/*"] if place.hosted_zone_id else []
            ),
            read=("route53:GetChange",),
        ),
    ),
}

_SERVICE_LINKED_ROLE = "aws-service-role/ops.apigateway.amazonaws.com/AWSServiceRoleForAPIGateway"


def log_delivery(place: Place) -> list[iam.Statement]:
    """Return the statements that enabling the stage's access log requires.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
    An account's first API also creates API Gateway's service-linked role:
    https://docs.aws.amazon.com/apigateway/latest/developerguide/using-service-linked-roles.html
    """
    role = f"arn:{place.partition}:iam::{place.account_id}:role/{_SERVICE_LINKED_ROLE}"
    return [
        iam.allow(sorted(iam.LOG_DELIVERY_ACTIONS), ["*"]),
        {
            **iam.allow(["iam:CreateServiceLinkedRole"], [role]),
            "Condition": {"StringEquals": {"iam:AWSServiceName": "ops.apigateway.amazonaws.com"}},
        },
    ]
