"""``dial``: one connection for protocols that are not HTTP (IMAP, SMTP, WebSocket), to judged addresses only.

The same rules as for a request: the name is resolved once, its addresses are judged, and the connection goes to the
very address that was judged. Whoever runs the server may name hosts of its own network that are open all the same
(``RAPPORT_PRIVATE_HOSTS``: a mail server in the same rack, say).
"""

from __future__ import annotations

import os
import socket
import ssl

from rapport.net import addresses, watching
from rapport.net.errors import NeverLeft, Refused

VARIABLE = "RAPPORT_PRIVATE_HOSTS"
SECONDS = 10.0


def dial(
    host: str,
    port: int,
    *,
    tls: bool,
    seconds: float = SECONDS,
    patience: float = 60.0,
    trust: ssl.SSLContext | None = None,
    allow_loopback: bool | None = None,
) -> socket.socket:
    """A connected socket with keep-alive; each step of the way takes ``seconds`` at most, each read or write after that
    ``patience``. ``tls``: from the first byte, its certificate verified for ``host``.

    Raises :class:`NeverLeft` (no such host, no connection, no trust) or :class:`Refused` (a private address).
    """
    if not host or len(host) > 253 or not 0 < port < 65536:
        raise Refused("This is not the name of a server and the number of a port.")
    watching.tell("CONNECT", f"tcp://{host}:{port}")
    plain = _plain(host, port, seconds, allow_loopback)
    plain.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    try:
        line = upgrade(plain, host, trust) if tls else plain
    except BaseException:
        plain.close()
        raise
    line.settimeout(patience)
    return line


def upgrade(plain: socket.socket, host: str, trust: ssl.SSLContext | None = None) -> ssl.SSLSocket:
    """TLS over an open connection (STARTTLS); raises :class:`NeverLeft` where the certificate is not to be trusted."""
    try:
        return (trust or ssl.create_default_context()).wrap_socket(plain, server_hostname=host)
    except ssl.SSLCertVerificationError as error:
        raise NeverLeft(f"The certificate of {host} cannot be trusted: {error.verify_message}.") from error
    except OSError as error:
        raise NeverLeft(f"{host} could not be reached: it does not speak TLS as it should.") from error


def private_hosts() -> frozenset[str]:
    """The hosts that whoever runs the server opened, in lower case."""
    return frozenset(name.strip().lower() for name in os.environ.get(VARIABLE, "").split(",") if name.strip())


def _plain(host: str, port: int, seconds: float, allow_loopback: bool | None) -> socket.socket:
    if allow_loopback is None:
        allow_loopback = os.environ.get("RAPPORT_ALLOW_LOOPBACK") == "1"
    if host.lower() in private_hosts():
        numbers = _all(host, port)
    else:
        numbers = addresses.resolve(host, port, allow_loopback=allow_loopback)
    failure: OSError = OSError("no address")
    for number in numbers:
        try:
            return socket.create_connection((number, port), timeout=seconds)
        except OSError as error:
            failure = error
    why = "it took too long" if isinstance(failure, TimeoutError) else "the connection failed"
    raise NeverLeft(f"{host} could not be reached: {why}.") from failure


def _all(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NeverLeft(f"No server called {host[:100]} could be found.") from error
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))
