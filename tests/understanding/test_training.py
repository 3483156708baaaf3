"""Learning from labelled posts: the same twice, better than nothing, calibrated; and a sentence for bad rows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.understanding.posts import labelled

from rapport.understanding import heads, training
from rapport.understanding.training import apart
from rapport.understanding.training.examples import fold, plain

ROWS = labelled(120)


@pytest.fixture(scope="module")
def head() -> training.Head:
    """What is learned from ``ROWS``; made once, and not while tests are only collected."""
    return training.fit("topic", ROWS)


@pytest.mark.slow
def test_two_trainings_are_the_same_to_the_byte(head: training.Head, tmp_path: Path) -> None:
    one = training.save(training.fit("topic", ROWS), tmp_path / "one")
    other = training.save(training.fit("topic", ROWS), tmp_path / "other")
    assert one.read_bytes() == other.read_bytes()
    assert training.fit("topic", ROWS[:60]).version != head.version


def test_it_names_posts_it_has_not_seen(head: training.Head) -> None:
    held = labelled(60, seed=2)
    said = training.name(head, training.score(head, [row["text"] for row in held]))
    assert np.mean([one == (row["label"],) for one, row in zip(said, held, strict=True)]) > 0.9


def test_chances_add_up_and_stay_between_none_and_one(head: training.Head) -> None:
    chances = training.score(head, ["", "my saw broke", "ﷺ" * 5000, "\0\ud800", "ничего"])
    assert np.allclose(chances.sum(axis=1), 1, atol=1e-5)
    assert ((chances >= 0) & (chances <= 1)).all()


def test_chances_come_true_as_often_as_they_say() -> None:
    """Three posts in four of one wording are of one label: that is the chance it gives."""
    rows = [{"text": f"the lamp is odd {'x' * (n % 5)}", "label": "a" if n % 4 else "b"} for n in range(200)]
    chances = training.score(training.fit("topic", rows), ["the lamp is odd x"])
    assert abs(chances[0][0] - 0.75) < 0.08


def test_of_many_labels_too_the_chances_mean_something_on_rows_divided_before() -> None:
    rows = [{"text": f"{'abcdefghijklmnopqrst'[n % 20] * 4} lamp {n}x", "label": f"l{n % 20}"} for n in range(400)]
    rows = [row | {"text": f"{row['text']} {'again ' * (n % 3)}{'now ' * (n % 4)}"} for n, row in enumerate(rows)]
    most, held = apart(rows)
    chances = training.score(training.fit("topic", most), [row["text"] for row in held])
    assert chances.max(axis=1).mean() > 0.5


def test_no_posts_have_no_chances(head: training.Head) -> None:
    assert training.score(head, []).shape == (0, 3)
    assert training.name(head, training.score(head, [])) == []


def test_a_head_comes_back_as_it_was_saved(head: training.Head, tmp_path: Path) -> None:
    training.save(head, tmp_path)
    back = training.load(tmp_path, "topic")
    assert back.version == head.version
    assert back.story["posts"] == 120
    assert (training.score(back, ["my saw broke"]) == training.score(head, ["my saw broke"])).all()


def test_of_the_words_it_learned_from_none_is_kept(tmp_path: Path) -> None:
    secret = "Quetzalcoatlus"
    rows = [row | {"text": f"{row['text']} {secret}"} for row in ROWS]
    assert secret.lower().encode() not in training.save(training.fit("topic", rows), tmp_path).read_bytes().lower()


@pytest.mark.parametrize(
    "harm", [lambda raw: raw[:-40], lambda raw: b"PK" + raw[4:], lambda raw: b"", lambda raw: b"x"]
)
def test_a_damaged_file_is_a_sentence(head: training.Head, tmp_path: Path, harm: Any) -> None:
    path = training.save(head, tmp_path)
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(ValueError, match=r"topic\.head is damaged"):
        training.load(tmp_path, "topic")


def test_weights_that_were_changed_are_noticed(head: training.Head, tmp_path: Path) -> None:
    path = training.save(head, tmp_path)
    with np.load(path) as stored:
        arrays = dict(stored)
    arrays["bias"] = arrays["bias"] + 1
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays)
    with pytest.raises(ValueError, match="not those that were saved"):
        training.load(tmp_path, "topic")


def test_a_task_not_there_is_a_sentence_that_names_those_that_are(head: training.Head, tmp_path: Path) -> None:
    training.save(head, tmp_path)
    with pytest.raises(ValueError, match=r"no model for mood in .*; there is: topic"):
        training.load(tmp_path, "mood")


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ([], "There are no posts to learn topic from"),
        ([{"text": "a", "label": "x"}] * 3, "needs posts of at least 2 labels; all 3 are 'x'"),
        ([{"text": None, "label": "x"}], "Post 1 has no text"),
        ([{"text": "a", "label": "x"}, {"text": "b"}], "Post 2 has no label that topic can learn: None"),
        ([{"text": "a", "label": ""}], "Post 1 has no label"),
        ([{"text": "a", "label": ["x"]}], "Post 1 has no label"),
        ([{"text": "a", "label": "x", "weight": -1}], "Post 1: a weight is a number from 0 to 1000"),
        ([{"text": "a", "label": "x", "weight": float("nan")}], "Post 1: a weight is a number"),
        ([{"text": "a", "label": "x", "extra": [1]}, {"text": "a", "label": "y"}], "Post 2 has 0 further figures"),
        ([{"text": str(n), "label": str(n)} for n in range(1001)], "1001 labels; at most 1000"),
    ],
)
def test_rows_that_cannot_be_learned_from_are_a_sentence(rows: list[dict[str, Any]], sentence: str) -> None:
    with pytest.raises(ValueError, match=sentence):
        training.fit("topic", rows)


def test_two_posts_are_enough_to_make_something() -> None:
    head = training.fit("topic", [{"text": "good", "label": "a"}, {"text": "bad", "label": "b"}])
    assert training.score(head, ["good", ""]).shape == (2, 2)


def test_a_label_met_once_does_no_harm() -> None:
    head = training.fit("topic", [*ROWS, {"text": "something else entirely", "label": "rare"}])
    assert training.name(head, training.score(head, ["my saw broke again"])) == [("broken",)]


def test_a_post_may_carry_several_feelings() -> None:
    rows = [{"text": row["text"], "ekman": [row["label"], "any"]} for row in ROWS]
    head = training.fit("ekman", rows)
    assert training.name(head, training.score(head, ["thank you for the lamp"])) == [("any", "thanks")]


def test_what_is_none_of_these_is_said_to_be() -> None:
    strange = ("the moon rose at nine", "who won the match", "recipe for plum cake", "Latin verbs are hard")
    rows = ROWS + [{"text": f"{strange[n % 4]} {n}", "label": "oos"} for n in range(24)]
    head = training.fit("intent", rows)
    said = training.name(head, training.score(head, ["who won the cup", "my saw broke again"]))
    assert said == [("oos",), ("broken",)]


def test_figures_of_the_callers_own_can_decide() -> None:
    rows = [{"text": "so it goes", "label": "ab"[n % 2], "extra": [float(n % 2)]} for n in range(40)]
    head = training.fit("needs", rows)
    chances = training.score(head, ["so it goes"] * 2, np.array([[0.0], [1.0]]))
    assert [one for (one,) in training.name(head, chances)] == ["a", "b"]
    with pytest.raises(ValueError, match="learned with 1 further figures for a post; 0 were given"):
        training.score(head, ["so it goes"])


def test_weights_decide_between_those_who_disagree() -> None:
    rows = [{"text": "the lamp is odd", "label": "ab"[n % 2], "weight": 9.0 if n % 2 else 1.0} for n in range(60)]
    head = training.fit("topic", rows)
    assert training.name(head, training.score(head, ["the lamp is odd"])) == [("b",)]


def test_progress_rises_to_the_end_and_can_end_it() -> None:
    shares: list[float] = []
    training.fit("topic", ROWS, progress=lambda share, what: shares.append(share))
    assert shares == sorted(shares) and shares[0] == 0 and shares[-1] == 1

    def stop(share: float, what: str) -> None:
        if share > 0.5:
            raise InterruptedError

    with pytest.raises(InterruptedError):
        training.fit("topic", ROWS, progress=stop)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=40), st.integers(2, 7))
def test_no_text_stands_on_both_sides(texts: list[str], one_in: int) -> None:
    rows = [{"text": text} for text in texts]
    most, held = apart(rows, one_in)
    assert len(most) + len(held) == len(rows)
    assert not {row["text"] for row in most} & {row["text"] for row in held}


def test_alike_texts_stay_together() -> None:
    assert plain("@ann It broke 3 times! https://x.example") == plain("@bob it broke 44 times?") == "itbroketimes"
    assert fold("@ann It broke", 5) == fold("it broke!!", 5)


def test_nothing_that_only_reads_or_scores_carries_the_trainers_library() -> None:
    code = (
        "import sys; from rapport.understanding import training; import rapport.cli; "
        "assert not [name for name in sys.modules if name.split('.')[0] in ('sklearn', 'scipy')]"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_what_the_lists_know_of_a_matter_stands_beside_its_words() -> None:
    sections = [heads.SECTIONS.index(f"h.{topic}") for topic in ("delivery", "login")]
    further = training.prepare(["delivery", "password reset", "hello"]).dense[:, -len(heads.SECTIONS) - 7 :]
    assert (further[[0, 1], sections] > 0).all()
    assert not further[2, sections].any()
