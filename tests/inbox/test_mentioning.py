"""Who is named by @ in a note: a pure function over texts and names, and what becomes of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.accounts import joining
from rapport.core.models import Event
from rapport.inbox import mentioning, mentions, working
from rapport.inbox.models import Conversation, Mention
from tests.conftest import Cast

TEAM = {
    1: "Cem Aydın",
    2: "Ann Lee",
    3: "Ann Moss",
    4: "Анна-Мария Ковач",
    5: "தமிழ் செல்வி",
    6: "Bea",
    7: "José O'Neill",
}


def named(text: str, names: dict[int, str] = TEAM) -> list[int]:
    return [one.member for one in mentioning.find(text, names)]


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("@Cem can you look?", [1]),
        ("ask @cem.aydın, please", [1]),
        ("@Ann", []),  # two of them
        ("@Ann Lee and @ann.moss", [2, 3]),
        ("@ann_lee", [2]),
        ("@ann.lees", []),
        ("write to cem@cem.test", []),
        ("@Cemal", []),
        ("@bea, @bea.", [6, 6]),
        ("@cem.turan", []),  # tied to another surname: not surely him
        ("@анна-мария", [4]),
        ("@தமிழ்", [5]),
        ("@தமிழ் செல்வி!", [5]),
        ("@José O'Neill @josé", [7, 7]),
        ("@@bea", [6]),
        ("@", []),
    ],
)
def test_who_is_named(text: str, who: list[int]) -> None:
    assert named(text) == who


PARTS = st.text(st.characters(categories=("L", "N")), min_size=1, max_size=8)
NAMES = st.lists(PARTS, min_size=1, max_size=3).map(" ".join)


@given(NAMES, st.text(max_size=20).filter(lambda text: "@" not in text))
def test_a_whole_name_is_found_wherever_it_stands(name: str, before: str) -> None:
    text = f"{before} @{name}, and so on"
    assert named(text, {1: name}) == [1]
    assert named(text, {1: name, 2: name}) == []  # two who share it: nobody


@given(st.text(max_size=200), st.dictionaries(st.integers(1, 9), st.text(max_size=20), max_size=5))
def test_spans_lie_in_the_text_in_order_and_begin_with_the_sign(text: str, names: dict[int, str]) -> None:
    end = 0
    for one in mentioning.find(text, names):
        assert end <= one.start < one.end <= len(text) and text[one.start] == "@" and one.member in names
        end = one.end


def test_a_note_tells_whom_it_names_once_and_not_its_writer(cast: Cast) -> None:
    matter = cast.says("@ann", "@acme where is my parcel?")
    working.note(matter, "@Cem and @cem and @Bea: a line fault. @Dot knows.", by=cast.bea)
    assert list(Mention.objects.values_list("member", flat=True)) == [cast.cem.pk]
    event = Event.objects.get(verb="note.mentioned")
    assert event.facts == {"member": cast.cem.pk, "conversation": matter.pk, "note_id": matter.notes.get().pk}
    assert mentions.unseen(cast.cem) == 1 and mentions.unseen(cast.bea) == 0
    assert mentions.saw(cast.cem, matter) and not mentions.saw(cast.cem, matter)
    assert mentions.unseen(cast.cem) == 0


def test_whoever_has_left_is_no_longer_named(cast: Cast) -> None:
    matter = cast.says("@ann", "@acme where is my parcel?")
    joining.remove(cast.cem, by=cast.dana)
    working.note(matter, "@Cem knows", by=cast.bea)
    assert not Mention.objects.exists() and Conversation.objects.get().notes.count() == 1
