"""Configuration that is encrypted, and the secrets that the program makes of it."""

from __future__ import annotations

from tests.support.deployer import NotingCloud, run


def test_encrypted_configuration_reaches_the_program_as_a_secret():
    exports = run(
        """
        key = pulumi.Config().require_secret("key")
        pulumi.export("key", key)
        pulumi.export("settings", pulumi.Config().require_object("settings"))
        pulumi.export("is_secret", pulumi.Output.from_input(key.is_secret()))
        """,
        settings={"a": 1},
        secrets={"key": "sk_test_1"},
    )

    assert exports == {"key": "sk_test_1", "settings": {"a": 1}, "is_secret": True}


def test_a_secret_is_made_first_and_then_given_its_value():
    cloud = NotingCloud(create_secret={"ARN": "arn:secret"}, put_secret_value={"VersionId": "v1"})
    exports = run(
        """
        secret = aws.secretsmanager.Secret("payment-key", description="A key", tags={"stack": "laptop"})
        value = aws.secretsmanager.SecretVersion(
            "payment-key", secret_id=secret.id, secret_string=pulumi.Output.secret("sk_test_1")
        )
        pulumi.export("arn", value.secret_arn)
        pulumi.export("version", value.version_id)
        """,
        cloud,
    )

    (_, made), (_, given) = [call for call in cloud.calls if "secret" in call[0]]
    assert "payment-key" in made["Name"]
    assert (made["Description"], made["Tags"]) == ("A key", [{"Key": "stack", "Value": "laptop"}])
    assert given == {"SecretId": "arn:secret", "SecretString": "sk_test_1"}
    assert exports == {"arn": "arn:secret", "version": "v1"}
