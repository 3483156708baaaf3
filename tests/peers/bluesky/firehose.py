"""Jetstream as it stands between a PDS and its listeners: the PDS's own event stream, decoded, as JSON frames.

https://github.com/bluesky-social/jetstream (v1): the cursor is inclusive, filters are by collection and account, and
events of identities and accounts come whatever is asked for.
"""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import libipld
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import connect
from websockets.sync.server import Server, ServerConnection, serve


class Jetstream:
    """The emulator. ``log`` is all it ever saw; ``drop`` ends every connection, as a restart would."""

    def __init__(self) -> None:
        self.log: list[dict[str, Any]] = []
        self.changed = threading.Condition()
        self.open: set[ServerConnection] = set()
        self.url = ""
        self.served = 0
        self.over = False

    def take(self, frame: dict[str, Any]) -> None:
        """One more event, with a time of its own that never goes back."""
        with self.changed:
            last = self.log[-1]["time_us"] if self.log else 0
            frame["time_us"] = max(last + 1, time.time_ns() // 1000)
            self.log.append(frame)
            self.changed.notify_all()

    def drop(self) -> int:
        """End every connection, without a word."""
        with self.changed:
            lines = list(self.open)
            self.open.clear()
        for line in lines:
            with contextlib.suppress(OSError):
                line.socket.shutdown(2)
        return len(lines)

    def serve(self, line: ServerConnection) -> None:
        assert line.request is not None
        query = parse_qs(urlsplit(line.request.path).query)
        wanted, cursor = set(query.get("wantedCollections", [])), int(query.get("cursor", ["0"])[0])
        with self.changed:
            self.open.add(line)
            self.served += 1
            place = next((n for n, one in enumerate(self.log) if one["time_us"] >= cursor), len(self.log))
            place = place if cursor else len(self.log)
        try:
            while not self.over:
                with self.changed:
                    if len(self.log) == place:
                        self.changed.wait(0.2)
                    some = self.log[place:]
                for frame in some:
                    if frame["kind"] != "commit" or not wanted or frame["commit"]["collection"] in wanted:
                        line.send(json.dumps(frame, ensure_ascii=False))
                place += len(some)
        except (ConnectionClosed, OSError):
            pass
        finally:
            with self.changed:
                self.open.discard(line)


def frames(message: bytes) -> Iterator[dict[str, Any]]:
    """The Jetstream frames of one message of com.atproto.sync.subscribeRepos: two CBOR values, a CAR in the second."""
    header, body = libipld.decode_dag_cbor_multi(message)
    if header.get("t") == "#commit":
        blocks = libipld.decode_car(body["blocks"])[1] if body["blocks"] else {}
        for op in body["ops"]:
            collection, rkey = op["path"].split("/", 1)
            commit = {"rev": body["rev"], "operation": op["action"], "collection": collection, "rkey": rkey}
            if op["action"] != "delete":
                commit |= {"record": plain(blocks[op["cid"]]), "cid": libipld.encode_cid(op["cid"])}
            yield {"did": body["repo"], "time_us": 0, "kind": "commit", "commit": commit}
    elif header.get("t") in {"#identity", "#account"}:
        kind = header["t"][1:]
        yield {"did": body["did"], "time_us": 0, "kind": kind, kind: plain(body)}


def plain(value: Any) -> Any:
    """Data of the network as JSON: a link is an object with ``$link``."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items()}
    if isinstance(value, list):
        return [plain(one) for one in value]
    return {"$link": libipld.encode_cid(value)} if isinstance(value, bytes) else value


@contextlib.contextmanager
def jetstream(pds: str = "") -> Iterator[Jetstream]:
    """The emulator on a free port; over ``pds``, where one is named."""
    stream = Jetstream()
    server: Server = serve(stream.serve, "127.0.0.1", 0, compression=None)
    stream.url = f"ws://localhost:{server.socket.getsockname()[1]}/subscribe"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    if pds:
        threading.Thread(target=_pump, args=(stream, pds), daemon=True).start()
    try:
        yield stream
    finally:
        stream.over = True
        stream.drop()
        server.shutdown()


def _pump(stream: Jetstream, pds: str) -> None:
    address = f"{pds.replace('http', 'ws', 1)}/xrpc/com.atproto.sync.subscribeRepos?cursor=0"
    with contextlib.suppress(ConnectionClosed, OSError), connect(address, max_size=None) as line:
        while not stream.over:
            with contextlib.suppress(TimeoutError):
                for frame in frames(line.recv(0.5)):
                    stream.take(frame)
