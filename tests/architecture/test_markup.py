"""No page carries style or script of its own: the policy would stop it, and only in the browser would one notice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from rapport.web.headers import POLICY
from tests.architecture.sizes import ROOT

WEB = ROOT / "src/rapport/web"
TEMPLATES = sorted(WEB.glob("jinja2/**/*.html"))
FORBIDDEN = {
    "a style attribute": re.compile(r"\sstyle\s*=", re.IGNORECASE),
    "a style element": re.compile(r"<style\b", re.IGNORECASE),
    "a script of its own": re.compile(r"<script\b(?![^>]*\ssrc=)", re.IGNORECASE),
    "an event attribute": re.compile(r"\s(?:on[a-z]+|hx-on[\w:.-]*)\s*=", re.IGNORECASE),
    "a javascript: address": re.compile(r"javascript:", re.IGNORECASE),
    "something from elsewhere": re.compile(r"(?:src|xlink:href)\s*=\s*[\"']?(?:https?:)?//", re.IGNORECASE),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_markup_is_only_markup(path: Path) -> None:
    words = path.read_text(encoding="utf-8")
    assert [what for what, pattern in FORBIDDEN.items() if pattern.search(words)] == []


@pytest.mark.parametrize("path", sorted(WEB.glob("static/**/*.css")), ids=lambda path: path.name)
def test_styles_load_nothing_from_elsewhere(path: Path) -> None:
    assert re.findall(r"@import|url\(\s*[\"']?(?:https?:)?//", path.read_text(encoding="utf-8")) == []


def test_the_policy_is_strict() -> None:
    assert "default-src 'none'" in POLICY
    assert "unsafe" not in POLICY


def test_a_fragment_has_one_root() -> None:
    """One that is fetched by itself takes the place of the element with its id."""
    several = []
    for path in TEMPLATES:
        words = re.sub(r"\{#.*?#\}", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        if path.name.startswith("_") and 'hx-trigger="refresh"' in words:
            several += [path.name] * (len(re.findall(r"^<(?!/)\w", words, re.MULTILINE)) != 1)
    assert several == []
