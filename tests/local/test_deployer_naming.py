from __future__ import annotations

import re

from local.deployer.naming import automatic_name

QUEUE = "aws:sqs/queue:Queue"


def test_a_name_is_the_same_in_every_run():
    assert automatic_name("laptop", QUEUE, "orders", longest=80) == "orders-258abf6"


def test_stacks_types_and_names_make_different_names():
    names = {
        automatic_name("laptop", QUEUE, "orders", longest=80),
        automatic_name("other", QUEUE, "orders", longest=80),
        automatic_name("laptop", "aws:sns/topic:Topic", "orders", longest=80),
        automatic_name("laptop", QUEUE, "orders2", longest=80),
    }

    assert len(names) == 4


def test_a_long_name_is_cut_to_the_limit_and_still_unique():
    one, two = (automatic_name("laptop", QUEUE, "x" * 100 + end, longest=64) for end in "ab")

    assert len(one) == len(two) == 64
    assert one != two
    assert re.fullmatch(r"x{56}-[0-9a-f]{7}", one)


def test_a_name_at_the_limit_is_not_cut():
    assert automatic_name("laptop", QUEUE, "x" * 56, longest=64).startswith("x" * 56 + "-")
