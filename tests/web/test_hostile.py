"""Whatever a stranger, or a member with bad intent, puts into an address or a form: an answer in words, never a crash."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from rapport.inbox import naming, working
from rapport.inbox.models import Arrival, Conversation, Draft, Message, Outgoing, Source
from tests.conftest import Cast
from tests.web.conftest import Browser
from tests.web.test_strangers import NAMES

XSS = """'"><img src=x onerror=alert(1)><script>alert(1)</script>{{7*7}}${7*7}"""
HUGE = str(2**63), str(10**40), "9" * 5000
HALF = "\ud800".encode("utf-8", "surrogatepass").decode("latin-1")
ODD = ("", "0", "-1", *HUGE, "1.5", "１２", "x", "\x00", "a\x00\x01b", "null", "~", "~~", "5~", f"{2**63}~{2**63}",
       "2026-13-45T00:00:00Z~1", XSS, HALF,
       "2026-03-10T09:00:00+00:00~1", "0001-01-01T00:00:00+23:59~1", "9999-12-31T23:59:59-23:59~1", "'; DROP TABLE x;--",
       "../../etc/passwd", "http://evil.example/", "//evil.example", "javascript:alert(1)", "a" * 10_000)  # fmt: skip


@pytest.fixture
def conversation(cast: Cast) -> Conversation:
    return cast.says("@ann", "@acme where is my parcel?", id="1")


def _fine(answer: Any, what: str) -> None:
    assert answer.status_code < 500, f"{what}: {answer.status_code}"
    where = answer.headers.get("Location", "")
    assert not re.match(r"(?i)(https?:)?//|javascript:", where) or "testserver" in where, f"{what} leads to {where}"


@pytest.mark.parametrize("number", HUGE)
def test_an_endless_number_in_an_address_is_nothing(
    cast: Cast, conversation: Conversation, browse: Browser, number: str
) -> None:
    dana = browse(cast.dana)
    for name, parts in NAMES:
        if not {"id", "job", "event"} & set(parts):
            continue
        values = dict.fromkeys(parts, number) | {"slug": "acme"}
        values = {part: value for part, value in values.items() if part in parts}
        path = reverse(name, kwargs=values)
        for answer in (dana.get(path), dana.post(path)):
            _fine(answer, f"{name} {number[:30]}")
            assert answer.status_code in {404, 405}, name
        if "event" in parts:
            _fine(dana.post(reverse(name, kwargs=values | {"id": str(conversation.pk)})), name)


@pytest.mark.slow
@pytest.mark.parametrize("value", ODD)
def test_odd_values_in_queries_and_forms_are_answered(
    cast: Cast, conversation: Conversation, browse: Browser, value: str
) -> None:
    dana = browse(cast.dana)
    pages = ["/w/acme/", f"/w/acme/c/{conversation.pk}/", "/w/acme/search/", "/login/", "/w/acme/us/"]
    for path in pages:
        for name in ("after", "stream", "before", "open", "q", "next"):
            _fine(dana.get(path, {name: value}), f"{path}?{name}={value[:40]!r}")
            for target in ("stream", "panes", "turns"):
                _fine(dana.get(path, {name: value}, headers={"HX-Request": "true", "HX-Target": target}), path)
    fields = (
        "text",
        "seen",
        "once",
        "stream",
        "do",
        "why",
        "to",
        "needs",
        "row",
        "kind",
        "name",
        "role",
        "us",
        "rivals",
    )
    message = Message.objects.get()
    paths = [
        *(f"/w/acme/c/{conversation.pk}/{verb}/" for verb in ("reply", "draft", "silence", "assignment", "note")),
        f"/w/acme/m/{message.pk}/correction/", "/w/acme/us/term/", "/w/acme/members/", "/w/acme/import/",
        f"/w/acme/members/{cast.cem.pk}/role/", "/w/acme/sources/new/webhook/", "/new/",
    ]  # fmt: skip
    for path in paths:
        _fine(dana.post(path, dict.fromkeys(fields, value)), f"{path} {value[:40]!r}")
        _fine(dana.post(path, {}), path)
    outgoing = Outgoing.objects.first()
    if outgoing is not None:
        for verb in ("withdrawal", "retry"):
            _fine(dana.post(f"/w/acme/o/{outgoing.pk}/{verb}/", {"stream": value, "insist": value}), verb)


