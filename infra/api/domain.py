"""A domain name of the team's own in front of the HTTP API."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.settings.api import DomainSettings


@dataclass(frozen=True, kw_only=True)
class ApiDomainArgs:
    """What the domain is made of."""

    settings: DomainSettings
    api_id: pulumi.Input[str]
    stage_name: pulumi.Input[str]


class ApiDomain(pulumi.ComponentResource):
    """The name, which stage it leads to, and its record where the zone is known.

    `endpoint` is where clients call; `target` is what the name must point to where we do not see to that.
    """

    def __init__(self, name: str, args: ApiDomainArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("orders:api:ApiDomain", name, {}, opts)
        child = pulumi.ResourceOptions(parent=self)
        settings = args.settings
        domain = aws.apigatewayv2.DomainName(
            name,
            domain_name=settings.name,
            domain_name_configuration=aws.apigatewayv2.DomainNameDomainNameConfigurationArgs(
                certificate_arn=settings.certificate_arn, endpoint_type="REGIONAL", security_policy="TLS_1_2"
            ),
            opts=child,
        )
        mapping = aws.apigatewayv2.ApiMapping(
            name, api_id=args.api_id, domain_name=domain.id, stage=args.stage_name, opts=child
        )
        configuration = domain.domain_name_configuration
        self.target = configuration.target_domain_name
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
                opts=child,
            )
        # Known once the name leads somewhere.
        self.endpoint = mapping.domain_name.apply(lambda _: f"https://{settings.name}")
        self.register_outputs({"endpoint": self.endpoint, "target": self.target})
