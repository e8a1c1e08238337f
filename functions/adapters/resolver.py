"""The system's name resolution."""

from __future__ import annotations

import socket
from concurrent.futures import Future
from threading import Thread

# getaddrinfo has no time-out: a name server that says nothing holds it for half a minute, which is longer
# than a function behind the API may run. https://man7.org/linux/man-pages/man5/resolv.conf.5.html
LONGEST_LOOKUP_SECONDS = 2.0


def resolve(host: str) -> list[str]:
    """Return every address that a host leads to, in whatever spelling; raise OSError where there is none.

    Raises TimeoutError where the lookup does not finish in time: it goes on without anybody waiting for it.
    """
    lookup: Future[list[str]] = Future()
    # A daemon: the end of the process does not wait for it, as it would for an executor's thread.
    Thread(target=_look_up, args=(host, lookup), daemon=True).start()
    return lookup.result(LONGEST_LOOKUP_SECONDS)


def _look_up(host: str, lookup: Future[list[str]]) -> None:
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except Exception as error:  # noqa: BLE001 - the caller gets it
        lookup.set_exception(error)
    else:
        lookup.set_result([str(address[0]) for *_, address in found])
