"""Who vouches for our mail: what stands in the DNS of our own domain, judged and told in sentences. Pure.

SPF (RFC 7208) names the servers that may send for a domain, DKIM (RFC 6376) holds the key its mails are signed with,
DMARC (RFC 7489) says what becomes of mail that neither proves. ``Records`` are looked up elsewhere; each of the three
``judge``\\ s to one Finding: how it stands, why, and the record to add where one is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Literal

import msgspec

from rapport.channels.mail import keys
from rapport.channels.mail.providers import FREE, PROVIDERS, SELECTORS
from rapport.net.sentence import Sentence

Standing = Literal["good", "weak", "missing", "broken", "unknown", "theirs"]
LOOKUPS = 10
"""What an SPF record may ask of the DNS (RFC 7208, 4.6.4)."""
_ASKS = re.compile(r"[+?~-]?(include:|a([:/]|$)|mx([:/]|$)|ptr([:/]|$)|exists:)|redirect=", re.ASCII | re.IGNORECASE)
_SIGNED = re.compile(r"(?:^|;)\s*(d|s)\s*=\s*([\w.-]+)", re.ASCII)
_DOMAIN = re.compile(r"(?=.{1,253}$)(?!-)[a-z0-9-]{1,63}(\.(?!-)[a-z0-9-]{1,63})+", re.ASCII)


class Records(msgspec.Struct, frozen=True, kw_only=True):
    """What was found for a domain. ``dmarc_at`` is the name under which the DMARC records stood; ``dkim`` are pairs of
    (selector, record); ``away``: the name servers did not answer, so that nothing can be said."""

    domain: str
    sender: str = ""
    """The SMTP server through which answers leave."""
    spf: tuple[str, ...] = ()
    dmarc: tuple[str, ...] = ()
    dmarc_at: str = ""
    dkim: tuple[tuple[str, str], ...] = ()
    away: bool = False


class Finding(msgspec.Struct, frozen=True):
    """One of the three: how it stands, in a sentence, and the TXT record that would help: its name and its words."""

    kind: Literal["SPF", "DKIM", "DMARC"]
    standing: Standing
    words: str
    name: str = ""
    record: str = ""

    @property
    def bad(self) -> bool:
        return self.standing in {"missing", "broken"}


def can_be_asked(domain: str) -> bool:
    """Is it a domain that can have records?"""
    return _DOMAIN.fullmatch(domain.lower()) is not None


def selector_of(signature: str, domain: str) -> str:
    """The selector of a DKIM-Signature header that vouches for this domain (or one below it); empty for any other."""
    tags = {name: value.lower() for name, value in _SIGNED.findall(signature)}
    signer, selector = tags.get("d", ""), tags.get("s", "")
    aligned = signer == domain or (bool(signer) and domain.endswith(f".{signer}"))
    return selector if aligned and len(selector) <= 63 else ""


def above(domain: str) -> list[str]:
    """The domain and those above it, under which a DMARC record may stand; never a top-level domain alone."""
    labels = domain.split(".")
    return [".".join(labels[at:]) for at in range(min(len(labels) - 1, 8))]


def judge(records: Records) -> tuple[Finding, ...]:
    """SPF, DKIM and DMARC of a domain. One sentence where the domain is the provider's own, or nobody answered."""
    if records.domain in FREE:
        return (
            Finding(
                "SPF",
                "theirs",
                Sentence(
                    "%(domain)s is your provider’s own domain: they vouch for mail that leaves through them.",
                    domain=records.domain,
                ),
            ),
        )
    if records.away:
        return (
            Finding(
                "SPF", "unknown", Sentence("The name servers did not answer, so nothing can be said about your mail.")
            ),
        )
    return _spf(records), _dkim(records), _dmarc(records)


def _spf(records: Records) -> Finding:
    found = [one for one in records.spf if one.lower().split(" ")[0] == "v=spf1"]
    if not found:
        return Finding(
            "SPF",
            "missing",
            Sentence(
                "No SPF record says which servers may send mail for your domain, so others refuse or suspect it. "
                "Add this one; if your provider names another, take theirs."
            ),
            records.domain,
            f"v=spf1 {_may_send(records.sender)} ~all",
        )
    if len(found) > 1:
        return Finding(
            "SPF",
            "broken",
            Sentence(
                "There are %(n)s SPF records, and only one may be: receivers ignore them all. Put them together "
                "into one.",
                n=len(found),
            ),
            records.domain,
        )
    return _spf_says(found[0].split(" ")[1:], records.domain)