def test_nobody_is_led_away_after_signing_in(cast: Cast) -> None:
    from rapport.accounts.models import User

    User.objects.create_user("eve@acme.test", "four plain words together")
    for where in (
        "//evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "/\\evil.example",
        "/%09/evil.example",
    ):
        answer = Client().post(
            f"/login/?next={where}", {"login": "eve@acme.test", "password": "four plain words together", "next": where}
        )
        assert answer.status_code == 302 and "evil" not in answer["Location"].split("/%09")[0], answer["Location"]


def _pages(client: Client, row: Conversation) -> Iterator[str]:
    slug = row.workspace.slug
    person = row.identity.person_id if row.identity else 0
    for path in ("", f"c/{row.pk}/", f"p/{person}/", "search/?q=alert", "sources/", "us/", "members/", "import/"):
        for stream in ("all", "needs"):
            yield client.get(f"/w/{slug}/{path}{'&' if '?' in path else '?'}stream={stream}").content.decode()


def test_markup_in_every_stored_field_stays_text(cast: Cast, browse: Browser) -> None:
    dana = browse(cast.dana)
    type(cast.acme).objects.filter(pk=cast.acme.pk).update(name=XSS[:100])
    type(cast.cem).objects.filter(pk=cast.cem.pk).update(name=XSS[:100])
    source = Source.objects.create(workspace=cast.acme, kind="fake", name=XSS[:100], error=XSS)
    row = cast.says(
        f"@{XSS}", f"@acme {XSS} where is it?", id=XSS, name=XSS, subject=XSS, url="javascript:alert(1)", source=source
    )
    cast.says(
        "@ann", f"{XSS} second", id="2", thread=XSS, reply_to=XSS, url="https://x.example/\"onmouseover='alert(1)'"
    )
    working.note(row, XSS, by=cast.cem)
    naming.add(cast.acme, "topic", XSS[:100], by=cast.dana)
    Draft.objects.create(conversation=row, member=cast.dana, text=XSS)
    Outgoing.objects.create(workspace=cast.acme, conversation=row, by=cast.cem, text=XSS, state="failed", error=XSS)
    row.assignee = cast.cem
    row.save()
    Arrival.objects.update(poison_at=row.created_at, error=XSS, raw=XSS.encode())
    message = Message.objects.filter(ours=False).first()
    assert message is not None
    message.dispositions.update(reasons=[{"code": XSS, "weight": 1.0, "evidence": XSS, "start": 3, "end": 10**9},
                                         {"code": "x", "weight": 1.0, "evidence": "", "start": -5, "end": 2}])  # fmt: skip
    row.refresh_from_db()
    for page in _pages(dana, row):
        assert "<img src=x" not in page and "<script>alert" not in page and "49$" not in page
        assert 'href="javascript:' not in page and '"onmouseover' not in page
    refused = dana.post(f"/w/acme/c/{row.pk}/reply/", {"text": XSS * 40, "do": "send"}).content.decode()
    assert "<script>alert" not in refused


def test_a_word_of_ten_thousand_letters_and_rtl_and_emoji_are_shown(cast: Cast, browse: Browser) -> None:
    text = "@acme " + "x" * 10_000 + " \u202e שלום \U0001f469\u200d\U0001f680" + "e\u0301" * 500
    row = cast.says("@ann\u202e", text, id="1", name="N" * 5_000)
    for page in _pages(browse(cast.dana), row):
        assert len(page) < 200_000


