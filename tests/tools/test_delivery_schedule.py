from __future__ import annotations

from itertools import pairwise, product
from pathlib import Path

import pytest
from pydantic import ValidationError

from infra.settings import SETTINGS_KEY
from infra.settings.error import SettingsError
from infra.webhooks.attempts import scheduled_attempts
from infra.webhooks.backoff import backoff_delays
from infra.webhooks.delivery_policy import DeliveryPolicy
from local.sns.policy import retry_delays
from tools.delivery_schedule import main, read_policy, render_schedule

FUNCTIONS = ("arithmetic", "exponential", "geometric", "linear")


def many_policies() -> list[DeliveryPolicy]:
    """Return every valid policy of a grid, some thousand of them."""
    policies = []
    for function, delays, backoff, phases in product(
        FUNCTIONS, ((1, 1), (1, 20), (5, 600), (20, 3600)), (0, 1, 2, 5, 30, 60), product((0, 1, 4), repeat=3)
    ):
        try:
            policy = DeliveryPolicy(
                min_delay_target_seconds=delays[0],
                max_delay_target_seconds=delays[1],
                num_retries=backoff + sum(phases),
                num_no_delay_retries=phases[0],
                num_min_delay_retries=phases[1],
                num_max_delay_retries=phases[2],
                backoff_function=function,
            )
        except ValidationError:
            continue
        policies.append(policy)
    return policies


POLICIES = many_policies()


def test_there_are_many_policies_of_every_kind():
    assert len(POLICIES) > 1000
    assert {policy.backoff_function for policy in POLICIES} == set(FUNCTIONS)


def test_every_attempt_has_its_number_and_its_phase():
    for policy in POLICIES:
        attempts = scheduled_attempts(policy)

        assert [attempt.number for attempt in attempts] == list(range(1, policy.num_retries + 2))
        assert [attempt.phase for attempt in attempts] == [
            "first",
            *["immediate"] * policy.num_no_delay_retries,
            *["pre-backoff"] * policy.num_min_delay_retries,
            *["backoff"] * policy.num_backoff_retries,
            *["post-backoff"] * policy.num_max_delay_retries,
        ]


def test_times_start_at_zero_never_go_back_and_the_earliest_fit_the_hour():
    for policy in POLICIES:
        attempts = scheduled_attempts(policy)

        assert (attempts[0].earliest_seconds, attempts[0].latest_seconds) == (0, 0)
        for before, after in pairwise(attempts):
            assert before.earliest_seconds <= after.earliest_seconds
            assert before.latest_seconds + 15 <= after.latest_seconds
        assert all(attempt.earliest_seconds <= attempt.latest_seconds for attempt in attempts)
        assert attempts[-1].earliest_seconds <= policy.worst_case_delay_seconds + 1e-6 <= 3600 + 1e-6
        assert attempts[-1].latest_seconds == policy.worst_case_delay_seconds + 15 * policy.num_retries


def test_the_default_schedule():
    attempts = scheduled_attempts(DeliveryPolicy(backoff_function="linear"))

    assert [attempt.earliest_seconds for attempt in attempts] == [
        0,
        0,
        5,
        10,
        15,
        168.75,
        471.25,
        922.5,
        1522.5,
    ]
    assert [attempt.latest_seconds for attempt in attempts] == [0, 15, 35, 55, 670, 1285, 1900, 2515, 3130]


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_curve_rises_from_the_shortest_delay_to_the_longest(function):
    for shortest, longest, count in product((1, 5, 20), (20, 260, 3600), (2, 3, 10, 100)):
        delays = backoff_delays(function, shortest, longest, count)

        assert len(delays) == count
        assert (delays[0], delays[-1]) == (shortest, longest)
        assert all(before <= after + 1e-9 for before, after in pairwise(delays))


@pytest.mark.parametrize("function", FUNCTIONS)
def test_a_single_backoff_retry_has_the_shortest_delay(function):
    assert backoff_delays(function, 5, 600, 1) == (5,)
    assert backoff_delays(function, 5, 600, 0) == ()


def test_the_four_curves_differ():
    # Ten retries from 5 to 260 seconds, the case that AWS draws.
    middle = {function: backoff_delays(function, 5, 260, 10)[5] for function in FUNCTIONS}

    assert middle["exponential"] < middle["geometric"] < middle["arithmetic"] < middle["linear"]


def test_the_laptops_sns_follows_the_same_schedule():
    for policy in POLICIES:
        earliest = [attempt.earliest_seconds for attempt in scheduled_attempts(policy)]
        waits = [after - before for before, after in pairwise(earliest)]

        assert waits == pytest.approx(
            list(retry_delays(policy.for_subscription()["healthyRetryPolicy"])), abs=1e-6
        )


