"""The dashboard in CloudWatch."""

from __future__ import annotations

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from infra.monitoring.dashboard_body import Watched, build_dashboard


@dataclass(frozen=True, kw_only=True)
class DashboardArgs:
    """What the dashboard is made of."""

    watched: Watched


class Dashboard(pulumi.ComponentResource):
    """One page that shows how the stack is; `url` leads to it in AWS's console."""

    def __init__(self, name: str, args: DashboardArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("orders:seeing:Dashboard", name, {}, opts)
        dashboard_name = f"{pulumi.get_project()}-{pulumi.get_stack()}"
        dashboard = aws.cloudwatch.Dashboard(
            name,
            dashboard_name=dashboard_name,
            dashboard_body=pulumi.Output.json_dumps(build_dashboard(args.watched)),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.url = pulumi.Output.concat(
            "https://console.aws.amazon.com/cloudwatch/home?region=",
            args.watched.region,
            "#dashboards/dashboard/",
            dashboard.dashboard_name,
        )
        self.register_outputs({"url": self.url})
