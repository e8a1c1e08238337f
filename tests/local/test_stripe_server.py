"""The fake Stripe as a process: what it remembers, and that it ends."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path

import pytest
import stripe

from local.payments import stripe_server
from local.payments.faults import Fault, FaultPlan
from local.payments.stripe_front import StripeFront, running_stripe
from local.payments.stripe_server import StripeServerError, running_localstripe
from tests.support.pulumi_graph import ROOT
from tests.support.stripe import FOREVER, client_at, confirm_intent, create_intent
from tests.support.waiting import wait_for


def test_the_ledger_says_what_the_server_has(tmp_path) -> None:
    told = []
    with running_localstripe(tmp_path) as upstream:
        front = StripeFront(upstream, on_charge=told.append)
        with front.serving():
            for number in range(3):
                intent = create_intent(front, f"r-{number}")
                confirm_intent(front, intent.id)
            client_at(front.url).v1.refunds.create(params={"payment_intent": intent.id})
        listed = upstream.ask("GET", "/v1/charges").body["data"]
    assert {(each["payment_intent"], each["amount_refunded"]) for each in listed} == {
        (each.intent_id, each.refunded_amount) for each in front.charges()
    }
    assert [each.request_id for each in told] == ["r-0", "r-1", "r-2", "r-2"]


def test_nothing_stays_behind(tmp_path) -> None:
    with running_stripe(tmp_path) as front:
        create_intent(front, "r-1")
        waiting = threading.Thread(target=ask_in_vain, args=(front,))
        front.plan(FaultPlan((Fault(kind="late", delay_seconds=FOREVER),)))
        waiting.start()
        wait_for(lambda: len(front.calls()) == 2)
    waiting.join()
    assert [path.name for path in tmp_path.iterdir()] == ["stripe.log"]
    with pytest.raises(stripe.APIConnectionError):
        create_intent(front, "r-2")


def ask_in_vain(front: StripeFront) -> None:
    with suppress(stripe.StripeError):
        create_intent(front, "r-1")


def test_it_ends_with_the_process_that_started_it(tmp_path) -> None:
    program = (
        "import os, pathlib, sys\n"
        "from local.payments import stripe_server\n"
        "start = stripe_server._start\n"
        "def told(*arguments):\n"
        "    process = start(*arguments)\n"
        "    print(process.pid, flush=True)\n"
        "    return process\n"
        "stripe_server._start = told\n"
        "with stripe_server.running_localstripe(pathlib.Path(sys.argv[1])): os._exit(1)\n"
    )
    parent = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, check=False
    )
    process_id = int(parent.stdout)
    wait_for(lambda: not is_running(process_id))


def test_a_server_that_does_not_start_says_why(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(stripe_server.sys, "executable", "/bin/false")
    broken = running_localstripe(tmp_path)
    with pytest.raises(StripeServerError, match=r"ended with code 1.*stripe\.log"), broken:
        pass


def is_running(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return False
    # A process that has ended stays in the table until its new parent has asked for its end.
    return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
