"""Requests byte by byte, as no client library sends them, and the sockets that a process listens on."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress
from pathlib import Path

from local.loopback import HOST

_LISTENING = "0A"


def exchange(port: int, request: bytes, *, tls: bool = False) -> bytes:
    """Send bytes and return all that comes back until the server closes the connection."""
    with socket.create_connection((HOST, port), timeout=30) as plain:
        connection = _unverified().wrap_socket(plain) if tls else plain
        with connection:
            connection.sendall(request)
            received = b""
            with suppress(ConnectionResetError):
                while chunk := connection.recv(65536):
                    received += chunk
            return received


def status_of(response: bytes) -> int:
    return int(response.split(b" ", 2)[1])


def speaks_tls(port: int) -> bool:
    try:
        with socket.create_connection((HOST, port), timeout=30) as plain, _unverified().wrap_socket(plain):
            return True
    except (ssl.SSLError, ConnectionError):
        return False


def listening_ports(process_id: int) -> set[int]:
    """Return the TCP ports on which a process listens, as Linux has them; none if it has ended."""
    try:
        return _listening_ports(process_id)
    except (FileNotFoundError, ProcessLookupError):
        return set()


def _listening_ports(process_id: int) -> set[int]:
    inodes = set()
    for descriptor in Path(f"/proc/{process_id}/fd").iterdir():
        # A descriptor may be closed by now.
        with suppress(OSError):
            inodes.add(str(descriptor.readlink()).removeprefix("socket:[").removesuffix("]"))
    ports = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{process_id}/net/{table}").read_text().splitlines()[1:]:
            _, address, _, state, *_, inode = line.split()[:10]
            if state == _LISTENING and inode in inodes:
                ports.add(int(address.rpartition(":")[2], 16))
    return ports


def processes_of(process_id: int) -> set[int]:
    """Return a process and all that it started; a thread or a process that ends meanwhile is left out."""
    found = {process_id}
    with suppress(FileNotFoundError, ProcessLookupError):
        for thread in Path(f"/proc/{process_id}/task").iterdir():
            for child in _children(thread):
                found |= processes_of(child)
    return found


def _children(thread: Path) -> list[int]:
    try:
        return [int(child) for child in (thread / "children").read_text().split()]
    except (FileNotFoundError, ProcessLookupError):
        return []


def _unverified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
