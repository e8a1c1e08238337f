from __future__ import annotations

import random

import pulumi
import pytest

from infra.packaging import PackagingError, check_size
from infra.packaging.size import SizeLimits

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


def test_the_limits_are_lambdas():
    assert SizeLimits() == SizeLimits(unzipped_bytes=262_144_000, upload_bytes=52_428_800)


def test_what_fits_passes(function, sizes):
    check_size("accept_order", function, layers=[sizes])
    check_size("accept_order", function, layers=[sizes], limits=SizeLimits(unzipped_bytes=9 * MEGABYTE))


def test_a_function_and_its_layers_together_must_fit_unzipped(function, sizes):
    with pytest.raises(PackagingError) as caught:
        check_size(
            "accept_order",
            function,
            layers=[sizes],
            limits=SizeLimits(unzipped_bytes=9 * MEGABYTE - 1),
        )

    assert str(caught.value) == (
        "accept_order has 9.0 MB (9,437,184 bytes) unzipped with its layers, and Lambda takes at most "
        "9.0 MB (9,437,183 bytes). The largest are big (5.0 MB (5,242,880 bytes)), "
        "middle.py (2.0 MB (2,097,152 bytes)), functions (1.0 MB (1,048,576 bytes)), "
        "small (1.0 MB (1,048,576 bytes)). Take what the handlers can do without out of "
        "functions/requirements.in and run `make lock`; boto3 comes with the runtime and need not be there."
    )


def test_an_upload_must_fit_zipped(layer):
    limits = SizeLimits(upload_bytes=6 * MEGABYTE)

    with pytest.raises(
        PackagingError, match=r"the layer has 8\.0 MB \(.*\) zipped, and .*largest are big \(5"
    ):
        check_size("the layer", layer, limits=limits)


def test_an_upload_that_is_large_only_unzipped_passes(function):
    check_size("accept_order", function, limits=SizeLimits(upload_bytes=MEGABYTE // 2))


def test_the_layers_are_not_part_of_a_functions_upload(function, sizes):
    check_size("accept_order", function, layers=[sizes], limits=SizeLimits(upload_bytes=2 * MEGABYTE))
