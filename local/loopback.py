"""Sockets that only this machine can reach."""

from __future__ import annotations

import errno
import socket

HOST = "127.0.0.1"


def bind_loopback(port: int | None = None) -> socket.socket:
    """Return a TCP socket bound to a loopback port: `port`, or any free one where that is taken.

    The caller owns the socket. While it is open, no other process can take the port.
    """
    if port is not None:
        try:
            return _bind(port)
        except OSError as error:
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise
    return _bind(0)


def _bind(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        # Else the port of an emulator that has just stopped would be "in use" for a minute.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen()
    except OSError:
        listener.close()
        raise
    return listener
