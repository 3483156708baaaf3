"""What holds for every page: its headers, its one style and one script, its words, its errors."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.test import Client
from jinja2 import nodes

from rapport.web import assets, hits, marking, words
from rapport.web.jinja import plain_http
from tests.conftest import Cast

PAGES = Path(assets.__file__).parent / "jinja2"
TEMPLATES = sorted(PAGES.rglob("*.html"))


def test_every_page_runs_nothing_but_our_own_files(cast: Cast, dana: Client) -> None:
    for path in ("/w/acme/", "/login/", "/w/nowhere/", "/health", "/w/acme/sources/"):
        answer = dana.get(path)
        policy = answer["Content-Security-Policy"]
        assert "default-src 'none'" in policy and "unsafe" not in policy
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert "no-store" in answer["Cache-Control"] or "no-cache" in answer["Cache-Control"]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_no_template_holds_style_or_script_of_its_own(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r'\sstyle="|\son\w+="|<style|hx-on|hx-vals="js', text)
    for ours in (
        '<script src="{{ asset',
        '<script src="{{ door }}" async></script>',
    ):  # our file, and the line of the chat
        text = text.replace(ours, "")
    assert "<script" not in text
    assert len(text.splitlines()) < 80


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.name)
def test_every_word_on_the_screen_can_be_translated(template: Path) -> None:
    from django.template import engines

    tree = engines["jinja2"].env.parse(template.read_text())
    said = " ".join(data.data for data in tree.find_all(nodes.TemplateData))
    visible = re.sub(
        r"<code>.*?</code>|<pre.*?</pre>|<kbd>.*?</kbd>|<[^>]*>?|[^<]*?>|&\w+;", " ", said, flags=re.DOTALL
    )
    loose = set(re.findall(r"[A-Za-z]{3,}", visible)) - {"Rapport", "html", "doctype"}
    assert not loose & {"the", "and", "Send", "Save", "You", "your", "This"}, loose


def test_style_behaviour_and_icons_are_three_small_files_kept_for_a_year(cast: Cast) -> None:
    for name, most in (("rapport.css", 20_000), ("rapport.js", 45_000), ("icons.svg", 6_000)):
        answer = Client().get(assets.url(name), headers={"Accept-Encoding": "gzip"})
        assert "immutable" in answer["Cache-Control"] and answer["Content-Encoding"] == "gzip"
        assert len(answer.content) <= most, name
    assert Client().get("/assets/x/settings.py").status_code == 404
    assert Client().get("/assets/old/rapport.css")["Cache-Control"] == "no-cache"


def test_pages_go_over_the_wire_squeezed(cast: Cast, bea: Client) -> None:
    answer = bea.get("/w/acme/?stream=all", headers={"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip" and len(answer.content) < 6_000


@pytest.mark.parametrize("style", sorted((assets.HERE / "css").glob("*.css")), ids=lambda path: path.stem)
def test_colours_and_sizes_come_from_the_tokens(style: Path) -> None:
    text = style.read_text()
    assert style.stem in assets.STYLES
    if style.stem != "tokens":
        assert not re.search(r"#[0-9a-f]{3,8}\b(?!-)", text), "a colour of its own"
        assert not re.search(r"\b(left|right)\s*:", text), "left and right: say inline-start and inline-end"
        assert "!important" not in text or style.stem in {"base", "print"}


def test_every_symbol_that_is_asked_for_is_drawn() -> None:
    drawn = set(re.findall(r'<symbol id="([a-z]+)"', (assets.HERE / "icons.svg").read_text()))
    asked = {name for page in TEMPLATES for name in re.findall(r'\bicon\("([a-z]+)"', page.read_text())}
    assert asked <= drawn and {words.network_icon(name) for name in ("mail", "webhook", "x")} <= drawn


def test_behaviours_are_small() -> None:
    for name in assets.BEHAVIOURS:
        assert len((assets.HERE / name).read_text().splitlines()) <= 85, name


def test_errors_are_pages_with_words(cast: Cast, bea: Client) -> None:
    assert b"There is nothing here" in bea.get("/w/acme/c/999999999999999999999/").content
    assert b"Only an owner" in bea.get("/w/acme/import/").content
    assert bea.get("/health").content == b"ok\n"


def test_what_breaks_on_our_side_is_a_page_that_asks_nothing_of_the_database(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("broken")

    monkeypatch.setattr("rapport.inbox.models.Conversation.counts", fail)
    client = Client(raise_request_exception=False)
    client.force_login(cast.bea.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    answer = client.get("/w/acme/")
    assert answer.status_code == 500 and b"Something broke on our side" in answer.content


@pytest.mark.parametrize(("address", "warns"), [
    ("https://desk.example.org", False), ("http://127.0.0.1:8000", False), ("http://localhost:8000", False),
    ("http://[::1]:8000", False), ("http://192.168.1.7:8000", True), ("http://desk.local", True),
])  # fmt: skip
def test_plain_http_is_warned_of_except_on_this_machine(address: str, warns: bool) -> None:
    assert plain_http(address) is warns


def test_search_finds_messages_and_people(cast: Cast, bea: Client) -> None:
    cast.says("@ann", "@acme third week without a router", name="Ann Lee")
    cast.says("@bo", "@acme thanks for the modem", name="Bo Diaz")
    page = bea.get("/w/acme/search/?q=router").content.decode()
    assert "<mark>router</mark>" in page and "modem" not in page
    assert "Bo Diaz" in bea.get("/w/acme/search/?q=diaz").content.decode()
    assert "Nothing here fits" in bea.get("/w/acme/search/?q=%00%22zzz").content.decode()
    assert bea.get("/w/acme/search/?q=" + "%22 * - ( ' \\ ".replace(" ", "+")).status_code == 200


@pytest.mark.parametrize(("spans", "expected"), [
    ([], [("abcdef", False)]),
    ([(0, 2)], [("ab", True), ("cdef", False)]),
    ([(1, 4), (2, 6)], [("a", False), ("bcd", True), ("ef", True)]),
    ([(-1, -1), (4, 99), (9, 12), (3, 3)], [("abcd", False), ("ef", True)]),
])  # fmt: skip
def test_evidence_is_marked_whatever_its_offsets(
    spans: list[tuple[int, int]], expected: list[tuple[str, bool]]
) -> None:
    assert [(piece.text, piece.marked) for piece in marking.mark("abcdef", spans)] == expected


def test_an_excerpt_begins_near_the_hit() -> None:
    pieces = hits.excerpt("word " * 200 + "router", ["router"])
    assert pieces[0].text == "… " and pieces[-1] == marking.Piece("router", True)


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ann Lee", "AL"), ("@ann", "A"), ("", "?"), ("…", "?"), ("李 小龙", "李小"), ("a" * 300, "A")],
)
def test_initials_stand_for_any_name(name: str, letters: str) -> None:
    assert words.initials(name) == letters


@pytest.mark.parametrize(("address", "safe"), [
    ("https://a.example/x", True), ("http://a.example", True), ("javascript:alert(1)", False), ("data:text/html,x", False),
    ("//a.example", False), ("http://[", False), ("", False),
])  # fmt: skip
def test_only_addresses_of_the_web_become_links(address: str, safe: bool) -> None:
    assert bool(words.web_url(address)) is safe
