"""Tables of people and of orders: which column is what, and each row as a Card or an Order. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from rapport.channels import envelopes, moments, money
from rapport.channels.base import Card, Order
from rapport.channels.files.exports.export import card, email, phone
from rapport.channels.files.handles import network_of
from rapport.channels.files.mapping import FIELDS, Mapped
from rapport.channels.text import clean, one_line

Kind = Literal["messages", "people", "orders"]
PEOPLE = ("name", "email", "phone", "handle", "organisation", "note", "network")
ORDERS = (
    *("number", "email", "phone", "handle", "name", "placed_at", "delivered_at", "total", "currency", "status"),
    *("items", "network"),
)
USUAL = {
    "number": "ordernumber orderno ordernr orderid order bestellnummer bestellung numerodecommande commande pedido",
    "email": "email emailaddress mail customeremail buyeremail billingemail contactemail adressemail correo emailadresse",
    "phone": "phone phonenumber telephone tel mobile mobilephone telefon cell billingphone customerphone",
    "handle": "handle username screenname account profile nick customerhandle",
    "name": "name fullname customername displayname customer contactname buyer billingname nom nombre",
    "organisation": "organisation organization company org firma companyname entreprise empresa",
    "note": "note notes comment comments remark notiz",
    "placed_at": "placedat placed orderdate ordered orderedat createdat created date purchased purchasedate bestelldatum",
    "delivered_at": "deliveredat delivered deliverydate deliveredon fulfilledat lieferdatum",
    "total": "total totalprice amount ordertotal grandtotal sum price gesamt betrag montant importe",
    "currency": "currency currencycode waehrung währung devise moneda",
    "status": "status orderstatus state financialstatus fulfillmentstatus",
    "items": "items lineitems products product articles artikel lineitemname lines",
}
FIELDS_OF: dict[Kind, tuple[str, ...]] = {"messages": FIELDS, "people": PEOPLE, "orders": ORDERS}
NAMES = {field: tuple(names.split()) for field, names in USUAL.items()}
SIGNS_OF_AN_ORDER = ("placed_at", "total", "status", "items", "delivered_at")


def kind_of(mapping: Mapping[str, str]) -> Kind:
    """What the rows are, by what is mapped: words make messages, a number makes orders, else they are people."""
    return "orders" if "number" in mapping else "people" if "text" not in mapping and _reach(mapping) else "messages"


def match(columns: Iterable[str]) -> dict[str, str]:
    """The mapping for orders or people, told by the names of the columns; empty where they are neither."""
    best: dict[str, tuple[int, str]] = {}
    for column in columns:
        plain = re.sub(r"[\W_]+", "", column.lower())
        for wanted, names in NAMES.items():
            if plain in names and (wanted not in best or names.index(plain) < best[wanted][0]):
                best[wanted] = names.index(plain), column
        if network_of(plain) and "handle" not in best:
            best["handle"] = 99, column
    found = {wanted: column for wanted, (_, column) in best.items()}
    if "handle" in found and (named := network_of(found["handle"])):
        found["network"] = named
    if "number" in found and _reach(found) and any(sign in found for sign in SIGNS_OF_AN_ORDER):
        return {wanted: found[wanted] for wanted in ORDERS if wanted in found}
    if "number" not in found and ("email" in found or "phone" in found) and "name" in found:
        return {wanted: found[wanted] for wanted in PEOPLE if wanted in found}
    return {}


def _reach(mapping: Mapping[str, str]) -> bool:
    return any(field in mapping for field in ("email", "phone", "handle"))


@dataclass(frozen=True)
class Rows:
    """Turns a row of people or orders into its value; ``mapped`` knows the columns and the zone."""

    mapped: Mapped

    def person(self, row: Mapping[str, Any]) -> Card:
        """Raises :class:`ValueError` with a sentence about this row."""
        name = self._word(row, "name")
        note = clean(self.mapped.words(row, "note"))
        return card(name, self._addresses(row), self._word(row, "organisation"), note)

    def order(self, row: Mapping[str, Any]) -> Order:
        """Raises :class:`ValueError` with a sentence about this row."""
        number = envelopes.short_id(self.mapped.identity(row, "number"))
        reach = next(((network, address) for network, address in self._addresses(row) if address), None)
        if not number or reach is None:
            raise ValueError("the order has no number" if not number else "the order names nobody: no e-mail or handle")
        total, currency = self._total(row)
        return Order(
            shop=self._network(row),
            number=number,
            network=reach[0],
            address=reach[1],
            name=one_line(self._word(row, "name"), 200),
            placed_at=self._moment(row, "placed_at"),
            delivered_at=self._moment(row, "delivered_at"),
            total=total,
            currency=currency,
            status=one_line(self._word(row, "status"), 60),
            text=clean(self.mapped.words(row, "items")).strip()[:10_000],
        )

    def _word(self, row: Mapping[str, Any], field: str) -> str:
        return self.mapped.word(row, field)

    def _network(self, row: Mapping[str, Any]) -> str:
        return envelopes.network_name(self.mapped.network(row))

    def _addresses(self, row: Mapping[str, Any]) -> list[tuple[str, str]]:
        told = self._word(row, "email")
        if told and not email(told):
            raise ValueError(f"{told[:40]!r} is no e-mail address")
        handle = one_line(self._word(row, "handle"), 320).removeprefix("@")
        return [("email", email(told)), (self._network(row), handle), ("phone", phone(self._word(row, "phone")))]

    def _moment(self, row: Mapping[str, Any], field: str) -> datetime | None:
        written = self._word(row, field)
        try:
            return moments.read(written, self.mapped.zone, self.mapped.order) if written else None
        except ValueError as error:
            raise ValueError(f"the time cannot be read: {error}") from error

    def _total(self, row: Mapping[str, Any]) -> tuple[int | None, str]:
        written = self._word(row, "total")
        currency = self._word(row, "currency")
        return money.read(written, currency) if written else (None, one_line(currency, 3).upper())
