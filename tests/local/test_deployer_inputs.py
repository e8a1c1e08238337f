from __future__ import annotations

import pulumi
import pytest
from pulumi.runtime import rpc

from local.deployer.errors import ResourceError
from local.deployer.inputs import Inputs, plain


def test_whole_numbers_become_integers_at_every_depth():
    value = plain({"timeout": 30.0, "rate": 0.5, "nested": [{"size": 256.0}], "on": True, "name": "30.0"})

    assert value == {"timeout": 30, "rate": 0.5, "nested": [{"size": 256}], "on": True, "name": "30.0"}
    assert isinstance(value["timeout"], int)
    assert isinstance(value["nested"][0]["size"], int)
    assert value["on"] is True


def test_secrets_are_unwrapped_at_every_depth():
    whole = rpc.wrap_rpc_secret({"variables": {"KEY": "sk_1", "OTHER": rpc.wrap_rpc_secret("sk_2")}})

    assert plain({"environment": whole}) == {"environment": {"variables": {"KEY": "sk_1", "OTHER": "sk_2"}}}


def test_archives_stay_what_they_are():
    archive = pulumi.AssetArchive({"a.txt": pulumi.StringAsset("a")})

    assert plain({"code": archive})["code"] is archive


def test_inputs_that_were_all_taken_are_finished():
    inputs = Inputs({"name": "a", "timeout": 3, "ttl": {"enabled": True}, "keys": [{"name": "k"}]})

    assert inputs.take("name", str) == "a"
    assert inputs.take_as(timeout="Timeout", memory="Memory") == {"Timeout": 3}
    assert inputs.take_nested("ttl").take_as(enabled="Enabled") == {"Enabled": True}
    assert [key.take("name", str) for key in inputs.take_each("keys")] == ["k"]
    inputs.finish()


def test_whatever_nobody_took_is_named_with_its_path():
    inputs = Inputs(
        {"b": 1, "a": 1, "ttl": {"on": True, "mode": "x"}, "keys": [{"name": "k"}, {"name": "l", "odd": 1}]}
    )
    inputs.take_nested("ttl").take("on", bool)
    for key in inputs.take_each("keys"):
        key.take("name", str)

    with pytest.raises(ResourceError, match=r"does not know these inputs: a, b, ttl\.mode, keys\[1\]\.odd$"):
        inputs.finish()


def test_an_input_that_is_none_is_not_given():
    inputs = Inputs({"name": None, "other": None})

    inputs.finish()
    assert inputs.take_optional("name", str) is None
    assert inputs.take_as(other="Other") == {}


def test_absent_objects_and_lists_are_empty():
    inputs = Inputs({})

    assert inputs.take_nested("ttl").take_as(enabled="Enabled") == {}
    assert list(inputs.take_each("keys")) == []


def test_a_missing_input_is_named_with_its_path():
    with pytest.raises(ResourceError, match=r'^the input "ttl\.name" is missing$'):
        Inputs({"ttl": {}}).take_nested("ttl").take("name", str)


def test_an_input_of_the_wrong_kind_is_refused():
    with pytest.raises(ResourceError, match=r'^the input "name" is a int, not a str$'):
        Inputs({"name": 3}).take("name", str)
