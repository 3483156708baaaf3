"""The gate on real sockets: what is too long, too slow or too many never reaches a thread, and is told why."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

import pytest

from rapport.config.limits import Limits, fits
from rapport.web import turned

Start = Callable[..., Any]


def post(path: str, *headers: str, body: bytes = b"") -> bytes:
    head = [f"POST {path} HTTP/1.1", "Host: here", "Connection: close", *headers]
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def test_two_hundred_half_open_posts_do_not_slow_a_page(start: Start) -> None:
    site = start()
    waiting = [site.connect() for _ in range(200)]
    for sock in waiting:
        sock.sendall(post("/w/acme/reply", "Content-Length: 1000", body=b"half"))
    took = []
    for _ in range(30):
        began = time.perf_counter()
        assert b"200 OK" in site.say(b"GET /w/acme/ HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")
        took.append(time.perf_counter() - began)
    for sock in waiting:
        sock.close()
    assert statistics.median(took) < 0.1


def test_a_page_gets_the_whole_body_and_its_true_length(start: Start) -> None:
    site = start()
    whole = site.say(post("/x", "Content-Length: 5", body=b"hello"))
    assert b"POST 5 5 hello" in whole
    chunked = site.say(post("/x", "Transfer-Encoding: chunked", body=b"3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n"))
    assert b"POST 5 5 hello" in chunked
    assert b"GET - 0 " in site.say(b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")


@pytest.mark.parametrize("size", [64 * 1024, 64 * 1024 + 1, 700_000])
def test_a_body_longer_than_memory_allows_comes_through_a_file_unchanged(start: Start, size: int) -> None:
    body = b"a" * (size - 5) + b"final"
    answer = start().say(post("/x", f"Content-Length: {size}", body=body))
    assert f"POST {size} {size} final".encode() in answer


def test_beyond_memory_is_a_file_and_a_full_disk_is_said(start: Start) -> None:
    site = start(limits=Limits(folder="/there/is/no/such/folder", linger=0.1))
    assert status(site.say(post("/x", "Content-Length: 65536", body=b"x" * 65536))) == 200
    full = site.say(post("/x", "Content-Length: 65537", body=b"x" * 65537))
    assert status(full) == 503
    assert b"no room left" in full


def test_a_declared_length_over_the_limit_is_refused_before_anything_is_sent(start: Start) -> None:
    answer = start(limits=Limits(linger=0.1)).say(post("/x", "Content-Length: 1048577"))
    assert status(answer) == 413
    assert b"more than the 1 MB that may be sent here." in answer
    assert b"text/plain" in answer


def test_a_sender_of_too_much_gets_to_read_why(start: Start) -> None:
    body = b"z" * 3_000_000
    answer = start().say(post("/x", f"Content-Length: {len(body)}", body=body))
    assert status(answer) == 413


def test_who_turns_up_with_a_browser_reads_it_on_a_page_in_their_language(start: Start) -> None:
    site = start(limits=Limits(linger=0.1), show=turned.show)
    large, asked = "Content-Length: 2147483648", "Accept: text/html,*/*;q=0.8"
    page = site.say(post("/w/acme/import/", large, asked))
    assert status(page) == 413 and b"content-security-policy: default-src 'none'" in page and b"<h1>" in page
    assert b"This is more than the 64 MB that may be sent here." in page and b"rapport.css" in page
    german = site.say(post("/w/acme/import/", large, asked, "Accept-Language: de-AT,de;q=0.9")).decode()
    assert 'lang="de"' in german and "Das sind mehr als die 64 MB, die hier gesendet werden dürfen." in german
    chosen = site.say(post("/w/acme/import/", large, asked, "Cookie: django_language=de")).decode()
    assert 'lang="de"' in chosen
    for program in ("Accept: */*", "Accept: text/html\r\nHX-Request: true"):
        answer = site.say(post("/w/acme/import/", large, program))
        assert b"text/plain" in answer and b"<h1>" not in answer


def test_a_chunked_body_is_refused_as_soon_as_it_is_too_long(start: Start) -> None:
    site = start(limits=Limits(body=1000, linger=0.2))
    endless = b"3e8\r\n" + b"x" * 1000 + b"\r\n1\r\nx\r\n"
    assert status(site.say(post("/x", "Transfer-Encoding: chunked", body=endless))) == 413


def test_each_path_has_its_own_limit() -> None:
    limits = Limits()
    assert limits.body_at("/w/acme/") == 1024**2
    assert limits.body_at("/in/acme/desk") == 2 * 1024**2
    assert limits.body_at("/w/acme/import/upload") == 64 * 1024**2
    assert limits.body_at("/inside") == 1024**2
    assert fits("/w/*/import", "/w/acme/import")
    assert not fits("/w/*/import", "/w/import")


def test_no_first_byte_in_time_is_told_and_closed(start: Start) -> None:
    answer = start(limits=Limits(first_byte=0.2)).say(post("/x", "Content-Length: 9"))
    assert status(answer) == 408
    assert b"nothing came for 0.2 seconds" in answer


def test_a_drip_slower_than_the_rate_is_cut(start: Start) -> None:
    site = start(limits=Limits(grace=0.3, rate=1000))
    with site.connect() as sock:
        sock.sendall(post("/x", "Content-Length: 500"))
        began = time.monotonic()
        sock.settimeout(0.05)
        heard = b""
        while not heard and time.monotonic() - began < 5:
            sock.sendall(b".")
            try:
                heard = sock.recv(4096)
            except TimeoutError:
                continue
    assert status(heard) == 408
    assert time.monotonic() - began < 1.5


def test_a_long_silence_within_a_body_is_cut_however_fast_it_began(start: Start) -> None:
    site = start(limits=Limits(pause=0.2))
    began = time.monotonic()
    assert status(site.say(post("/x", "Content-Length: 500000", body=b"x" * 400_000))) == 408
    assert time.monotonic() - began < 2


def test_one_address_has_only_so_many_places_where_anybody_may_knock(start: Start) -> None:
    site = start(limits=Limits(per_address=3, linger=0.1))
    inside = [site.connect() for _ in range(3)]
    for sock in inside:
        sock.sendall(post("/in/acme", "Content-Length: 5", body=b"he"))
    time.sleep(0.2)
    refused = site.say(post("/in/acme", "Content-Length: 5", body=b"hello"))
    assert status(refused) == 429
    assert b"retry-after: 10" in refused
    assert status(site.say(post("/w/acme/reply", "Content-Length: 5", body=b"hello"))) == 200
    for sock in inside:
        sock.sendall(b"llo")
        assert status(site.read(sock)) == 200
        sock.close()
    assert status(site.say(post("/in/acme", "Content-Length: 5", body=b"hello"))) == 200


def test_all_bodies_together_have_a_limit_that_is_given_back(start: Start) -> None:
    site = start(limits=Limits(held=1000, linger=0.1))
    with site.connect() as first:
        first.sendall(post("/x", "Content-Length: 900", body=b"x" * 899))
        time.sleep(0.2)
        assert status(site.say(post("/x", "Content-Length: 200", body=b"y" * 200))) == 503
        first.sendall(b"x")
        assert status(site.read(first)) == 200
    deadline = time.monotonic() + 5  # it is given back when the answer has gone, a moment after it was read here
    while (said := status(site.say(post("/x", "Content-Length: 200", body=b"y" * 200)))) == 503:
        assert time.monotonic() < deadline
        time.sleep(0.05)
    assert said == 200


@pytest.mark.parametrize(
    "said",
    [
        post("/x", "Content-Length: 5", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
        post("/x", "Content-Length: 5", "Content-Length: 6", body=b"hello!"),
        post("/x", "Content-Length: five", body=b"hello"),
        post("/x", "Transfer-Encoding: chunked", body=b"zz\r\nhello\r\n"),
        b"GET /a%00b HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n",
    ],
)
def test_a_request_two_readers_could_understand_differently_is_refused(start: Start, said: bytes) -> None:
    assert status(start(limits=Limits(linger=0.1)).say(said)) == 400


def test_a_header_that_only_looks_like_another_is_dropped(start: Start) -> None:
    seen = {}

    def pages(environ, start_response):  # type: ignore[no-untyped-def]
        seen.update(environ)
        start_response("200 OK", [])
        return [b""]

    start(pages=pages).say(b"GET / HTTP/1.1\r\nHost: here\r\nX_Real_Name: eve\r\nConnection: close\r\n\r\n")
    assert "HTTP_HOST" in seen
    assert "HTTP_X_REAL_NAME" not in seen


def test_a_client_that_leaves_half_way_costs_nothing_and_reaches_no_page(start: Start) -> None:
    site = start()
    with site.connect() as sock:
        sock.sendall(post("/x", "Content-Length: 500", body=b"half"))
    for _ in range(50):
        if site.app.pages.counts["left"]:
            break
        time.sleep(0.02)
    assert site.app.pages.counts["left"] == 1
    assert site.app.pages._held == 0


def test_a_client_that_does_not_read_its_answer_frees_the_thread(start: Start) -> None:
    def pages(environ, start_response):  # type: ignore[no-untyped-def]
        start_response("200 OK", [])
        return [b"x" * 65536] * (1000 if environ["PATH_INFO"] == "/long" else 1)

    site = start(pages=pages, limits=Limits(stall=0.3))
    deaf = [site.connect() for _ in range(20)]
    for sock in deaf:
        sock.sendall(b"GET /long HTTP/1.1\r\nHost: here\r\n\r\n")
    assert status(site.say(b"GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n")) == 200
    assert site.app.pages.counts["stalled"] >= 4
    for sock in deaf:
        sock.close()


def test_headers_that_never_end_are_cut_off(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rapport.config.serving.HEADERS_DUE", 0.2)
    site = start()
    with site.connect(3) as sock:
        sock.sendall(b"GET / HTTP/1.1\r\nHost: he")
        assert sock.recv(100) == b""
    with site.connect(3) as sock:
        for _ in range(2):
            sock.sendall(b"GET / HTTP/1.1\r\nHost: here\r\n\r\n")
            heard = b""
            while not heard.endswith(b"0\r\n\r\n"):
                heard += sock.recv(4096)
            assert status(heard) == 200
        sock.sendall(b"GET / HT")
        assert b"200 OK" not in site.read(sock)
