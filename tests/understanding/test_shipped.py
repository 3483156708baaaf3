"""The shipped weights learned again: the same bytes twice, from the clean sets alone, and a sentence without them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.understanding.posts import THINGS

from rapport.understanding import Post, Us, linear, read
from rapport.understanding.training import clean, shipped
from rapport.understanding.training.__main__ import main

FEELINGS = sorted({name for names in clean.EMOTIONS.values() for name in names})
SAID = {"negative": "I hate this {}, it does not work", "neutral": "the {} is on the table", "positive": "I love my {}"}


def sets(folder: Path) -> Path:
    """Small sets of the forms of the real ones, in words of our own."""
    said = [(label, way.format(thing)) for label, way in SAID.items() for thing in THINGS]
    made: dict[str, list[dict[str, Any]]] = {
        "semeval2017_sentiment_train": [{"text": text, "label": label} for label, text in said],
        "vader_groundtruth": [{"text": f"{text} indeed", "label": label} for label, text in said],
        "tweeteval_sentiment": [{"text": "a lamp that nobody else has", "label": "neutral"}],
        "banking77": [{"text": f"my {thing} payment failed", "label": "failed"} for thing in THINGS],
        "clinc150": [{"text": f"what is a {thing}", "label": "what"} for thing in THINGS],
        "sms_spam": [{"text": f"win a {thing} now, call 0900", "label": "spam"} for thing in THINGS]
        + [{"text": f"see you at the {thing}", "label": "ham"} for thing in THINGS],
        "goemotions": [
            {"text": f"{feeling} about the {thing}", "label": [feeling], "ekman": [clean.EKMAN[n % 7]], "part": part}
            for n, feeling in enumerate(FEELINGS)
            for part, things in (("train", THINGS[:6]), ("dev", THINGS[6:]))
            for thing in things
        ],
    }
    folder.mkdir(parents=True)
    for name, rows in made.items():
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row) + "\n" for row in rows)
    return folder


@pytest.mark.slow
def test_two_trainings_give_the_same_bytes(tmp_path: Path) -> None:
    folder = sets(tmp_path / "labelled")
    one, other = tmp_path / "one.npz", tmp_path / "other.npz"
    assert shipped.train(folder, one) == shipped.train(folder, other)
    assert one.read_bytes() == other.read_bytes()
    with np.load(one) as stored:
        assert stored["dense"].shape == (linear.DENSE, len(linear.OUTPUTS))
        assert stored["hashed"].dtype == np.int8
        assert stored["lists"].shape == (linear.DENSE + 1, linear.VALENCES)


def test_a_text_kept_for_validation_is_never_learned_from(tmp_path: Path) -> None:
    folder = sets(tmp_path / "labelled")
    kept = clean.validation(folder)[0].text
    with gzip.open(folder / "semeval2017_sentiment_train.jsonl.gz", "at", encoding="utf-8") as file:
        file.write(json.dumps({"text": f"{kept}!!", "label": "neutral"}) + "\n")
    assert not [post for post in clean.read(folder) if post.text.startswith(kept)]


def test_without_the_sets_it_is_a_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "--out", str(tmp_path / "x.npz")]) == 1
    assert capsys.readouterr().err == f"There is no tweeteval_sentiment.jsonl.gz in {tmp_path}.\n"
    assert not (tmp_path / "x.npz").exists()


def test_what_is_shipped_is_small_and_named_in_every_reading() -> None:
    path = Path(linear.__file__).parent / "models" / "reading.npz"
    assert path.stat().st_size < 10_000_000
    with np.load(path) as stored:
        assert "scikit-learn" in str(stored["made_with"])
    (reading,) = read([Post(text="hello")], Us())
    assert reading.model == linear.load().version != ""


def test_every_output_has_its_lesson() -> None:
    named = (*linear.OUTPUTS[: linear.VALENCES], *clean.EMOTIONS, *(f"ekman.{name}" for name in clean.EKMAN),
             *(f"mood.{name}" for name in clean.MOODS), "complaint", "rude", "spam")  # fmt: skip
    assert named == linear.OUTPUTS
