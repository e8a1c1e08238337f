from __future__ import annotations

import random

import pulumi
import pytest

from infra.packaging import PackagingError, check_size, size

MEGABYTE = 1024 * 1024


@pytest.fixture
def layer(tmp_path):
    noise = random.Random(0)  # so that it does not compress
    sizes = {"python/big/a.so": 3, "python/big/b.so": 2, "python/middle.py": 2, "python/small/x.py": 1}
    for name, megabytes in sizes.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(noise.randbytes(megabytes * MEGABYTE))
    return pulumi.FileArchive(str(tmp_path))


@pytest.fixture
def sizes(layer):
    return check_size("the layer", layer)


@pytest.fixture
def function():
    return pulumi.AssetArchive({"functions/a.py": pulumi.StringAsset("x" * MEGABYTE)})


@pytest.fixture
def limit(monkeypatch):
    def set_limit(name, limit_bytes):
        monkeypatch.setattr(size, name, limit_bytes)

    return set_limit


def test_what_fits_passes(function, sizes, limit):
    check_size("accept_order", function, layer=sizes)
    limit("_UNZIPPED_BYTES", 9 * MEGABYTE)
    check_size("accept_order", function, layer=sizes)


def test_a_function_and_its_layer_together_must_fit_unzipped(function, sizes, limit):
    limit("_UNZIPPED_BYTES", 9 * MEGABYTE - 1)
    with pytest.raises(PackagingError) as caught:
        check_size("accept_order", function, layer=sizes)

    assert str(caught.value) == (
        "accept_order has 9.0 MB (9,437,184 bytes) unzipped with its layer, and Lambda takes at most "
        "9.0 MB (9,437,183 bytes). The largest are big (5.0 MB (5,242,880 bytes)), "
        "middle.py (2.0 MB (2,097,152 bytes)), functions (1.0 MB (1,048,576 bytes)), "
        "small (1.0 MB (1,048,576 bytes)). Take what the handlers can do without out of "
        "functions/requirements.in and run `make lock`; boto3 comes with the runtime and need not be there."
    )


def test_an_upload_must_fit_zipped(layer, limit):
    limit("_UPLOAD_BYTES", 6 * MEGABYTE)
    with pytest.raises(
        PackagingError, match=r"the layer has 8\.0 MB \(.*\) zipped, and .*largest are big \(5"
    ):
        check_size("the layer", layer)


def test_an_upload_that_is_large_only_unzipped_passes(function, limit):
    limit("_UPLOAD_BYTES", MEGABYTE // 2)
    check_size("accept_order", function)


def test_the_layer_is_not_part_of_a_functions_upload(function, sizes, limit):
    limit("_UPLOAD_BYTES", 2 * MEGABYTE)
    check_size("accept_order", function, layer=sizes)
