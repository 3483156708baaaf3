"""A clamd on the loopback that speaks INSTREAM as the real one does, and misbehaves on demand."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


@dataclass
class Clamd:
    address: str = ""
    seen: list[bytes] = field(default_factory=list)
    how: str = ""
    """Empty, or ``noise``, ``hangs up``, ``half``."""
    limit: int = 1_000_000


@contextmanager
def clamd(path: Path | None = None) -> Iterator[Clamd]:
    world = Clamd()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            if world.how == "hangs up":
                return
            assert self.rfile.read(10) == b"zINSTREAM\x00"
            content = b""
            while length := int.from_bytes(self.rfile.read(4), "big"):
                content += self.rfile.read(length)
                if len(content) > world.limit:
                    self.wfile.write(b"INSTREAM size limit exceeded. ERROR\x00")
                    return
            world.seen.append(content)
            if world.how == "noise":
                self.wfile.write(b"\xff" * 9_000)
            elif world.how == "half":
                self.wfile.write(b"stream: O")
            else:
                self.wfile.write(b"stream: Win.Test.EICAR_HDB-1 FOUND\x00" if EICAR in content else b"stream: OK\x00")

    server: socketserver.BaseServer
    if path is not None:
        server = socketserver.ThreadingUnixStreamServer(str(path), Handler)
        world.address = f"unix:{path}"
    else:
        server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        world.address = f"tcp://127.0.0.1:{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield world
    finally:
        server.shutdown()
        server.server_close()
