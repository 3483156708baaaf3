"""Web Push: as the RFC's own example says, readable by that browser alone, and never by what was changed on its way."""

from __future__ import annotations

import json

import pytest
from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.net import push
from tests.net.browsers import FakeBrowser

RECEIVER = "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"
SECRET = "BTBZMqHH6r4Tts7J_aSIgg"
SENDER = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"
EXAMPLE = (
    "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A"
    "_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
)


def test_the_example_of_rfc_8291_section_5() -> None:
    browser = push.Browser.read("https://push.example.net/x", RECEIVER, SECRET)
    said = b"When I grow up, I want to be a watermelon"
    made = push.encrypt(said, browser, salt=push.decode("DGv6ra1nlYgDCS1FRnbzlw"), own=SENDER)
    assert push.encode(made) == EXAMPLE


@settings(max_examples=25, deadline=None)
@given(st.binary(max_size=push.MOST))
def test_a_browser_reads_what_was_meant_for_it_and_no_other_does(words: bytes) -> None:
    browser, other = FakeBrowser(), FakeBrowser()
    sealed = push.encrypt(words, browser.address)
    assert browser.read(sealed) == words and len(sealed) <= 4096
    with pytest.raises(InvalidTag):
        other.read(sealed)
    with pytest.raises(InvalidTag):
        browser.read(sealed[:-1] + bytes([sealed[-1] ^ 1]))


def test_the_token_says_who_we_are_to_this_push_service_only() -> None:
    private = push.make_key()
    token = push.token("https://push.example.net:8443/abc?d", private, "mailto:me@acme.test", 1_000_000)
    said, _, signature = token.rpartition(".")
    claims = json.loads(push.decode(said.split(".")[1]))
    assert claims == {"aud": "https://push.example.net:8443", "exp": 1_043_200, "sub": "mailto:me@acme.test"}
    raw = push.decode(signature)
    der = utils.encode_dss_signature(int.from_bytes(raw[:32], "big"), int.from_bytes(raw[32:], "big"))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), push.decode(push.public_key(private)))
    key.verify(der, said.encode(), ec.ECDSA(hashes.SHA256()))
    with pytest.raises(InvalidSignature):
        key.verify(der, said.encode() + b"x", ec.ECDSA(hashes.SHA256()))


@pytest.mark.parametrize(
    ("endpoint", "key", "secret"),
    [
        ("javascript:alert(1)", RECEIVER, SECRET),
        ("https://", RECEIVER, SECRET),
        ("https://push.example.net/" + "x" * 1000, RECEIVER, SECRET),
        ("https://push.example.net/é", RECEIVER, SECRET),
        ("https://push.example.net/x", "AAAA", SECRET),
        ("https://push.example.net/x", "ü" * 87, SECRET),
        ("https://push.example.net/x", RECEIVER[:-2] + "AA", SECRET),
        ("https://push.example.net/x", RECEIVER, "AAAA"),
    ],
)
def test_what_no_browser_says_is_refused(endpoint: str, key: str, secret: str) -> None:
    with pytest.raises(ValueError, match=r"push service|keys of a browser|curve|EC key|point"):
        push.Browser.read(endpoint, key, secret)
