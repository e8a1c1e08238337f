from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest

from local import emulator as emulator_module
from local.client import client_of
from local.emulator import Emulator, running_emulator
from local.loopback import HOST, bind_loopback
from tests.support.emulator import (
    create_function,
    create_state_machine,
    end_of,
    files_below,
    invoke,
    start,
)
from tests.support.waiting import wait_for

pytestmark = pytest.mark.e2e

REPOSITORY = Path(__file__).parents[2]
ENVIRONMENT = "import os\n\n\ndef handle(event, context):\n    return dict(os.environ)\n"
PROCESS_ID = "import os\n\n\ndef handle(event, context):\n    return os.getpid()\n"


def is_served(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex((HOST, port)) == 0


def is_alive(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    return True


def temporary_files(work_directory: Path) -> list[Path]:
    return files_below(*work_directory.glob("emulator-*"))


def test_it_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path.parent)
    with running_emulator(work_directory=Path(tmp_path.name)) as emulator:
        worker = invoke(emulator, create_function(emulator, PROCESS_ID))
        assert is_alive(worker)
        assert temporary_files(tmp_path)

    assert not is_alive(worker)
    assert not is_served(emulator.port)
    assert emulator.process.returncode == 0
    assert [path.name for path in tmp_path.iterdir()] == ["emulator.log"]


def test_it_serves_the_wished_port_or_another(tmp_path: Path) -> None:
    with bind_loopback() as holder:
        wished = holder.getsockname()[1]
        with running_emulator(work_directory=tmp_path, port=wished) as emulator:
            assert emulator.port != wished
            assert emulator.client("sqs").list_queues()
    with running_emulator(work_directory=tmp_path, port=wished) as emulator:
        assert emulator.port == wished


def test_nothing_of_the_developer_s_environment_reaches_a_function(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_PROFILE", "AWS_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "HTTPS_PROXY", "STRIPE_KEY"):
        monkeypatch.setenv(name, "the-developers")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    with running_emulator(work_directory=tmp_path, region="eu-west-1") as emulator:
        seen = invoke(emulator, create_function(emulator, ENVIRONMENT))

    assert "the-developers" not in seen.values()
    assert {"AWS_PROFILE", "HTTPS_PROXY", "PYTHONPATH"}.isdisjoint(seen)
    assert seen["HOME"].startswith(str(tmp_path))
    assert seen["AWS_REGION"] == "eu-west-1"
    assert seen["AWS_ENDPOINT_URL"] == emulator.endpoint_url


def test_the_emulator_has_settings_of_its_own(tmp_path: Path) -> None:
    extra = {"SFN_WAIT_SCALE": "0"}
    with running_emulator(work_directory=tmp_path, extra_environment=extra) as emulator:
        machine = create_state_machine(emulator, {"Type": "Wait", "Seconds": 3600, "End": True})
        assert end_of(emulator, start(emulator, machine))["status"] == "SUCCEEDED"


def test_a_client_is_untouched_by_the_developer_s_configuration(
    patched: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "not-there")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    (tmp_path / "config").write_text("[default]\nregion = eu-north-1\n")
    for name in ("HTTP_PROXY", "http_proxy"):
        monkeypatch.setenv(name, f"http://{HOST}:1")
    client_of.cache_clear()

    identity = patched.client("sts").get_caller_identity()

    assert identity["Account"] == "000000000000"


# The whole of a process that runs an emulator, as the run command does; it prints what to look for.
RUNNER = f"""
import signal, sys
from pathlib import Path
from local.emulator import running_emulator
from tests.support.emulator import create_function, invoke

# A shell starts background processes deaf to Ctrl-C; this one listens.
signal.signal(signal.SIGINT, signal.default_int_handler)
with running_emulator(work_directory=Path(sys.argv[1])) as emulator:
    worker = invoke(emulator, create_function(emulator, {PROCESS_ID!r}))
    print(emulator.port, emulator.process.pid, worker, flush=True)
    signal.pause()
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
def test_it_ends_with_the_process_that_runs_it(tmp_path: Path, number: signal.Signals) -> None:
    runner = subprocess.Popen(
        [sys.executable, "-c", RUNNER, str(tmp_path)],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    with runner:
        port, launcher, worker = map(int, runner.stdout.readline().split())
        # To the whole group, as a terminal sends Ctrl-C.
        os.killpg(runner.pid, number)
        runner.wait(timeout=30)
    try:
        wait_for(lambda: not is_served(port) and not is_alive(worker) and not temporary_files(tmp_path))
    finally:
        with suppress(ProcessLookupError):
            os.killpg(launcher, signal.SIGKILL)


def test_what_a_killed_process_left_the_next_one_removes(tmp_path: Path) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    left_over, in_use = tmp_path / f"emulator-{gone.pid}-x", tmp_path / f"emulator-{os.getpid()}-y"
    for directory in (left_over, in_use):
        (directory / "deeper").mkdir(parents=True)

    emulator_module._remove_leftovers(tmp_path)

    assert list(tmp_path.iterdir()) == [in_use]


def test_the_launcher_serves_alone(tmp_path: Path) -> None:
    launcher = subprocess.Popen(
        [sys.executable, "-m", "local.launcher", "--stock"],
        cwd=REPOSITORY,
        env={**os.environ, "TMPDIR": str(tmp_path)},
        stdout=subprocess.PIPE,
        text=True,
    )
    with launcher:
        port = int(launcher.stdout.readline().rpartition(":")[2])
        wait_for(lambda: is_served(port))
        launcher.terminate()
        assert launcher.wait(timeout=30) == 0
    assert list(tmp_path.iterdir()) == []
