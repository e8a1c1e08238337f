"""Deploy the Pulumi program to the emulator, without Pulumi's engine and provider."""

from local.deployer.errors import DeploymentError
from local.deployer.program import deploy
from local.deployer.site import Cloud

__all__ = ["Cloud", "DeploymentError", "deploy"]