FILES: dict[str, bytes] = {
    "empty.csv": b"\n\n\n",
    "bomb.jsonl.gz": gzip.compress(b'{"text": "' + b"a" * 30_000_000 + b'"}'),
    "bomb2.gz": gzip.compress(gzip.compress(b"\x00" * 50_000_000)),
    "cut.csv.gz": gzip.compress(b"text,author\n" + b"hello,ann\n" * 9_000)[:-200],
    "wide.csv": (",".join(f"c{n}" for n in range(300)) + "\n" + ",".join("x" for _ in range(300)) + "\n").encode(),
    "deep.jsonl": b"[" * 100_000 + b"]" * 100_000,
    "deep2.jsonl": b'{"a":' * 50_000 + b"1" + b"}" * 50_000,
    "mixed.csv": "text,author\ncafé,änn\n".encode("latin-1") + "über,bö\n".encode() + b"\xff\xfe\x00\n",
    "utf16.csv": "text,author\nhello,ann\n".encode("utf-16"),
    "markup.csv": f'"{XSS.replace(chr(34), chr(34) * 2)}",text,author\nx,hello,ann\n'.encode(),
    "dates.jsonl": b'{"id":1,"text":"a","author":"b","created":"9999-99-99"}\n'
    b'{"id":2,"text":"a","author":"b","created":99999999999999999999}\n',
    "types.jsonl": b'{"text":["a"],"author":{"x":1}}\n[1,2]\n"just text"\nnull\n{"text":null}\n',
    "png.csv": b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 50,
    "quote.csv": b'text,author\n"never closed,ann\n' + b"x,y\n" * 5_000,
    "broken.eml": b"From: =?utf-8?q?=FF?=\r\nSubject: a\r\n b\r\nContent-Type: multipart/mixed; boundary=\r\n\r\n--\r\n",
    "../../../evil.csv": b"text,author\nhello,ann\n",
    "nul.csv": b"te\x00xt,auth\x00or\nhe\x00llo,a\x00nn\n",
}  # fmt: skip


@pytest.mark.parametrize("name", list(FILES))
def test_a_hostile_file_is_looked_at_in_words(cast: Cast, browse: Browser, name: str) -> None:
    dana = browse(cast.dana)
    answer = dana.post("/w/acme/import/", {"file": SimpleUploadedFile(name, FILES[name]), "us": "@acme,a\x00b\x1b"})
    _fine(answer, name)
    assert answer.status_code in {302, 422}
    if answer.status_code == 422:
        refusal = answer.content.decode()
        assert 'role="alert"' in refusal or "refusal" in refusal
        return
    page = dana.get(answer["Location"])
    _fine(page, name)
    assert "<script>alert" not in page.content.decode()
    columns = re.findall(r'<option value="([^"]*)"', page.content.decode())
    given = {f"map-{field}": "text" for field in ("text", "author")} if "text" in columns else {}
    for form in (given, {}, dict.fromkeys(("map-text", "map-author", "map-said_at"), XSS)):
        _fine(dana.post(answer["Location"], form), f"{name} {form}")


def test_an_import_ticket_belongs_to_its_workspace_and_cannot_be_forged(cast: Cast, browse: Browser) -> None:
    dana = browse(cast.dana)
    there = dana.post("/w/acme/import/", {"file": SimpleUploadedFile("a.csv", b"text,author\nhello,ann\n")})["Location"]
    assert dana.get(there).status_code == 200
    ticket = there.rstrip("/").split("/")[-1]
    for forged in (
        ticket[:-1] + ("A" if ticket[-1] != "A" else "B"),
        "x",
        "a:b:c",
        "." + ticket,
        json.dumps({"w": 1})[:20],
    ):
        assert dana.get(f"/w/acme/import/{forged}/").status_code == 404
    assert browse(cast.dot).get(f"/w/{cast.elsewhere.slug}/import/{ticket}/").status_code == 404
