"""Saying: the sentences of the layers below in the language of whoever reads them."""

from __future__ import annotations

from django.conf import settings
from django.utils import formats
from django.utils.translation import gettext, ngettext

from rapport.net.sentence import Sentence


def said(words: str) -> str:
    """Words in the reader's language; as they are where nobody has translated them.

    A command may refuse before there are settings (restore, with none to trust): then it speaks English.
    """
    if not settings.configured:
        return str(words)
    if not isinstance(words, Sentence):
        return gettext(words) if words else ""
    there = gettext(words.template)
    return there % {name: _fact(fact) for name, fact in words.facts.items()} if words.facts else there


def grouped(number: float) -> str:
    """A whole number as the reader's country writes it: 12,345 or 12.345."""
    return formats.number_format(number, 0, use_l10n=True, force_grouping=True)


def tenths(number: float) -> str:
    """A number with one decimal as the reader's country writes it: 12.5 or 12,5."""
    return formats.number_format(number, 1, use_l10n=True)


def sized(size: int) -> str:
    """A size in bytes as people say it: 340 bytes, 12 KB, 3.4 MB."""
    if size < 1_000:
        return ngettext("%(n)s byte", "%(n)s bytes", size) % {"n": size}
    if size < 1_000_000:
        return gettext("%(n)s KB") % {"n": grouped(round(size / 1_000))}
    return gettext("%(n)s MB") % {"n": formats.number_format(size / 1_000_000, 1, use_l10n=True)}


def _fact(fact: object) -> object:
    if isinstance(fact, Sentence):
        return said(fact)
    return grouped(fact) if isinstance(fact, int) else fact
