"""The functions' layer, and the one place that knows what all functions have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pulumi
import pulumi_aws as aws

from infra.access import Grant
from infra.lambdas.defaults import ROOT, FunctionDefaults, FunctionFactoryArgs
from infra.lambdas.python_function import PythonFunction, PythonFunctionArgs
from infra.naming import LAYER, function_name
from infra.packaging import Compiler, Interpreter, Target, build_layer, check_size

# After half a minute API Gateway answers 503, whatever the function then still does:
# https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
_API_TIMEOUT_SECONDS = 29


class FunctionFactory(pulumi.ComponentResource):
    """One layer for all functions, and a method that makes a function on it.

    The layer has third-party packages only, so it changes with the lock file alone.
    """

    def __init__(
        self, name: str, args: FunctionFactoryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("orders:lambdas:FunctionFactory", name, {}, opts)
        self._settings = settings = args.settings
        target = (
            Target.host() if settings.build_for == "host" else Target(settings.runtime, settings.architecture)
        )
        compiler = Compiler(Interpreter.of(target), ROOT / ".cache") if settings.bytecode else None
        content = build_layer(
            target,
            requirements=ROOT / "functions" / "requirements.txt",
            cache=ROOT / ".cache" / "layers",
            compiler=compiler,
        )
        archive = pulumi.FileArchive(str(content))
        layer = aws.lambda_.LayerVersion(
            LAYER,
            layer_name=f"{pulumi.get_project()}-{pulumi.get_stack()}-{LAYER}",
            description="Third-party packages of the order functions",
            code=archive,
            compatible_runtimes=[settings.runtime],
            compatible_architectures=[settings.architecture],
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.timeout_seconds = settings.timeout_seconds
        self._defaults = FunctionDefaults(
            args=args, compiler=compiler, layer_arn=layer.arn, layer_sizes=check_size(LAYER, archive)
        )
        self.register_outputs({"layer_arn": layer.arn})

    def make(
        self,
        handler_module: str,
        description: str,
        *,
        parent: pulumi.Resource,
        environment: Mapping[str, pulumi.Input[str]] | None = None,
        grants: Sequence[Grant] = (),
        behind_api: bool = False,
        timeout_seconds: int | None = None,
        memory_megabytes: int | None = None,
    ) -> PythonFunction:
        """Make the function of a handler module, such as `accept_order`, as a part of its capability.

        A function behind the API runs no longer than API Gateway waits for it, and has the memory that the
        settings give such functions. `timeout_seconds` and `memory_megabytes` are for a function that needs
        others than the settings' whatever those are.
        """
        timeout_seconds = timeout_seconds or self.timeout_seconds
        memory = self._settings.memory_megabytes
        if behind_api:
            memory = self._settings.api_memory_megabytes
            timeout_seconds = min(timeout_seconds, _API_TIMEOUT_SECONDS)
        return PythonFunction(
            function_name(handler_module),
            PythonFunctionArgs(
                defaults=self._defaults,
                handler_module=handler_module,
                description=description,
                timeout_seconds=timeout_seconds,
                memory_megabytes=memory_megabytes or memory,
                environment=environment or {},
                grants=grants,
            ),
            pulumi.ResourceOptions(parent=parent),
        )
