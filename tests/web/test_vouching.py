"""Who vouches for our mail: looked up by the worker, kept with its date, told in sentences; a page asks nobody."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from datetime import timedelta
from functools import partial

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from rapport import net
from rapport.channels.mail import vouching as judging
from rapport.channels.mail.vouching import Finding, Records, judge
from rapport.core import work
from rapport.inbox import vouching
from rapport.inbox.models import Arrival, Source
from rapport.net import names
from tests.conftest import Cast
from tests.peers.names import NameServer, name_server
from tests.web.conftest import Browser


def key(bits: int) -> str:
    made = rsa.generate_private_key(65537, bits).public_key()
    return base64.b64encode(made.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


LONG = key(2048)
SPF, DKIM, DMARC = "v=spf1 include:_spf.acme.test -all", f"v=DKIM1; k=rsa; p={LONG}", "v=DMARC1; p=reject"


def said(**more: object) -> dict[str, Finding]:
    found = {"spf": (SPF,), "dkim": (("s1", DKIM),), "dmarc": (DMARC,)} | more
    return {one.kind: one for one in judge(Records(domain="acme.test", sender="smtp.acme.test", **found))}  # type: ignore[arg-type]


def test_all_is_well_and_each_thing_missing_has_a_record_to_add() -> None:
    assert {one.standing for one in said().values()} == {"good"}
    nothing = said(spf=(), dkim=(), dmarc=())
    assert all(one.bad for one in nothing.values())
    assert (nothing["SPF"].name, nothing["SPF"].record) == ("acme.test", "v=spf1 a:smtp.acme.test ~all")
    assert (nothing["DMARC"].name, nothing["DMARC"].record) == ("_dmarc.acme.test", "v=DMARC1; p=none")
    assert "_domainkey.acme.test" in nothing["DKIM"].words
    google = judge(Records(domain="acme.test", sender="smtp.gmail.com"))[0]
    assert google.record == "v=spf1 include:_spf.google.com ~all"


@pytest.mark.parametrize(
    ("spf", "standing"),
    [
        (("v=spf1 mx ~all", "v=spf1 a -all"), "broken"),
        (("v=spf1 mx +all",), "broken"),
        (("v=spf1 all",), "broken"),
        (("v=spf1 " + "include:a.test " * 11 + "~all",), "broken"),
        (("v=spf1 mx",), "weak"),
        (("v=spf1 mx ?all",), "weak"),
        (("v=spf1 redirect=_spf.acme.test",), "good"),
        (("V=SPF1 MX -ALL",), "good"),
        (("v=spf10 mx -all", "google-site-verification=x"), "missing"),
    ],
)
def test_spf_as_receivers_read_it(spf: tuple[str, ...], standing: str) -> None:
    assert said(spf=spf)["SPF"].standing == standing


@pytest.mark.parametrize(
    ("record", "standing"),
    [
        ("v=DKIM1; p=", "broken"),
        ("v=DKIM1; p=no key at all", "broken"),
        (f"v=DKIM1; k=rsa; p={key(1024)}", "good"),
        ("k=ed25519; p=" + base64.b64encode(b"k" * 32).decode(), "good"),
        ("k=ed25519; p=" + base64.b64encode(b"short").decode(), "broken"),
        (f"v=DKIM2; p={LONG}", "missing"),
        (f"p={LONG[:200]} {LONG[200:]}", "good"),
    ],
)
def test_keys_as_receivers_read_them(record: str, standing: str) -> None:
    assert said(dkim=(("s1", record),))["DKIM"].standing == standing


def test_dmarc_of_the_domain_or_of_one_above_it() -> None:
    assert said(dmarc=("v=DMARC1; p=none",))["DMARC"].standing == "weak"
    assert said(dmarc=("v=DMARC1; p=perhaps",))["DMARC"].standing == "broken"
    assert said(dmarc=(DMARC, DMARC))["DMARC"].standing == "broken"
    assert said(dmarc=("v=DMARC1; p=reject; sp=none",), dmarc_at="test")["DMARC"].standing == "weak"
    assert said(dmarc=("v=DMARC1; p=reject; sp=none",), dmarc_at="acme.test")["DMARC"].standing == "good"
    assert judging.above("mail.eu.acme.test") == ["mail.eu.acme.test", "eu.acme.test", "acme.test"]


def test_a_providers_own_domain_is_theirs_and_silence_says_nothing() -> None:
    assert [one.standing for one in judge(Records(domain="gmail.com"))] == ["theirs"]
    assert [one.standing for one in judge(Records(domain="acme.test", away=True))] == ["unknown"]


def test_the_selector_is_that_of_a_signature_for_our_own_domain() -> None:
    sign = "v=1; a=rsa-sha256; c=relaxed/relaxed; d=acme.test;\r\n s=winter-26; bh=x; b=y"
    assert judging.selector_of(sign, "acme.test") == judging.selector_of(sign, "mail.acme.test") == "winter-26"
    assert judging.selector_of(sign, "notacme.test") == judging.selector_of("", "acme.test") == ""


@given(st.lists(st.text(max_size=300), max_size=4), st.text(max_size=80))
def test_whatever_stands_there_is_judged(records: list[str], sender: str) -> None:
    found = judge(
        Records(
            domain="acme.test",
            sender=sender,
            spf=tuple(f"v=spf1 {one}" for one in records),
            dkim=tuple(("s", f"p={one}") for one in records),
            dmarc=tuple(f"v=DMARC1;{one}" for one in records),
        )
    )
    assert len(found) == 3 and all(one.words for one in found)


@pytest.fixture
def dns() -> Iterator[NameServer]:
    with name_server() as server:
        yield server


@pytest.fixture
def box(cast: Cast) -> Source:
    source = Source(workspace=cast.acme, kind="mail", name="Support")
    source.keep_settings({"address": "support@acme.test", "imap_host": "imap.acme.test", "smtp_host": "smtp.acme.test"})
    source.save()
    return source


def look(source: Source, dns: NameServer) -> dict[str, str]:
    vouching.look(source, partial(names.texts, at=dns.at, patience=0.5))
    source.refresh_from_db()
    found = vouching.of(source)
    assert found is not None
    return {one.kind: one.standing for one in found.findings}


def test_it_is_looked_up_where_our_own_mail_says_the_key_stands(cast: Cast, box: Source, dns: NameServer) -> None:
    dns.says("acme.test", "hello=world", SPF)
    dns.says("winter._domainkey.acme.test", DKIM)
    dns.says("_dmarc.acme.test", "v=DMARC1; p=quarantine")
    assert look(box, dns) == {"SPF": "good", "DKIM": "missing", "DMARC": "good"}
    head = b"From: support@acme.test\r\nDKIM-Signature: v=1; d=acme.test;\r\n\ts=winter; b=x\r\n\r\n"
    raw = head + b"DKIM-Signature: s=no; d=acme.test"
    Arrival.objects.create(workspace=cast.acme, source=box, key=b"k" * 16, raw=raw, envelope=b"{}")
    assert look(box, dns) == {"SPF": "good", "DKIM": "good", "DMARC": "good"}
    assert "no._domainkey.acme.test" not in dns.asked
    assert len(dns.asked) < 80


def test_nasty_answers_are_an_answer_or_no_answer_and_never_a_fault(dns: NameServer) -> None:
    ask = partial(names.texts, at=dns.at, patience=0.4)
    dns.says("long.test", "v=spf1 " + "ip4:192.0.2.1 " * 60 + "~all")
    dns.how["long.test"] = "cut"  # by UDP a piece; the whole by TCP
    assert ask("long.test")[0].endswith("~all")
    dns.zone["many.test"] = [[f"record {n}"] for n in range(300)]
    dns.how["many.test"] = "cut"
    assert len(ask("many.test")) == names.MOST
    dns.zone["strange.test"] = [['a "quoted" one', "in\\003pieces"], [""]]
    assert len(ask("strange.test")) == 2
    dns.zone["empty.test"] = []
    assert ask("empty.test") == () == ask("nowhere.test") == ask("a" * 70 + ".test") == ask("..") == ask("ü" * 80)
    for how in ("silent", "noise", "failing", "another", "round"):
        dns.how[f"{how}.test"] = how
        with pytest.raises(net.NeverLeft):
            ask(f"{how}.test")


def test_where_the_name_servers_fail_nothing_is_said(box: Source, dns: NameServer) -> None:
    dns.how["*"] = "failing"
    assert look(box, dns) == {"SPF": "unknown"}


def test_the_health_page_tells_it_and_asks_nobody(
    cast: Cast,
    box: Source,
    dns: NameServer,
    dana: Client,
    browse: Browser,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert "vouches" not in dana.get("/w/acme/health/").content.decode()
    dns.says("acme.test", "v=spf1 mx -all")
    look(box, dns)
    monkeypatch.setattr(names, "texts", lambda *args, **more: pytest.fail("a page asked a name server"))
    page = dana.get("/w/acme/health/").content.decode()
    assert "Who vouches for your mail from acme.test" in page and "_dmarc.acme.test" in page
    assert "No key was found" in page and "Look it up again" in page
    assert page.count("v=DMARC1; p=none") == 1
    there = f"/w/acme/sources/{box.pk}/vouching/"
    assert browse(cast.bea).post(there).status_code in {403, 404} and browse(cast.dot).post(there).status_code == 404
    assert dana.post(there).status_code == 302
    assert dana.post(there).status_code == 302, "twice is once"


def test_it_is_looked_up_once_a_day(cast: Cast, box: Source, dns: NameServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vouching.look, "__defaults__", (partial(names.texts, at=dns.at),))
    moment = cast.clock
    from rapport.core.database import now

    assert vouching.due(now()) == vouching.due(now()) == 1
    assert work.run_due(only=(vouching.KIND,)) == 1, "once, however often it was put down"
    assert vouching.due(now()) == 0
    moment.shift(timedelta(hours=25))
    assert vouching.due(now()) == 1
    Source.objects.filter(pk=box.pk).update(paused_at=now())
    assert vouching.due(now()) == 0
