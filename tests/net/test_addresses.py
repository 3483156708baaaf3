"""Which addresses a stranger's URL may lead to."""

from __future__ import annotations

import socket
from typing import Any

import pytest

from rapport.net import addresses
from rapport.net.errors import NeverLeft, Refused

PRIVATE = [
    *("10.0.0.1", "172.16.5.4", "192.168.1.1", "100.64.0.1", "100.100.100.200", "169.254.169.254", "168.63.129.16"),
    *("0.0.0.0", "255.255.255.255", "224.0.0.1", "240.0.0.1", "198.18.0.1", "fe80::1", "fe80::1%eth0", "fd00:ec2::254"),
    *("::", "fc00::1", "ff02::1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "64:ff9b::a00:1", "2002:0a00:0001::1"),
    *("::10.0.0.1", "2001:db8::1", "2001:0:4136:e378:8000:63bf:f5ff:fffe"),
]
LOOPBACK = ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:0001::1"]
PUBLIC = ["93.184.216.34", "8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"]


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_closed_even_in_development(address: str) -> None:
    assert not addresses.allowed(address, allow_loopback=False)
    assert not addresses.allowed(address, allow_loopback=True)


@pytest.mark.parametrize("address", LOOPBACK)
def test_this_machine_opens_only_on_request(address: str) -> None:
    assert not addresses.allowed(address, allow_loopback=False)
    assert addresses.allowed(address, allow_loopback=True)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_open(address: str) -> None:
    assert addresses.allowed(address, allow_loopback=False)


def resolver(*found: str) -> Any:
    return lambda host, port, **more: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (number, port)) for number in found]


def test_a_name_with_a_private_and_a_public_address_leads_to_the_public_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolver("10.0.0.1", "8.8.8.8"))
    assert addresses.resolve("mixed.example", 443, allow_loopback=False) == ["8.8.8.8"]


def test_a_name_that_leads_inside_is_refused_in_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", resolver("192.168.0.7"))
    with pytest.raises(Refused, match=r"inside\.example is an address inside a private network"):
        addresses.resolve("inside.example", 443, allow_loopback=True)


@pytest.mark.parametrize("host", ["0x7f000001", "2130706433", "127.1", "localhost", "0177.0.0.1"])
def test_disguises_of_this_machine_are_seen_through(host: str) -> None:
    with pytest.raises(NeverLeft):
        addresses.resolve(host, 80, allow_loopback=False)


@pytest.mark.parametrize("host", ["a" * 64 + ".example", "..", "no such host", "\x00"])
def test_a_name_that_cannot_be_is_a_sentence(host: str) -> None:
    with pytest.raises(NeverLeft):
        addresses.resolve(host, 80, allow_loopback=False)
