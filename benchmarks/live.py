"""G9: what 1,000 idle live clients cost, and how soon all of them hear a hint.

    python benchmarks/live.py [--clients 1000] [--json]

The server is a process of its own (the same ``serve`` as ``rapport up``, pages that do nothing); clients are plain
sockets in this one. Memory is what the server's resident set grows by, divided by the clients. A hint carries the
moment of its publishing; its delay is measured when the last client has it. Loopback, one process, no TLS.
"""

from __future__ import annotations

import argparse
import json
import os
import selectors
import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

SOURCE = str(Path(__file__).resolve().parents[1] / "src")
SERVER = """
import sys, threading, time
from rapport.config import asgi, serving
from rapport.core.live import Hub, publish
from rapport.core.tickets import ticket

def pages(environ, start_response):
    start_response("200 OK", [])
    return [b""]

def tell(url):
    print(url, flush=True)
    print(*(ticket(1, n, "key", time.time()) for n in range(int(sys.argv[1]))), flush=True)
    def work():
        for line in sys.stdin:
            publish(1, {"name": "arrived", "at": time.time()})
    threading.Thread(target=work, daemon=True).start()

serving.serve(asgi.build(pages, Hub(lambda w, m: True, "key")), port=0, on_ready=tell)
"""


def resident(pid: int) -> int:
    """Resident memory of a process in KB (Linux)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS"))


def connect(port: int, tickets: list[str]) -> list[socket.socket]:
    """Open all streams, a hundred at a time, and wait until each was greeted."""
    ears = []
    for start in range(0, len(tickets), 100):
        some = []
        for paper in tickets[start : start + 100]:
            sock = socket.create_connection(("127.0.0.1", port))
            sock.sendall(f"GET /live?ticket={paper} HTTP/1.1\r\nHost: here\r\n\r\n".encode())
            some.append(sock)
        for sock in some:
            heard = b""
            while b"event: hello" not in heard:
                heard += sock.recv(4096)
        ears += some
    return ears


def delays(ears: list[socket.socket], server: subprocess.Popen[str], times: int) -> list[float]:
    """Milliseconds from publish until each client had it, all clients and hints in one list."""
    chooser = selectors.DefaultSelector()
    for sock in ears:
        chooser.register(sock, selectors.EVENT_READ)
    assert server.stdin
    found = []
    for _ in range(times):
        server.stdin.write("now\n")
        server.stdin.flush()
        waiting = set(ears)
        while waiting:
            for key, _ in chooser.select():
                heard = key.fileobj.recv(4096)  # type: ignore[union-attr]
                if b"arrived" in heard:
                    sent = json.loads(heard.partition(b"data: ")[2].partition(b"\n")[0])["at"]
                    found.append((time.time() - sent) * 1000)
                    waiting.discard(key.fileobj)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description="Cost of idle live clients (G9)")
    parser.add_argument("--clients", type=int, default=1000)
    parser.add_argument("--json", action="store_true", help="print nothing but the figures")
    asked = parser.parse_args()
    command = [sys.executable, "-c", SERVER, str(asked.clients)]
    environ = {**os.environ, "PYTHONPATH": SOURCE}
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ) as server:
        assert server.stdout
        port = int(server.stdout.readline().strip().rpartition(":")[2])
        tickets = server.stdout.readline().split()
        time.sleep(0.5)
        before = resident(server.pid)
        began = time.perf_counter()
        ears = connect(port, tickets)
        opened = time.perf_counter() - began
        time.sleep(1)
        after = resident(server.pid)
        found = sorted(delays(ears, server, 10))
        told = resident(server.pid)
        server.terminate()
    figures = {
        "clients": asked.clients,
        "kb_per_client": round((after - before) / asked.clients, 1),
        "kb_per_client_after_ten_hints": round((told - before) / asked.clients, 1),
        "server_mb": round(told / 1024, 1),
        "opened_seconds": round(opened, 2),
        "publish_to_client_ms": {
            "p50": round(statistics.median(found), 1),
            "p95": round(found[int(len(found) * 0.95)], 1),
            "max": round(found[-1], 1),
        },
    }
    print(json.dumps({"G9": figures}, indent=None if asked.json else 2))


if __name__ == "__main__":
    main()
