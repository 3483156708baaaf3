"""Domains of e-mail: where somebody writes from says where they work, unless everybody may have a mailbox there. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from rapport.people.traits import is_mail

FREE = frozenset(
    ("gmail.com", "googlemail.com", "yahoo.com", "yahoo.co.uk", "yahoo.fr", "yahoo.de", "ymail.com", "hotmail.com",
     "hotmail.co.uk", "hotmail.fr", "outlook.com", "outlook.de", "outlook.fr", "live.com", "live.fr", "live.co.uk",
     "msn.com", "icloud.com", "me.com", "mac.com", "aol.com", "gmx.net", "gmx.de", "gmx.at", "gmx.ch", "gmx.com",
     "web.de", "t-online.de", "freenet.de", "arcor.de", "mail.ru", "bk.ru", "inbox.ru", "list.ru", "yandex.ru",
     "yandex.com", "ya.ru", "proton.me", "protonmail.com", "pm.me", "orange.fr", "wanadoo.fr", "free.fr", "sfr.fr",
     "laposte.net", "libero.it", "virgilio.it", "alice.it", "tin.it", "qq.com", "163.com", "126.com", "sina.com",
     "naver.com", "daum.net", "mail.com", "email.com", "fastmail.com", "posteo.de", "mailbox.org", "tutanota.com",
     "tuta.io", "zoho.com", "comcast.net", "verizon.net", "att.net", "btinternet.com", "sky.com", "bluewin.ch",
     "aon.at", "chello.at", "seznam.cz", "wp.pl", "o2.pl", "interia.pl", "onet.pl", "uol.com.br", "bol.com.br",
     "terra.com.br", "rediffmail.com", "telia.com", "ziggo.nl", "kpnmail.nl", "hey.com")
)  # fmt: skip
"""Where everybody may have a mailbox: such an address says nothing about where somebody works."""


def domain(address: str) -> str:
    """The domain of an e-mail address that says something; else empty."""
    if not is_mail(address):
        return ""
    found = address.strip().rpartition("@")[2].lower()
    return "" if found in FREE else found


def domains(addresses: Iterable[str]) -> list[str]:
    """Those from which these write, the most common first."""
    counted = Counter(filter(None, map(domain, addresses)))
    return sorted(counted, key=lambda one: (-counted[one], one))
