"""The Jinja2 environment of every page: translation, the few filters and globals that templates use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.urls import reverse
from django.utils.functional import lazy
from django.utils.translation import (
    get_language,
    get_language_bidi,
    get_language_info,
    gettext,
    ngettext,
    npgettext,
    pgettext,
)
from jinja2 import Environment, StrictUndefined

from rapport.channels import money
from rapport.core.saying import grouped, said, sized, tenths
from rapport.web import assets, keys, times, words
from rapport.web.directions import direction


def url(name: str, *args: Any, **kwargs: Any) -> str:
    """The path of a named page; keyword arguments may stand for path parts or, left over, be none at all."""
    return reverse(name, args=args or None, kwargs=kwargs or None)


def environment(**options: Any) -> Environment:
    """What settings.TEMPLATES asks for. A misspelt name in a template is an error, never an empty place."""
    options["undefined"] = StrictUndefined
    env = Environment(  # noqa: S701 - Django's backend passes autoescape=True in options
        trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n", "jinja2.ext.do"], **options
    )
    env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext, ngettext, newstyle=True, pgettext=pgettext, npgettext=npgettext
    )
    env.globals.update(
        url=url,
        static=staticfiles_storage.url,
        sprite=lazy(assets.url, str)("icons.svg"),
        asset=assets.url,
        words=words,
        languages=settings.LANGUAGES,
        spoken=get_language,
        from_the_right=get_language_bidi,
        keys=keys,
        member=None,
        workspace=None,
        memberships=(),
        messages=(),
        live_seen=0,
        plain_http=plain_http(settings.RAPPORT_URL),
    )
    env.filters.update(
        direction=direction,
        ago=times.ago, span=times.span, since=times.since, until=times.until, absolute=times.absolute, iso=times.iso,
        clock=times.clock_of_day, day=times.day, named_day=times.named_day,
        initials=words.initials, tint=words.tint, web_url=words.web_url,
        network=words.network, icon=words.network_icon,
        pieces=_pieces, language=_language, moment=times.weekday,
        money=money.written, said=said, grouped=grouped, sized=sized, tenths=tenths,
    )  # fmt: skip
    return env


def _pieces(part: Any) -> Any:
    """A text of a preview cut at what the network marks in it."""
    from rapport.web.marking import mark

    return mark(part.text, list(part.marks))


def _language(code: str) -> str:
    """A language by its name in the reader's own; by its code where nobody named it."""
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code


def plain_http(address: str) -> bool:
    """Is this address unencrypted, and not only this machine talking to itself?"""
    from ipaddress import ip_address
    from urllib.parse import urlsplit

    parts = urlsplit(address)
    host = parts.hostname or ""
    if parts.scheme != "http" or host == "localhost":
        return False
    try:
        return not ip_address(host).is_loopback
    except ValueError:
        return True
