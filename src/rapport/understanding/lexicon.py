"""The word lists, found in a post in one pass over its words.

The lists are text files beside this module, one a language, written for this project: ``[section weight]`` and then a
phrase a line (``phrase = weight`` for its own). ``word*`` stands for all words that begin so. ``<n>`` is any number,
``<at>`` a handle, ``<url>`` a link. The section ``[null]`` holds phrases whose words mean nothing by themselves there
("no problem"): it silences what it contains.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import cache
from importlib import resources
from itertools import accumulate
from typing import Final, NamedTuple
from unicodedata import combining, normalize

import ahocorasick

from rapport.understanding.tokens import Tokens, cut

LANGUAGES: Final = ("any", "en", "de", "fr", "es", "it", "pt")
FURTHER: Final = {"en": ("en_moods", "en_rude")}
"""Further files of a language, with sections of their own: for the learned heads, and for looking drafts over."""
STEMS: Final = frozenset({"de", "fr", "es", "it", "pt"})
"""Languages in which words change their ends so much that how they feel is listed by stems, in a file of its own."""
_ELIDING: Final = {
    "fr": ("l'", "d'", "qu'", "j'", "m'", "n'", "s'", "t'", "c'"),
    "it": ("l'", "d'", "un'", "dell'", "all'", "nell'", "sull'", "dall'", "quell'", "c'", "m'", "s'", "t'"),
}
"""Before a vowel the little word grows together with the next: "l'avocat", "dell'avvocato"."""
_VOWELS: Final = frozenset("aeiouhéèêàâîôûœæùáíóú")
"""The lists there are; ``any`` (emoji, emoticons, signs) counts in every language."""
_GERMAN: Final = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})


class Entry(NamedTuple):
    """A line of a list: the section it stands in, its weight, and its language."""

    section: str
    weight: float
    language: str


class Found(NamedTuple):
    """An entry met in a post, from word ``first`` up to but not including word ``last``."""

    section: str
    weight: float
    first: int
    last: int


def find(tokens: Tokens, language: str) -> list[Found]:
    """Every entry of ``language``'s list (and of ``any``) in the post, in order; silenced ones left out."""
    line = tokens.line
    starts = list(accumulate(map(len, tokens.words), _next_word, initial=1))
    found: list[Found] = []
    silent: list[tuple[int, int]] = []
    for end, (before, words, entries) in _machine(language).iter(line):
        first = bisect_right(starts, end - before) - 1
        last = first + words
        for section, weight in entries:
            if section == "null":
                silent.append((first, last))
            else:
                found.append(_found(Found, (section, weight, first, last)))
    if silent:
        found = [
            hit
            for hit in found
            if not any(a <= hit.first and hit.last <= b and (b - a) > (hit.last - hit.first) for a, b in silent)
        ]
    return found


_found: Final = tuple.__new__
"""A Found from its four parts without the constructor's own call: there are ten to a post."""


def _next_word(place: int, length: int) -> int:
    return place + length + 1


def words(language: str, section: str) -> frozenset[str]:
    """The single words of a ``w.*`` section: they are everywhere, so they are not searched for but asked for."""
    return _words(language).get(section, frozenset())


@cache
def _words(language: str) -> dict[str, frozenset[str]]:
    listed: dict[str, set[str]] = {}
    for key, entry in entries(language):
        if entry.section.startswith("w."):
            listed.setdefault(entry.section, set()).add(key.strip())
    return {section: frozenset(held) for section, held in listed.items()}


@cache
def _machine(language: str) -> ahocorasick.Automaton:
    """The automaton of one language and of what counts in every one; made when the language is first met."""
    machine = ahocorasick.Automaton()
    table: dict[str, list[tuple[str, float]]] = {}
    for tongue in dict.fromkeys((language, "any")):
        for key, entry in entries(tongue):
            if not entry.section.startswith("w."):
                table.setdefault(key, []).append((entry.section, entry.weight))
    for key, listed in table.items():
        machine.add_word(key, (len(key) - 2, _words_of(key), tuple(listed)))
    machine.make_automaton()
    return machine


def _words_of(key: str) -> int:
    """How many words of a line a key covers; one open at the end that has but a letter of a word does not cover it."""
    starts = accumulate(map(len, key[1:].split(" ")), _next_word, initial=1)
    return sum(start < len(key) - 1 for start in starts)


def entries(language: str) -> list[tuple[str, Entry]]:
    """The (key, entry) pairs of a language's files. Raises ValueError with file and line where one cannot be read."""
    listed = _read(f"lexicons/{language}.txt", language)
    if language != "any":
        listed += _read(f"lexicons/safety/{language}.txt", language)
        listed += _read(f"lexicons/topics/{language}.txt", language)
    if language in STEMS:
        listed += _read(f"lexicons/valence/{language}.txt", language)
    for name in FURTHER.get(language, ()):
        listed += _read(f"lexicons/{name}.txt", language)
    return listed


def _read(name: str, language: str) -> list[tuple[str, Entry]]:
    lines = resources.files("rapport.understanding").joinpath(name).read_text("utf-8")
    listed: list[tuple[str, Entry]] = []
    section, usual = "", 1.0
    for number, raw in enumerate(lines.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("# "):
            continue
        if line.startswith("[") and line.endswith("]"):
            section, _, weight = line[1:-1].partition(" ")
            usual = float(weight or 1.0)
            continue
        if not section:
            raise ValueError(f"{name} line {number}: a phrase before any [section].")
        for part in line.split(" | "):
            phrase, _, own = part.partition(" = ")
            entry = Entry(section, float(own or usual), language)
            listed += [(key, entry) for key in _keys(phrase.strip(), language)]
    return listed


def _keys(phrase: str, language: str) -> dict[str, None]:
    """A phrase's keys: as written, as people write it who leave accents out, and grown together with a little word."""
    key = _key(phrase)
    keys = [key]
    if language not in ("any", "en") and (bare := _without_accents(key)) != key:
        keys.append(bare)
    if language in _ELIDING and key[1:2] in _VOWELS:
        keys += [f" {little}{same[1:]}" for same in tuple(keys) for little in _ELIDING[language]]
    return dict.fromkeys(keys)


def _without_accents(key: str) -> str:
    if "ß" in key or any(letter in key for letter in "äöü"):
        return key.translate(_GERMAN)
    return "".join(letter for letter in normalize("NFD", key) if not combining(letter))


def _key(phrase: str) -> str:
    """A phrase as it stands in ``Tokens.line``: cut by the same rules, open at the end where it ends in ``*``."""
    parts = []
    for word in phrase.split():
        bare = word.rstrip("*")
        if bare.startswith("<") and bare.endswith(">"):
            parts.append(bare)
        else:
            parts.extend(cut(bare).words if not word.endswith("*") else [bare.lower()])
    key = " " + " ".join(parts)
    return key if phrase.endswith("*") else key + " "
