"""Mentioning: ``@Cem`` and ``@cem.aydin`` in a note name a colleague. Who is meant is found by a pure function."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from rapport.accounts.models import Member
from rapport.core.events import record
from rapport.core.hints import hint
from rapport.inbox.models import Conversation, Mention, Note

_BETWEEN = " .-_'’"
"""What may stand between the parts of a name, one of them at a time."""
_TIGHT = ".-_'’"
"""What, without a space, ties the next word to the name: @ann.lee is nobody where Ann is called Moss."""


@dataclass(frozen=True)
class Named:
    """Where a text names somebody: from ``start`` (the @) to ``end``, and the member's id."""

    start: int
    end: int
    member: int


def find(text: str, names: Mapping[int, str]) -> tuple[Named, ...]:
    """Who is named by ``@`` in a text: by the whole name, or by the first name where only one member has it.

    ``names``: id → name. Case and width do not matter, the longest name wins, and a name that two members share names
    nobody: it is better to tell no one than the wrong one. An @ inside a word (an e-mail address) is none.
    """
    meant = _meant(names)
    longest = max((len(words) for words in meant), default=0)
    found: list[Named] = []
    done = 0
    at = text.find("@") if meant else -1
    while at != -1:
        if at >= done and not (at and _is_word(text[at - 1])) and (one := _read(text, at, meant, longest)) is not None:
            found.append(one)
            done = one.end
        at = text.find("@", at + 1)
    return tuple(found)


def unmet(text: str, names: Mapping[int, str]) -> tuple[str, ...]:
    """Each ``@word`` that names no colleague, or more than one: whoever wrote it thinks that somebody is told."""
    met = {one.start for one in find(text, names)}
    missed: list[str] = []
    for at in (place for place, letter in enumerate(text) if letter == "@" and place not in met):
        end = at + 1
        while end < len(text) and _is_word(text[end]):
            end += 1
        if end > at + 1 and not (at and _is_word(text[at - 1])):
            missed.append(text[at:end])
    return tuple(dict.fromkeys(missed))


def _meant(names: Mapping[int, str]) -> dict[tuple[str, ...], int | None]:
    """Folded words → whom they name; None: more than one. A whole name comes before anybody's first name."""
    firsts: dict[tuple[str, ...], int | None] = {}
    wholes: dict[tuple[str, ...], int | None] = {}
    for id, name in names.items():
        first = name.split()[:1]
        for known, said in ((wholes, name), (firsts, first[0] if first else "")):
            words = tuple(_fold(said[start:end]) for start, end in _words(said))
            if words and all(words):
                known[words] = None if known.get(words, id) != id or words in known else id
    return firsts | wholes


def _read(text: str, at: int, meant: Mapping[tuple[str, ...], int | None], longest: int) -> Named | None:
    """The longest name that stands right behind this @."""
    ends: list[int] = []
    words: list[str] = []
    place = at + 1
    while len(words) <= longest and place < len(text) and _is_word(text[place]):
        end = place
        while end < len(text) and _is_word(text[end]):
            end += 1
        words.append(_fold(text[place:end]))
        ends.append(end)
        place = end + 1
        if end >= len(text) or text[end] not in _BETWEEN:
            break
    for count in range(min(len(words), longest), 0, -1):
        member = meant.get(tuple(words[:count]))
        end = ends[count - 1]
        tied = count < len(words) and text[end] in _TIGHT
        if member is not None and not tied:
            return Named(at, end, member)
    return None


def _words(name: str) -> Iterator[tuple[int, int]]:
    """Where the words of a name begin and end."""
    start = -1
    for place, letter in enumerate(f"{name} "):
        if _is_word(letter):
            start = place if start < 0 else start
        elif start >= 0:
            yield start, place
            start = -1


def _is_word(letter: str) -> bool:
    """A letter, a digit, or a mark on one (in Tamil, say, half of a name)."""
    return letter.isalnum() or unicodedata.category(letter)[0] == "M"


def _fold(word: str) -> str:
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", word).casefold())


def names(workspace_id: int) -> dict[int, str]:
    """Who can be named here: everybody who works here today."""
    return dict(Member.objects.active().filter(workspace_id=workspace_id).values_list("pk", "name"))


def note_down(note: Note, conversation: Conversation, *, by: Member, besides: Iterable[int] = ()) -> list[int]:
    """One Mention, with its Event, for each colleague whom this new note names (and ``besides``); their ids."""
    told = {one.member for one in find(note.text, names(conversation.workspace_id))} | set(besides)
    for id in sorted(told - {by.pk}):
        mention = Mention.objects.create(workspace_id=conversation.workspace_id, note=note, member_id=id)
        record("note.mentioned", mention, by=by, member=id, conversation=conversation.pk, note_id=note.pk)
        hint(conversation.workspace_id, "mention", id)
    return sorted(told - {by.pk})