def _spf_says(terms: list[str], domain: str) -> Finding:
    """Of the one record: does it ask for little enough, and what does it say of all other servers?"""
    asks = sum(_ASKS.match(term) is not None for term in terms)
    if asks > LOOKUPS:
        return Finding(
            "SPF",
            "broken",
            Sentence(
                "The SPF record asks for %(n)s look-ups, and %(most)s may be: receivers ignore it. Take out what "
                "no longer sends for you.",
                n=asks,
                most=LOOKUPS,
            ),
            domain,
        )
    end = next((term.lower() for term in terms if term.lower().lstrip("+?~-") == "all"), "")
    if end in {"all", "+all"}:
        return Finding(
            "SPF",
            "broken",
            Sentence("The SPF record lets every server send for your domain: it ends in “+all”. Write “~all” instead."),
            domain,
        )
    if not any(term.lower().startswith("redirect=") for term in terms) and end in {"", "?all"}:
        return Finding(
            "SPF",
            "weak",
            Sentence("The SPF record names your servers and says nothing of all others. Let it end in “~all”."),
            domain,
        )
    return Finding("SPF", "good", Sentence("An SPF record says which servers may send mail for your domain."))


def _may_send(sender: str) -> str:
    known = next((word for end, word in PROVIDERS.items() if sender.lower().endswith(end)), "")
    if known:
        return f"include:{known}"
    return f"a:{sender.lower()}" if can_be_asked(sender) else "mx"


def _dkim(records: Records) -> Finding:
    found = [(name, keys.tags(words)) for name, words in records.dkim]
    found = [(name, tags) for name, tags in found if tags.get("v", "DKIM1") == "DKIM1" and "p" in tags]
    if not found:
        return Finding(
            "DKIM",
            "missing",
            Sentence(
                "No key was found with which your mails are signed. Switch DKIM on at your provider (or your "
                "mail server), and add the record it shows you, under a name that ends in "
                "._domainkey.%(domain)s. If it is on under a name of your own, write a mail to this mailbox: its "
                "signature tells the name.",
                domain=records.domain,
            ),
            f"…._domainkey.{records.domain}",
        )
    judged = [(name, keys.standing(tags)) for name, tags in found]
    good = [name for name, how in judged if how == "good"]
    if good:
        return Finding("DKIM", "good", Sentence("A key to sign your mails with stands under “%(name)s”.", name=good[0]))
    return _bad_key(*judged[0], records.domain)


def _bad_key(name: str, how: str, domain: str) -> Finding:
    """Of a key that proves nothing: why not."""
    place = f"{name}._domainkey.{domain}"
    if how == "revoked":
        return Finding(
            "DKIM",
            "broken",
            Sentence(
                "The key under “%(name)s” was withdrawn: it is empty. Mails signed with it prove nothing.", name=name
            ),
            place,
        )
    if how == "short":
        return Finding(
            "DKIM",
            "weak",
            Sentence(
                "The key under “%(name)s” is shorter than 1,024 bits, and receivers ignore it. Make a new one of "
                "2,048 bits.",
                name=name,
            ),
            place,
        )
    return Finding(
        "DKIM",
        "broken",
        Sentence(
            "What stands under “%(name)s” is no key that can be read. Copy the record anew from your provider.",
            name=name,
        ),
        place,
    )


def _dmarc(records: Records) -> Finding:
    found = [tags for one in records.dmarc if (tags := keys.tags(one)).get("v", "") == "DMARC1"]
    place = f"_dmarc.{records.domain}"
    if not found:
        return Finding(
            "DMARC",
            "missing",
            Sentence(
                "No DMARC record says what becomes of mail that pretends to be yours; large providers ask for "
                "one. This one only watches, and is a good beginning."
            ),
            place,
            "v=DMARC1; p=none",
        )
    if len(found) > 1:
        return Finding(
            "DMARC",
            "broken",
            Sentence("There are several DMARC records, and only one may be: receivers ignore them all."),
            place,
        )
    below = bool(records.dmarc_at) and records.dmarc_at != records.domain
    return _policy((found[0].get("sp") if below else None) or found[0].get("p", ""), place)


def _policy(policy: str, place: str) -> Finding:
    """What becomes of mail that pretends to be ours."""
    if policy.lower() in {"quarantine", "reject"}:
        return Finding(
            "DMARC", "good", Sentence("A DMARC record has mail that pretends to be yours set aside or refused.")
        )
    if policy.lower() == "none":
        return Finding(
            "DMARC",
            "weak",
            Sentence(
                "A DMARC record is there and only watches. When SPF and DKIM are good, let it say “p=quarantine”."
            ),
            place,
            "v=DMARC1; p=quarantine",
        )
    return Finding(
        "DMARC",
        "broken",
        Sentence("The DMARC record names no policy that receivers know: none, quarantine or reject."),
        place,
        "v=DMARC1; p=none",
    )


def names(domain: str, seen: Iterable[str]) -> list[str]:
    """The selectors to ask for: those seen in mails of ours first, then the usual ones."""
    return list(dict.fromkeys([*seen, *SELECTORS]))
