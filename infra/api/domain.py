"""A domain name of the team's own in front of the HTTP API."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.settings.api import DomainSettings


@dataclass(frozen=True, kw_only=True)
class ApiDomain:
    """Where clients call, and what the name must point to where the stack does not make its record."""

    endpoint: pulumi.Output[str]
    target: pulumi.Output[str]


def make_domain(
    name: str, settings: DomainSettings, stage: aws.apigatewayv2.Stage, opts: pulumi.ResourceOptions
) -> ApiDomain:
    """Make the name, its mapping to the stage, and its record where the zone is known."""
    domain = aws.apigatewayv2.DomainName(
        name,
        domain_name=settings.name,
        domain_name_configuration=aws.apigatewayv2.DomainNameDomainNameConfigurationArgs(
            certificate_arn=settings.certificate_arn, endpoint_type="REGIONAL", security_policy="TLS_1_2"
        ),
        opts=opts,
    )
    mapping = aws.apigatewayv2.ApiMapping(
        name, api_id=stage.api_id, domain_name=domain.id, stage=stage.name, opts=opts
    )
    configuration = domain.domain_name_configuration
    if settings.hosted_zone_id is not None:
        aws.route53.Record(
            name,
            zone_id=settings.hosted_zone_id,
            name=settings.name,
            type="A",
            aliases=[
                aws.route53.RecordAliasArgs(
                    name=configuration.target_domain_name,
                    zone_id=configuration.hosted_zone_id,
                    evaluate_target_health=False,
                )
            ],
            opts=opts,
        )
    return ApiDomain(
        # Known once the name leads somewhere.
        endpoint=mapping.domain_name.apply(lambda _: f"https://{settings.name}"),
        target=configuration.target_domain_name,
    )
