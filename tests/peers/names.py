"""A name server on the loopback, by UDP and TCP, that says what a test wants, also nonsense."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import dns.flags
import dns.message
import dns.rcode
import dns.rdataclass
import dns.rdatatype
import dns.rrset


@dataclass
class NameServer:
    """``zone``: name → its TXT records, each as the pieces it is cut into; ``how``: name → a way to misbehave."""

    zone: dict[str, list[list[str]]] = field(default_factory=dict)
    how: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    at: tuple[str, int] = ("127.0.0.1", 0)

    def says(self, name: str, *records: str) -> None:
        self.zone[name] = [[record[at : at + 255] for at in range(0, len(record), 255)] for record in records]

    def answer(self, wire: bytes, *, stream: bool) -> bytes | None:
        query = dns.message.from_wire(wire)
        asked = query.question[0].name.to_text().rstrip(".").lower()
        self.asked.append(asked)
        how = self.how.get(asked, self.how.get("*", ""))
        reply = dns.message.make_response(query)
        if how == "silent":
            return None
        if how == "noise":
            return b"\x00" * 40
        if how == "failing":
            reply.set_rcode(dns.rcode.SERVFAIL)
            return reply.to_wire()
        if how == "another":  # somebody else's answer: the id of another question
            reply.id = (query.id + 1) % 65536
            return reply.to_wire()
        if how == "round":  # an alias that leads to itself
            reply.answer.append(dns.rrset.from_text(f"{asked}.", 60, "IN", "CNAME", f"{asked}."))
            return reply.to_wire()
        if how == "cut" and not stream:
            reply.flags |= dns.flags.TC
            return reply.to_wire()
        if asked not in self.zone:
            reply.set_rcode(dns.rcode.NXDOMAIN)
            return reply.to_wire()
        rows = [" ".join('"' + piece.replace('"', '\\"') + '"' for piece in record) for record in self.zone[asked]]
        if rows:
            reply.answer.append(dns.rrset.from_text(f"{asked}.", 60, "IN", "TXT", *rows))
        return reply.to_wire(max_size=65535)


@contextmanager
def name_server() -> Iterator[NameServer]:
    world = NameServer()

    class Udp(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            data, line = self.request
            if (said := world.answer(data, stream=False)) is not None:
                line.sendto(said, self.client_address)

    class Tcp(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            length = int.from_bytes(self.rfile.read(2), "big")
            if (said := world.answer(self.rfile.read(length), stream=True)) is not None:
                self.wfile.write(len(said).to_bytes(2, "big") + said)

    udp = socketserver.ThreadingUDPServer(("127.0.0.1", 0), Udp)
    tcp: Any = socketserver.ThreadingTCPServer(udp.server_address, Tcp)
    world.at = ("127.0.0.1", udp.server_address[1])
    for server in (udp, tcp):
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield world
    finally:
        for server in (udp, tcp):
            server.shutdown()
            server.server_close()
