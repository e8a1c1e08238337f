"""What the settings of the API make of it: web pages that may call, and a domain name."""

from __future__ import annotations

import pytest

from tests.support.pulumi_graph import Graph, record_main
from tests.support.variations import EVERYTHING, STRIPE_KEY, record_callers

pytestmark = pytest.mark.variation

API = "aws:apigatewayv2/api:Api"
DOMAIN_NAME = "aws:apigatewayv2/domainName:DomainName"
MAPPING = "aws:apigatewayv2/apiMapping:ApiMapping"
RECORD = "aws:route53/record:Record"
CERTIFICATE_ARN = "arn:aws:acm:eu-west-1:123456789012:certificate/1a2b"
NAME = "orders.shop.example"


@pytest.fixture(scope="module")
def plain() -> Graph:
    return record_main()


@pytest.fixture(scope="module")
def named() -> Graph:
    return record_main({"api": {"domain": {"name": NAME, "certificate_arn": CERTIFICATE_ARN}}})


def test_without_settings_no_page_may_call_and_the_address_is_awss(plain: Graph) -> None:
    inputs = plain.named(API, "api").inputs
    assert not inputs.keys() & {"corsConfiguration", "disableExecuteApiEndpoint"}
    assert not plain.of_type(DOMAIN_NAME)
    assert plain.outputs["api_endpoint"].endswith(".amazonaws.com")
    assert "domain_target" not in plain.outputs


@pytest.mark.parametrize(
    ("callers", "caller_headers"),
    [
        ("iam", ["authorization", "x-amz-content-sha256", "x-amz-date", "x-amz-security-token"]),
        ("jwt", ["authorization"]),
        ("none", ["x-client-id"]),
    ],
)
def test_a_page_may_send_what_tells_who_calls_and_read_what_it_needs(callers, caller_headers) -> None:
    graph = record_callers(callers)
    assert graph.named(API, "api").inputs["corsConfiguration"] == {
        "allowOrigins": ["https://shop.example"],
        "allowMethods": ["DELETE", "GET", "PATCH", "POST"],
        "allowHeaders": sorted(["content-type", "idempotency-key", *caller_headers]),
        "exposeHeaders": ["apigw-requestid", "location", "retry-after"],
        "maxAge": 60,
    }


def test_a_domain_name_leads_to_the_stage_over_current_tls(named: Graph) -> None:
    domain = named.named(DOMAIN_NAME, "api")
    assert domain.inputs["domainName"] == NAME
    assert domain.inputs["domainNameConfiguration"] == {
        "certificateArn": CERTIFICATE_ARN,
        "endpointType": "REGIONAL",
        "securityPolicy": "TLS_1_2",
    }
    mapping = named.named(MAPPING, "api").inputs
    assert mapping["apiId"] == "a1b2c3d4e5"
    assert mapping["domainName"] == domain.outputs["id"]
    assert mapping["stage"] == named.named("aws:apigatewayv2/stage:Stage", "api").inputs["name"]


def test_the_domain_name_is_the_only_address(named: Graph) -> None:
    assert named.named(API, "api").inputs["disableExecuteApiEndpoint"] is True
    assert named.outputs["api_endpoint"] == f"https://{NAME}"
    assert named.outputs["orders_endpoint"] == f"https://{NAME}/orders"


def test_the_record_is_ours_where_the_zone_is_known_and_theirs_otherwise(
    named: Graph, full_graph: Graph
) -> None:
    assert not named.of_type(RECORD)
    target = named.named(DOMAIN_NAME, "api").outputs["domainNameConfiguration"]
    assert named.outputs["domain_target"] == target["targetDomainName"]
    record = full_graph.named(RECORD, "api").inputs
    domain = EVERYTHING["api"]["domain"]
    assert (record["zoneId"], record["name"], record["type"]) == (
        domain["hosted_zone_id"],
        domain["name"],
        "A",
    )
    assert record["aliases"] == [
        {
            "name": target["targetDomainName"],
            "zoneId": target["hostedZoneId"],
            "evaluateTargetHealth": False,
        }
    ]


def test_a_preview_knows_the_domain_before_it_is_there() -> None:
    graph = record_main(EVERYTHING, secrets={"stripeApiKey": STRIPE_KEY}, preview=True)
    assert graph.named(DOMAIN_NAME, "api")
