"""`rapport train` and `rapport evaluate --model`: from a file to a model to figures, and sentences on the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from tests.understanding.posts import labelled

from rapport.cli import main


def run(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(main, words)
    return done.exit_code, done.output


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trained")
    for name, seed in (("learn", 1), ("held", 2)):
        rows = labelled(150, seed)
        (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return folder


@pytest.mark.slow
def test_a_file_becomes_a_model_that_is_measured_on_another(folder: Path) -> None:
    code, told = run("train", "intent", str(folder / "learn.jsonl"), "--out", str(folder / "model"), "--json")
    assert code == 0, told
    found = json.loads(told)
    assert (found["posts"], found["by_label"]["late"]) == (150, 50)
    assert found["held_out"]["accuracy"] > 0.8 and found["held_out"]["n"] < 60
    code, told = run("evaluate", "intent", str(folder / "held.jsonl"), "--model", str(folder / "model"), "--json")
    assert code == 0, told
    figures = json.loads(told)
    assert figures["model"] == found["version"]
    assert (figures["n"], figures["accuracy"] > 0.9) == (150, True)
    assert {"macro_f1", "macro_recall", "ece", "per_class", "posts_per_second"} <= figures.keys()


def test_it_is_also_said_in_words(folder: Path) -> None:
    code, told = run("train", "intent", str(folder / "learn.jsonl"), "--out", str(folder / "worded"))
    assert code == 0 and "learned from 150 posts of 3 labels" in told and "posts set aside: accuracy" in told


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("train", "../../etc", "learn.jsonl", "--out", "x"), "A task is a small word"),
        (("train", "intent", "one.jsonl", "--out", "x"), "needs posts of at least 2 labels"),
        (("train", "intent", "bare.jsonl", "--out", "x"), "Post 1 has no label"),
        (("train", "intent", "broken.jsonl", "--out", "x"), "Line 1 is not JSON"),
        (("evaluate", "sentiment", "learn.jsonl", "--model", "."), "There is no model for sentiment"),
    ],
)
def test_what_cannot_be_done_is_a_sentence(folder: Path, words: tuple[str, ...], sentence: str) -> None:
    (folder / "one.jsonl").write_text('{"text": "a", "label": "b"}\n')
    (folder / "bare.jsonl").write_text('{"text": "a"}\n')
    (folder / "broken.jsonl").write_text("{{{\n")
    placed = [str(folder / word) if word in (".", "x") or word.endswith(".jsonl") else word for word in words]
    code, told = run(*placed)
    assert code == 1 and sentence in told and "Traceback" not in told
