"""Uploading more than messages: a table of orders, an archive, an address book; and where it is then seen."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from rapport.channels.base import Batch, Remark
from rapport.core import work
from rapport.ingest import accepting, importing, progressing
from rapport.people import organising
from rapport.people.models import Order, Person
from tests.channels.test_files_archives import MAIL, zipped
from tests.channels.test_files_people import CARDS
from tests.conftest import NOW, Cast

ORDERS = b"Order number,Twitter,Name,Order date,Total,Currency\nA-1,ann,Ann,2026-02-01,49.90,EUR\n"


def upload(client: Client, name: str, body: bytes) -> str:
    """The preview of a file that was uploaded."""
    answer = client.post("/w/acme/import/", {"file": SimpleUploadedFile(name, body)}, follow=True)
    assert answer.status_code == 200
    return f"{answer.redirect_chain[-1][0]} {answer.content.decode()}"


def start(client: Client, page: str, **chosen: str) -> None:
    answer = client.post(page.split(" ")[0], chosen)
    assert answer.status_code == 302, re.findall(r'class="refusal"[^<]*<', answer.content.decode())
    while work.run_due(only=("import",)):
        pass


def test_a_table_of_orders_goes_to_the_person_it_names(cast: Cast, dana: Client) -> None:
    page = upload(dana, "orders.csv", ORDERS)
    assert "It holds orders." in page and "Order number" in page
    named = {"map-number": "Order number", "map-handle": "Twitter", "map-total": "Total", "map-currency": "Currency",
             "map-placed_at": "Order date", "map-name": "Name"}  # fmt: skip
    start(dana, page, **named)
    order = Order.objects.select_related("person").get()
    assert (order.number, order.total, order.currency) == ("A-1", 4990, "EUR")
    identity = order.person.identities.get()
    assert (identity.network, identity.address) == ("x", "ann")


def test_an_archive_and_an_address_book_show_what_is_in_them(cast: Cast, dana: Client) -> None:
    page = upload(dana, "mails.zip", zipped({"a.eml": MAIL % (1, 1), "b.eml": MAIL % (2, 2)}))
    assert "an archive (ZIP)" in page and "Hello 1" in page and "<select" not in page
    start(dana, page)
    start(dana, upload(dana, "book.vcf", CARDS))
    person = Person.objects.get(identities__network="email", identities__address="ann@example.org")
    assert (person.name, person.organisation) == ("Ann", "Berg & Co"), "the mail named her first"


def test_a_trap_is_refused_on_the_page(cast: Cast, dana: Client) -> None:
    body = zipped({"../../x.eml": MAIL % (1, 1)})
    answer = dana.post("/w/acme/import/", {"file": SimpleUploadedFile("x.zip", body)})
    assert answer.status_code == 422 and "leads out of it" in answer.content.decode()


def test_a_folder_of_mails_is_imported_as_it_lies(cast: Cast, tmp_path: Path) -> None:
    (tmp_path / "cur").mkdir()
    (tmp_path / "cur" / "1.host").write_bytes(MAIL % (1, 1))
    found = importing.look(tmp_path, tmp_path.name)
    job = importing.start(cast.acme, tmp_path, "mails", found.mapping, by=None)
    work.run_due(only=("import",))
    seen = progressing.of(job)
    assert seen is not None and (seen.read, seen.error, seen.bytes) == (1, "", seen.total)


def test_the_pane_shows_orders_and_a_note_its_writer(cast: Cast, bea: Client) -> None:
    conversation = cast.says("ann", "@acme where is it?", id="m1")
    person = conversation.identity.person  # type: ignore[union-attr]
    organising.keep(cast.acme.pk, [(person.pk, "Berg & Co")])
    Order.objects.create(workspace=cast.acme, person=person, shop="s", number="A-1", key=b"1", total=4990,
                         currency="EUR", status="delivered", placed_at=NOW - timedelta(days=9))  # fmt: skip
    note = Remark(network="social", external_id="n", thread="m1", author="Gone Colleague", text="VIP", at=NOW)
    accepting.accept(cast.source, Batch(remarks=(note,)))
    page = bea.get(f"/w/acme/c/{conversation.pk}/").content.decode()
    assert "A-1" in page and "49.90 EUR" in page and "Berg &amp; Co" in page
    assert "Gone Colleague" in page


@pytest.mark.parametrize("engine", ["sqlite"], indirect=True)
def test_stars_are_shown(cast: Cast, bea: Client) -> None:
    conversation = cast.says("kim", "Cold soup", id="r1", rating=2)
    assert "2 of 5 stars" in bea.get(f"/w/acme/c/{conversation.pk}/").content.decode()
