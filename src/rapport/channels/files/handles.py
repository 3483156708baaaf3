"""A profile's address as (network, handle): https://social.example/@ann is ann@social.example on mastodon. Pure."""

from __future__ import annotations

import re
from urllib.parse import unquote, urlsplit

HOSTS = {
    "twitter.com": "x", "x.com": "x", "bsky.app": "bluesky", "instagram.com": "instagram", "facebook.com": "facebook",
    "linkedin.com": "linkedin", "t.me": "telegram", "reddit.com": "reddit", "youtube.com": "youtube",
    "tiktok.com": "tiktok", "threads.net": "threads", "github.com": "github", "wa.me": "whatsapp",
}  # fmt: skip
BEFORE_A_HANDLE = frozenset({"profile", "in", "user", "u", "company"})
NAMES = {"twitter": "x", "bsky": "bluesky", "fediverse": "mastodon", "googlereviews": "google"}
NETWORKS = frozenset(HOSTS.values()) | {"mastodon", "xmpp", "skype", "matrix", "signal", "google"}
SCHEMES = {"xmpp": "xmpp", "skype": "skype", "matrix": "matrix", "sip": "sip", "tg": "telegram", "aim": "aim"}
HANDLE = re.compile(r"[^\s/:?#]{1,320}")


def network_of(name: str) -> str:
    """The network that people call so ("Twitter" is x); "" where it is none we know."""
    known = re.sub(r"[\W_]+", "", name.lower()).removesuffix("handle").removesuffix("username")
    return NAMES.get(known, known if known in NETWORKS else "")


def of_address(written: str, service: str = "") -> tuple[str, str]:
    """(network, handle) of a profile's address, a URI like ``xmpp:ann@example.org``, or a bare handle on ``service``.

    ("", "") where nobody can be told from it, as from a plain home page.
    """
    text = written.strip()
    named = network_of(service)
    if text.lower().startswith(("http://", "https://")):
        return _of_page(text, named)
    scheme, colon, rest = text.partition(":")
    if colon and not rest.startswith("//"):
        named = named or SCHEMES.get(scheme.lower(), network_of(scheme))
        text = unquote(rest).partition("?")[0].removeprefix("u:")
    handle = text.removeprefix("@")
    return (named, handle) if named and HANDLE.fullmatch(handle) else ("", "")


def _of_page(text: str, named: str) -> tuple[str, str]:
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").removeprefix("www.").removeprefix("m.")
    except ValueError:
        return "", ""
    steps = [unquote(step) for step in parts.path.split("/") if step]
    if steps and steps[0].lower() in BEFORE_A_HANDLE:
        steps = steps[1:]
    if not steps or not HANDLE.fullmatch(steps[0]):
        return "", ""
    if host in HOSTS:
        return HOSTS[host], steps[0].removeprefix("@")
    if len(steps) == 1 and (steps[0].startswith("@") or named == "mastodon"):
        return "mastodon", f"{steps[0].removeprefix('@').partition('@')[0]}@{host}"
    return "", ""
