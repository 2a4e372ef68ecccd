"""Ports for whoever is told where to listen, and must find that place free."""

import atexit
import contextlib
import socket

#: Below what systems hand out by themselves, to a socket without a wish or to a client (Linux: from
#: 32768; elsewhere from 49152): nobody has one of these by chance.
_FIRST, _END = 20_000, 26_000
#: So far above each port is its mark: a datagram socket, held by the process that the port is for.
_TO_MARK = 6_000


def free_port() -> int:
    """Return a port on which nobody listens; no other process is given it as long as we live."""
    for port in range(_FIRST, _END):
        mark = socket.socket(type=socket.SOCK_DGRAM)
        with contextlib.suppress(OSError):
            mark.bind(("127.0.0.1", port + _TO_MARK))
            with socket.create_server(("127.0.0.1", port)):
                atexit.register(mark.close)
                return port
        mark.close()
    raise OSError("every port is taken")
