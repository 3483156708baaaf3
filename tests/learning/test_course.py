"""The course itself: it learns what there is to learn, refuses what is no better, and gives the same bytes again."""

from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from rapport.learning.course import features
from rapport.learning.course.lessons import Errand, Lesson
from rapport.learning.course.teaching import teach
from rapport.understanding import Post, Us, read
from rapport.understanding.linear import BUCKETS
from rapport.understanding.teaching.features import FIGURES, Hashes, figures
from rapport.understanding.teaching.head import Unreadable, empty, loads
from tests.learning.lessons import needs

US = Us(handles=("@acme",))


def test_it_learns_a_habit_and_measures_it_on_posts_it_has_not_seen() -> None:
    told: list[float] = []
    outcome = teach(Errand(task="needs", lessons=needs(120), us=US), told.append)
    assert outcome.verdict == "used", outcome.figures
    assert outcome.figures["before"]["score"] == 0.5  # the table was unsure of every one
    assert outcome.figures["after"]["score"] > 0.85
    assert outcome.figures["after"]["n"] == 120
    assert told == sorted(told) and told[-1] == 1.0


def test_the_same_lessons_give_the_same_bytes() -> None:
    errand = Errand(task="needs", lessons=needs(60), us=US)
    assert teach(errand).weights == teach(errand).weights


def test_no_word_can_be_read_from_the_weights() -> None:
    import zlib

    outcome = teach(Errand(task="needs", lessons=needs(60), us=US))
    plain = zlib.decompress(outcome.weights)
    for word in (b"parcel", b"delivery", b"weather", b"Lisbon", b"acme"):
        assert word not in plain


def test_what_is_no_better_is_refused_with_figures() -> None:
    outcome = teach(Errand(task="needs", lessons=needs(120, turned=0.5), us=US))
    assert outcome.verdict in {"worse", "no_better"} and outcome.weights == b""
    assert {"before", "after"} <= outcome.figures.keys()


def test_few_lessons_or_one_answer_alone_are_not_tried() -> None:
    assert teach(Errand(task="needs", lessons=needs(30), us=US)).verdict == "too_few"
    one = [lesson for lesson in needs(120) if lesson.answer == "yes"]
    assert teach(Errand(task="needs", lessons=one, us=US)).verdict == "one_sided"
    assert teach(Errand(task="needs", lessons=[], us=US)).verdict == "too_few"


@pytest.mark.slow
def test_what_is_worse_than_the_one_in_use_is_refused() -> None:
    good = teach(Errand(task="needs", lessons=needs(120), us=US))
    mixed = needs(120, turned=0.35)
    later = [lesson for lesson in needs(240) if lesson.id >= 120]
    outcome = teach(Errand(task="needs", lessons=mixed + later, us=US, in_use=good.weights, since=119.5))
    assert outcome.figures["in_use"]["before"]["n"] == 120
    assert outcome.verdict == "worse_than_ours", outcome.figures


def test_weights_of_another_form_are_no_accident() -> None:
    outcome = teach(Errand(task="needs", lessons=needs(60), us=US, in_use=b"\x00nonsense", since=0.0))
    assert outcome.verdict == "used"
    for raw in (b"", b"\x00nonsense", outcome.weights[:-9]):
        with pytest.raises(Unreadable):
            loads(raw, figures=features.OF["needs"])
    with pytest.raises(Unreadable):
        loads(outcome.weights, figures=3)


def test_a_head_is_the_same_after_a_journey_as_bytes() -> None:
    outcome = teach(Errand(task="needs", lessons=needs(60), us=US))
    head = loads(outcome.weights, figures=features.OF["needs"])
    assert head.dumps() == outcome.weights
    assert head.memory.like(Hashes([needs(60)[0].text]), 2)[0, 1] > 0


@pytest.mark.slow
@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=80), max_size=6))
def test_what_has_learned_nothing_says_what_is_said_without_it(texts: list[str]) -> None:
    readings = read([Post(text=text) for text in texts], Us())
    dense = features.dense("valence", readings, ())
    prior = features.prior("valence", readings, ())
    said = empty("valence", ("negative", "neutral", "positive"), FIGURES).chances(Hashes(texts), dense, prior)
    assert np.allclose(said, np.exp(prior), atol=1e-5)
    assert [row.argmax() for row in said] == [
        ["negative", "neutral", "positive"].index(one.valence) for one in readings
    ]


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text(max_size=120), min_size=1, max_size=6))
def test_a_batch_is_hashed_as_its_posts_are(texts: list[str]) -> None:
    table = np.arange(BUCKETS, dtype=np.int64)[:, None] % 251 - 125
    whole = Hashes(texts)
    alone = np.concatenate([Hashes([text]).summed(table) for text in texts])
    assert np.allclose(whole.summed(table), alone, atol=1e-2)
    backwards = list(reversed(range(len(texts))))
    assert np.allclose(whole.only(np.array(backwards)).summed(table), alone[backwards], atol=1e-2)


def test_valence_is_learned_too() -> None:
    habit = [("meh", "negative"), ("okay", "neutral"), ("zonk", "positive")]
    lessons = [
        Lesson(id=n, text=f"@acme {word} about the {n}th {word} {'abcdefg'[n % 7]}thing", answer=answer)
        for n in range(40)
        for word, answer in habit
    ]
    outcome = teach(Errand(task="valence", lessons=lessons, us=US))
    assert outcome.verdict == "used" and outcome.figures["after"]["score"] > outcome.figures["before"]["score"]


def called(lessons: list[Lesson]) -> list[Lesson]:
    """Talk of the weather is praise among friends here; the table calls all of it not for us, and asks rightly so."""
    made = []
    for lesson in lessons:
        asks = lesson.answer == "yes"
        table = {"needs": "yes", "row": 3, "rows": (3,)} if asks else {"needs": "no", "row": 14, "rows": (14,)}
        source = {"weight": 0.3, "source": "stood"} if asks else {}
        made.append(structs.replace(lesson, answer="3" if asks else "9", **table, **source))
    return made


def test_it_learns_what_a_team_calls_its_posts_and_leaves_what_was_called_rightly() -> None:
    outcome = teach(Errand(task="row", lessons=called(needs(120)), us=US))
    assert outcome.verdict == "used", outcome.figures
    before, after = outcome.figures["before"], outcome.figures["after"]
    assert before["accuracy"] == 0.5 and after["accuracy"] > 0.9 and after["kept"] >= 0.97
    assert after["n"] == 120  # also those that nobody called otherwise


def test_names_given_by_chance_are_refused_and_a_rare_one_is_left_out() -> None:
    dice = random.Random(3)
    lessons = [structs.replace(one, answer=dice.choice(["9", "14"])) if one.answer == "9" else one
               for one in called(needs(120))]  # fmt: skip
    outcome = teach(Errand(task="row", lessons=lessons, us=US))
    assert outcome.weights == b"" and outcome.verdict in {"worse", "no_better"}, outcome.figures
    rare = [structs.replace(one, answer="15") for one in called(needs(120))[:7]]
    taught = teach(Errand(task="row", lessons=[*called(needs(240))[7:], *rare], us=US))
    assert "15" not in taught.figures["answers"]


def test_figures_have_the_number_that_is_said() -> None:
    (reading,) = read([Post(text="@acme why?")], US)
    assert len(figures(reading)) == FIGURES
    assert features.dense("needs", [reading], [features.Table("yes", 3, (3,), (), 0.9)]).shape == (
        1,
        features.OF["needs"],
    )
