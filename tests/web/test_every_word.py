"""No word on a page is missed by the translators: each page is read in a language that has no letter of English."""

from __future__ import annotations

import re
import string
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.apps import apps
from django.conf import settings
from django.test import Client, override_settings
from django.utils import dates
from words import update

from rapport.core.database import now
from rapport.inbox.models import Outgoing
from tests.conftest import Cast
from tests.web.conftest import Browser
from tests.web.test_strangers import NAMES, addresses, world  # noqa: F401 - a fixture

VARIES = re.compile(r"(%\(\w+\)[sd]|%%\w*|%[sd]|<[^>]+>|&\w+;)")
OTHER = str.maketrans(string.ascii_letters, "αβγδεφγηιικλμνοπορστυωωχυζΑΒΓΔΕΦΓΗΙΙΚΛΜΝΟΠΟΡΣΤΥΩΩΧΥΖ")
WORD = re.compile(r"[A-Za-z]{2,}")
SAME_EVERYWHERE = {
    "rapport",
    "png",
    "jpeg",
    "gif",
    "webp",
    "mb",
    "json",
    "jsonl",
    "gz",
    "csv",
    "mbox",
    "eml",
    "vcard",
    "zip",
    "tar",
    "english",
    "deutsch",
    "enter",
    "esc",
    "shift",
}
MONTHS = {str(word).lower() for word in (*dates.MONTHS.values(), *dates.WEEKDAYS_ABBR.values())}  # the framework's own
"""Names: of the product, of forms of files, of keys, and of each language in itself."""


def other(words: str) -> str:
    """The same sentence in letters that no English word has; what varies in it stays."""
    return "".join(part if VARIES.fullmatch(part) else part.translate(OTHER) for part in VARIES.split(words))


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of catalogues with one language: ``xx``."""
    catalog = Catalog(locale="en", fuzzy=False)
    for one in update.collected():
        if one.id:
            several = not isinstance(one.id, str)
            catalog.add(one.id, [other(form) for form in one.id] if several else other(one.id), context=one.context)
    folder = tmp_path_factory.mktemp("locale")
    (folder / "xx" / "LC_MESSAGES").mkdir(parents=True)
    (folder / "xx" / "LC_MESSAGES" / "django.mo").write_bytes(update.as_mo(catalog))
    return folder


@pytest.fixture
def in_other_letters(elsewhere: Path) -> Iterator[None]:
    with override_settings(LOCALE_PATHS=[elsewhere], LANGUAGES=[*settings.LANGUAGES, ("xx", "English")]):
        yield


class Shown(HTMLParser):
    """What a page shows or says aloud: its texts, and the attributes that people hear or see."""

    HEARD = {"aria-label", "placeholder", "title", "alt", "aria-description"}
    SILENT = {"script", "style", "code", "kbd", "samp", "pre", "template"}

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in self.SILENT or ("aria-hidden", "true") in attrs:  # the second: letters that only stand for a face
            self._silent.append(tag)
        self.said += [value for name, value in attrs if name in self.HEARD and value]

    def handle_endtag(self, tag: str) -> None:
        if self._silent and self._silent[-1] == tag:
            self._silent.pop()

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.said.append(data)


def known() -> set[str]:
    """Every word that stands in the database: names, texts, addresses. They are not ours to translate."""
    found: set[str] = set()
    for model in apps.get_models():
        if model.__module__.startswith("rapport."):
            for row in model.objects.values():
                found |= {
                    word.lower() for value in row.values() if isinstance(value, str) for word in WORD.findall(value)
                }
    return found


def pages(browser: Client, cast: Cast) -> Iterator[tuple[str, str]]:
    address = addresses(cast)
    for name, parts in NAMES:
        answer = browser.get(address(name, parts))
        if answer.status_code in {200, 404} and answer["Content-Type"].startswith("text/html"):
            yield name, answer.content.decode()


def missed(page: str, names: set[str]) -> list[str]:
    shown = Shown()
    shown.feed(page)
    return [said.strip() for said in shown.said if any(word.lower() not in names for word in WORD.findall(said))]


def test_a_missed_word_would_be_found() -> None:
    assert missed('<p>Σενδ <b>now</b></p><i title="Later"></i><code>x-y</code>', {"later"}) == ["now"]
    assert other("%(n)s rows <b>read</b> 100%%") == "%(n)s ροωσ <b>ρεαδ</b> 100%%".replace("ροωσ", other("rows"))


@pytest.mark.slow
@pytest.mark.usefixtures("in_other_letters")
def test_every_word_of_every_page_can_be_translated(world: Cast, browse: Browser) -> None:  # noqa: F811
    Outgoing.objects.update(held_until=now())
    dana = browse(world.dana)
    dana.cookies["django_language"] = "xx"
    names = known() | SAME_EVERYWHERE | MONTHS | {"acme"}  # a slug is a name, too
    found = {name: left for name, page in pages(dana, world) if (left := missed(page, names))}
    assert not found, "\n".join(f"{name}: {left}" for name, left in found.items())