def test_the_table_shows_each_attempt_and_says_what_is_approximate():
    lines = render_schedule(DeliveryPolicy()).splitlines()

    assert lines[:10] == [
        "attempt  phase         earliest    latest",
        "      1  first          0:00:00   0:00:00",
        "      2  immediate      0:00:00   0:00:15",
        "      3  pre-backoff    0:00:05   0:00:35",
        "      4  pre-backoff    0:00:10   0:00:55",
        "      5  backoff        0:00:15   0:11:10",
        "      6  backoff        0:01:00   0:21:25",
        "      7  backoff        0:03:04   0:31:40",
        "      8  backoff        0:07:46   0:41:55",
        "      9  backoff        0:17:46   0:52:10",
    ]
    text = " ".join(lines[11:])
    assert "SNS gives up between 0:17:46 and 0:52:25." in text
    assert "the exponential curve from 5 to 600 seconds is an approximation" in text
    assert "deliveries a second" not in text


def test_the_table_says_what_a_throttle_does():
    text = " ".join(render_schedule(DeliveryPolicy(max_receives_per_second=7)).split())

    assert "Above 7 deliveries a second, every time is later." in text


@pytest.fixture
def stack_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    def write(text: str) -> Path:
        path = Path("Pulumi.dev.yaml")
        path.write_text(text)
        return path

    return write


def test_a_stacks_delivery_settings_are_read(stack_file):
    path = stack_file(
        "config:\n  order-webhooks:settings:\n    delivery: {num_retries: 4}\n  aws:region: eu-west-1\n"
    )

    assert read_policy(path) == DeliveryPolicy(num_retries=4)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "config: {}\n",
        "config:\n  order-webhooks:settings: {tags: {a: b}}\n",
        "config:\n  aws:region: x\n",
    ],
)
def test_a_stack_without_delivery_settings_has_the_default(stack_file, text):
    assert read_policy(stack_file(text)) == DeliveryPolicy()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "config: {'order-webhooks:settings': {delivery: {num_retries: 400}}}",
            "num_retries: 400 is not allowed: SNS takes 0 to 100 retries",
        ),
        ("config: {'order-webhooks:settings': {delivery: {num_retires: 4}}}", "did you mean num_retries?"),
        ("config: {'order-webhooks:settings': {delivery: often}}", "'often' is not allowed"),
        ("config: {'order-webhooks:settings': {delivery: []}}", "[] is not allowed"),
        ("config: [\n", "Pulumi.dev.yaml is not YAML"),
    ],
)
def test_settings_that_cannot_be_used_are_explained(stack_file, text, message):
    with pytest.raises(SettingsError) as caught:
        read_policy(stack_file(text))

    assert message in str(caught.value)
    assert "Pulumi.dev.yaml" in str(caught.value)


@pytest.mark.parametrize(("encoding", "code"), [("utf-16", 0), ("utf-8-sig", 0), ("cp1252", 2)])
def test_a_file_in_another_encoding_is_read_or_refused_in_one_sentence(stack_file, encoding, code, capsys):
    path = stack_file("")
    path.write_bytes("config: {'order-webhooks:settings': {tags: {team: Größe}}}".encode(encoding))

    assert main([str(path)]) == code
    shown = capsys.readouterr().err
    assert shown == "" or (shown.startswith("Pulumi.dev.yaml is not YAML") and shown.count("\n") == 1)


def test_the_command_prints_the_schedule_of_a_stack_a_file_or_the_default(stack_file, capsys):
    path = stack_file("config: {'order-webhooks:settings': {delivery: {num_retries: 4}}}")
    expected = render_schedule(DeliveryPolicy(num_retries=4))

    assert main(["--stack", "dev"]) == 0
    assert capsys.readouterr().out == expected
    assert main([str(path)]) == 0
    assert capsys.readouterr().out == expected
    assert main([]) == 0
    assert capsys.readouterr().out == render_schedule(DeliveryPolicy())


def test_the_command_names_the_stacks_that_there_are(stack_file, capsys):
    stack_file("")

    assert main(["--stack", "prod"]) == 2
    assert capsys.readouterr().err == (
        "Pulumi.prod.yaml cannot be read (No such file or directory); the stacks here: Pulumi.dev.yaml\n"
    )


def test_the_settings_have_the_name_that_the_program_reads():
    project = Path(__file__).resolve().parents[2] / "Pulumi.yaml"

    assert project.read_text().startswith(f"name: {SETTINGS_KEY.partition(':')[0]}\n")
