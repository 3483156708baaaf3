"""The service of direct messages, as its lexicons (chat.bsky.convo) describe it: no server of it is public.

It is reached as in life: through the account's server, which finds it by its DID and signs for whom it asks.
"""

from __future__ import annotations

import base64
import contextlib
import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

DEFS = "chat.bsky.convo.defs#"
LETTERS = "234567abcdefghijklmnopqrstuvwxyz"


@dataclass
class Chat:
    """All conversations, and the log that each member reads. ``fault`` is what becomes of the next message that is sent."""

    did: str = ""
    convos: dict[str, dict[str, Any]] = field(default_factory=dict)
    messages: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    logs: list[dict[str, Any]] = field(default_factory=list)
    asked: list[tuple[str, str]] = field(default_factory=list)
    fault: str = ""
    closed: set[str] = field(default_factory=set)
    """Who takes no messages from strangers (DIDs)."""
    count: int = 0
    lock: threading.RLock = field(default_factory=threading.RLock)

    def rev(self) -> str:
        self.count += 1
        number, letters = self.count, ""
        for _ in range(5):
            number, digit = divmod(number, 32)
            letters = LETTERS[digit] + letters
        return f"3mtalk22{letters}"

    def between(self, *members: tuple[str, str, str]) -> str:
        """A conversation of these (DID, handle, name); its id."""
        with self.lock:
            id = self.rev()
            who = [{"did": did, "handle": handle, "displayName": name} for did, handle, name in members]
            self.convos[id] = {
                "id": id, "rev": id, "members": who, "muted": False, "status": "accepted", "unreadCount": 0,
            }  # fmt: skip
            self.messages[id] = []
            self._log("logBeginConvo", id, id)
            return id

    def say(self, id: str, did: str, text: str, **more: Any) -> dict[str, Any]:
        with self.lock:
            rev = self.rev()
            message = {
                "$type": f"{DEFS}messageView", "id": rev, "rev": rev, "text": text, "sender": {"did": did},
                "sentAt": datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"), **more,
            }  # fmt: skip
            self.messages[id].append(message)
            self.convos[id] |= {"rev": rev, "lastMessage": message}
            self._log("logCreateMessage", rev, id, message=message)
            return message

    def take_back(self, id: str, message: str) -> None:
        with self.lock:
            rev = self.rev()
            old = next(one for one in self.messages[id] if one["id"] == message)
            gone = {
                "$type": f"{DEFS}deletedMessageView", "id": message, "rev": rev, "sender": old["sender"],
                "sentAt": old["sentAt"],
            }  # fmt: skip
            self.messages[id] = [gone if one["id"] == message else one for one in self.messages[id]]
            self._log("logDeleteMessage", rev, id, message=gone)

    def _log(self, kind: str, rev: str, id: str, **more: Any) -> None:
        self.logs.append({"$type": f"{DEFS}{kind}", "rev": rev, "convoId": id, **more})

    def between_known(self, who: str, other: str) -> tuple[int, dict[str, Any]]:
        """getConvoForMembers: the conversation of these two, made where there is none; refused where they take none."""
        if other in self.closed:
            return 400, {"error": "InvalidRequest", "message": "recipient has disabled incoming messages"}
        pair = {who, other}
        for one in self.convos.values():
            if {member["did"] for member in one["members"]} == pair:
                return 200, {"convo": one}
        return 200, {"convo": self.convos[self.between((who, who, ""), (other, other, ""))]}

    def answer(self, name: str, who: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """One call by an account, as the lexicon says."""
        if name == "getConvoForMembers":
            return self.between_known(who, query["members"])
        mine = {id: one for id, one in self.convos.items() if who in {member["did"] for member in one["members"]}}
        id = query.get("convoId") or body.get("convoId") or ""
        if id and id not in mine:
            return 400, {"error": "InvalidConvo", "message": "Convo not found"}
        limit = int(query.get("limit", 50))
        if name == "listConvos":
            return 200, {"convos": sorted(mine.values(), key=lambda one: str(one["rev"]), reverse=True)[:limit]}
        if name == "getConvo":
            return 200, {"convo": mine[id]}
        if name == "getMessages":
            newest = [one for one in reversed(self.messages[id]) if one["id"] < query.get("cursor", "z")][:limit]
            return 200, {"messages": newest} | ({"cursor": newest[-1]["id"]} if len(newest) == limit else {})
        if name == "getLog":
            after = [one for one in self.logs if one["convoId"] in mine and one["rev"] > query.get("cursor", "")][
                :limit
            ]
            return 200, {"logs": after, "cursor": after[-1]["rev"] if after else query.get("cursor", "")}
        if name == "sendMessage":
            return 200, self.say(id, who, body["message"]["text"], facets=body["message"].get("facets", []))
        return 501, {"error": "MethodNotImplemented", "message": "Method Not Implemented"}


@contextlib.contextmanager
def chat() -> Iterator[Chat]:
    """The service on a free port; its ``did`` says where it is."""
    service = Chat()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._serve(b"")

        def do_POST(self) -> None:
            self._serve(self.rfile.read(int(self.headers.get("content-length") or 0)))

        def _serve(self, raw: bytes) -> None:
            if self.path == "/.well-known/did.json":
                self._say(200, document(service.did, self.server.server_address[1]))
                return
            parts = urlsplit(self.path)
            name = parts.path.removeprefix("/xrpc/chat.bsky.convo.")
            claims = _claims(self.headers.get("authorization", ""))
            if claims.get("lxm") != f"chat.bsky.convo.{name}" or claims.get("aud") != service.did:
                self._say(401, {"error": "AuthMissing", "message": "Authentication Required"})
                return
            query = {key: values[0] for key, values in parse_qs(parts.query).items()}
            with service.lock:
                service.asked.append((name, str(claims["iss"])))
                fault, service.fault = (service.fault, "") if name == "sendMessage" else ("", service.fault)
                if fault == "lost before":
                    self.connection.close()
                    return
                status, said = service.answer(name, str(claims["iss"]), query, json.loads(raw or b"{}"))
            if fault == "lost after":
                self._say(500, {"error": "InternalServerError", "message": "Internal Server Error"})
                return
            self._say(status, said)

        def _say(self, status: int, body: Any) -> None:
            raw = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, format: str, *args: Any) -> None:
            """The tests look at what was asked."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    service.did = f"did:web:localhost%3A{server.server_address[1]}"
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()


def document(did: str, port: int) -> dict[str, Any]:
    service = {"id": "#bsky_chat", "type": "BskyChatService", "serviceEndpoint": f"http://localhost:{port}"}
    return {"@context": ["https://www.w3.org/ns/did/v1"], "id": did, "service": [service]}


def _claims(header: str) -> dict[str, Any]:
    """What the account's server signed; whether it did is between those two."""
    body = header.removeprefix("Bearer ").split(".")[1:2]
    if not body:
        return {}
    return dict(json.loads(base64.urlsafe_b64decode(body[0] + "=" * (-len(body[0]) % 4))))
