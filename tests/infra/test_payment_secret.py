"""The payment provider's key: in one secret, and seen by two functions."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest
from pulumi.runtime import rpc

from tests.infra.conftest import STRIPE_KEY
from tests.infra.test_access import allowed
from tests.support.pulumi_graph import Graph, record_main

SECRET = "aws:secretsmanager/secret:Secret"
VERSION = "aws:secretsmanager/secretVersion:SecretVersion"
PAYMENT_FUNCTIONS = {"process-payment", "release-payment"}
READ = "secretsmanager:GetSecretValue"


def functions(graph: Graph) -> dict[str, dict[str, Any]]:
    """Each function's environment."""
    return {
        each.name: each.inputs["environment"]["variables"]
        for each in graph.of_type("aws:lambda/function:Function")
    }


def test_the_key_is_in_the_secrets_version_alone_and_marked_as_secret(stripe_graph: Graph) -> None:
    (version,) = stripe_graph.of_type(VERSION)
    assert version.inputs["secretId"] == stripe_graph.named(SECRET, "payment-key").arn
    assert rpc.is_rpc_secret(version.inputs["secretString"])
    assert rpc.unwrap_rpc_secret(version.inputs["secretString"]) == STRIPE_KEY
    others = [each for each in stripe_graph.resources if each.type != VERSION]
    for each in others:
        assert STRIPE_KEY not in str(dict(each.inputs)), each.name
    assert STRIPE_KEY not in str(stripe_graph.outputs)


def test_the_secret_is_encrypted_with_the_accounts_own_key(stripe_graph: Graph) -> None:
    (secret,) = stripe_graph.of_type(SECRET)
    assert "kmsKeyId" not in secret.inputs


def test_only_the_payment_functions_know_the_secret_and_may_read_it(stripe_graph: Graph) -> None:
    (secret,) = stripe_graph.of_type(SECRET)
    for name, variables in functions(stripe_graph).items():
        is_paying = name in PAYMENT_FUNCTIONS
        assert allowed(stripe_graph, name).get(READ) == ({secret.arn} if is_paying else None), name
        assert variables.get("PAYMENT_SECRET_ARN") == (secret.arn if is_paying else None), name
    for name in PAYMENT_FUNCTIONS:
        variables = functions(stripe_graph)[name]
        assert (variables["PAYMENT_PROVIDER"], variables["STRIPE_API_BASE"]) == ("stripe", "")


def test_nobody_but_them_is_allowed_anything_by_stripe(graph: Graph, stripe_graph: Graph) -> None:
    for name in functions(graph).keys() - PAYMENT_FUNCTIONS:
        assert allowed(stripe_graph, name) == allowed(graph, name), name


def test_without_a_provider_that_has_a_key_there_is_no_secret(graph: Graph) -> None:
    assert [each.name for each in graph.resources if "secretsmanager" in each.type] == []
    policies = graph.of_type("aws:iam/rolePolicy:RolePolicy")
    assert [each.name for each in policies if "secretsmanager" in json.dumps(each.document("policy"))] == []
    for name in PAYMENT_FUNCTIONS:
        assert functions(graph)[name]["PAYMENT_SECRET_ARN"] == ""


def test_it_can_be_previewed_before_anything_exists(stripe_graph: Graph) -> None:
    settings = {"payment": {"provider": "stripe"}}
    preview = record_main(settings, secrets={"stripeApiKey": STRIPE_KEY}, preview=True)
    assert {(each.type, each.name) for each in preview.resources} == {
        (each.type, each.name) for each in stripe_graph.resources
    }


def test_stripe_without_a_key_says_how_to_set_it() -> None:
    with pytest.raises(
        pulumi.ConfigMissingError, match="pulumi config set --secret order-webhooks:stripeApiKey"
    ):
        record_main({"payment": {"provider": "stripe"}})


def test_a_fake_stripe_is_where_the_settings_say() -> None:
    settings = {"payment": {"provider": "stripe", "stripe_api_base": "http://127.0.0.1:8420"}}
    recorded = record_main(settings, secrets={"stripeApiKey": STRIPE_KEY})
    for name in PAYMENT_FUNCTIONS:
        assert functions(recorded)[name]["STRIPE_API_BASE"] == "http://127.0.0.1:8420"
