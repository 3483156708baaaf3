"""Figures from files of labelled posts, and a sentence where a file cannot be used."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from rapport.inbox.triage.decide import decide
from rapport.inbox.triage.disposition import Facts
from rapport.inbox.triage.evaluate import TASKS, evaluate, triage
from rapport.inbox.triage.labelled import turns_of, us_of
from rapport.understanding import Post, Turn, Us, read

POSTS = [
    {"src": "a", "us": "the company addressed", "context": None, "text": "@ToolHelp my saw is broken, please help"},
    {"src": "a", "us": "Acme", "context": None, "text": "@acme thank you!"},
    {"src": "b", "us": "Acme (own products: Widget); rival: Zeta", "context": None, "text": "the sea is calm"},
]
LABELS: list[dict[str, Any]] = [
    {"needs": "yes", "row": 4, "urgency": 1, "addressed": "to_us", "label": "negative", "lang": "en"},
    {"needs": "no", "row": 12, "urgency": 0, "addressed": "to_us", "label": "positive", "lang": "english"},
    {"needs": "no", "row": 14, "urgency": 0, "addressed": "nearby", "label": "neutral", "lang": "en"},
]


def write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), "utf-8")
    return path


@pytest.fixture
def posts(tmp_path: Path) -> Path:
    return write(tmp_path / "posts.jsonl", [post | label for post, label in zip(POSTS, LABELS, strict=True)])


@pytest.mark.parametrize("task", ["needs", "row", "urgency", "addressed", "language"])
def test_every_task_counts_what_is_right(posts: Path, task: str) -> None:
    figures = evaluate(task, posts)
    assert (figures["n"], figures["accuracy"]) == (3, 1.0)
    assert figures["posts_per_second"] > 0
    assert {"macro_recall", "macro_f1", "per_class", "per_src"} <= figures.keys()
    assert figures["per_src"]["a"]["n"] == 2


def test_needs_counts_unsure_as_yes_and_says_how_often(tmp_path: Path) -> None:
    row = {"us": "Acme", "text": "@acme Monday", "needs": "yes"}
    figures = evaluate("needs", write(tmp_path / "one.jsonl", [row]))
    assert (figures["accuracy"], figures["unsure_share"]) == (1.0, 1.0)
    assert set(figures["per_class"]) == {"yes"}


def test_urgency_has_its_agreement(posts: Path) -> None:
    assert evaluate("urgency", posts)["quadratic_kappa"] == 1.0


def test_gzip_and_plain_are_read_alike(posts: Path, tmp_path: Path) -> None:
    packed = tmp_path / "posts.bin"
    packed.write_bytes(gzip.compress(posts.read_bytes()))
    plain, unpacked = evaluate("row", posts), evaluate("row", packed)
    assert plain["per_class"] == unpacked["per_class"]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "holds no posts"),
        (b"not json\n", "Line 1 is not JSON"),
        (b"[1]\n", "Line 1 is not a JSON object"),
        (b'{"text": "x"}\n', "Line 1 has no field needs"),
        (b'{"text": 1, "needs": "yes"}\n', "the text is no text"),
        (b'{"text": "x", "needs": "maybe"}\n', "Post 1 is labelled 'maybe'"),
        (b"\xff\xfe\n", "is not UTF-8 text"),
        (b"\x1f\x8bgarbage", "cannot be read"),
        (b"[" * 100_000, "Line 1 is not JSON"),
    ],
)
def test_a_file_that_cannot_be_used_is_explained(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "posts.jsonl"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=sentence):
        evaluate("needs", path)


def test_a_wrong_task_or_no_file_is_explained(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="There is no task 'mood'"):
        evaluate("mood", tmp_path / "x")
    with pytest.raises(ValueError, match="There is no file"):
        evaluate("needs", tmp_path / "x")


@pytest.mark.parametrize(
    ("words", "us"),
    [
        (None, Us()),
        ("the company addressed", Us()),
        ("Acme", Us(names=("Acme",))),
        ("Acme (a phone company)", Us(names=("Acme",))),
        ("Acme (own products: Widget, Gadget); rival: Zeta/Omega",
         Us(names=("Acme", "Widget", "Gadget"), rivals=("Zeta", "Omega"))),
        ("@acme", Us(handles=("@acme",))),
    ],
)  # fmt: skip
def test_us_from_words(words: str | None, us: Us) -> None:
    assert us_of(words) == us


@pytest.mark.parametrize(
    ("context", "text", "ours"),
    [
        ("@ann Sorry to hear that, please DM us ^KL", "@acme done", True),
        ("@acme it broke", "@acme again", False),
        ("We open at nine. Come and see us!", "@acme which door?", True),
        ("it just broke in my hands", "@acme look", False),
    ],
)
def test_whose_the_earlier_turn_was(context: str, text: str, ours: bool) -> None:
    (turn,) = turns_of(context, text)
    assert turn.ours is ours


def test_a_thread_from_a_file_is_decided_as_one_from_the_record() -> None:
    text, earlier = "@acme thanks, that worked!", "@ann Please hold the button, sorry for that ^KL"
    ((_, filed),) = triage([{"us": "@acme", "context": earlier, "text": text}])
    before = (Turn(ours=True, author="acme", text=earlier),)
    (reading,) = read([Post(text=text, before=before)], Us(handles=("@acme",)))
    assert decide(Facts(text=text, reading=reading, before=before)) == filed


TASKS_OF_POSTS: list[tuple[str, list[dict[str, Any]]]] = [
    ("sentiment", [{"text": "I love it, wonderful!", "label": "positive"}, {"text": "horrible", "label": "negative"}]),
    ("emotion", [{"text": "so angry and furious", "label": "anger"}, {"text": "crying, so sad", "label": "sadness"}]),
    ("ekman", [{"text": "I am so happy and thankful", "ekman": ["joy"]}, {"text": "a table", "ekman": ["neutral"]}]),
    ("complaint", [{"text": "@acme my order never arrived, awful service", "label": "complaint"},
                   {"text": "@acme thank you so much!", "label": "not-complaint"}]),
    ("intent", [{"text": "where is my order?", "label": "question"}, {"text": "thank you!!", "label": "thanks"}]),
    ("offensive", [{"text": "you idiot", "label": "offensive"}, {"text": "good evening", "label": "not-offensive"}]),
    ("language", [{"text": "Wo ist mein Paket geblieben?", "lang": "german"}]),
    ("safety", [{"text": "@acme there is a smell of gas in the flat, what do I do", "flag": True, "kind": "danger"},
                {"text": "@acme when do you open", "flag": False}]),
]  # fmt: skip


@pytest.mark.parametrize(("task", "labelled"), TASKS_OF_POSTS, ids=[task for task, _ in TASKS_OF_POSTS])
def test_what_a_post_says_is_counted_beside_who_does_not_read(
    tmp_path: Path, task: str, labelled: list[dict[str, Any]]
) -> None:
    figures = evaluate(task, write(tmp_path / "posts.jsonl", labelled))
    assert (figures["n"], figures["accuracy"]) == (len(labelled), 1.0)
    assert figures["trivial"]
    json.dumps(figures)


def test_safety_says_what_is_found_and_what_is_a_false_alarm(tmp_path: Path) -> None:
    figures = evaluate("safety", write(tmp_path / "posts.jsonl", TASKS_OF_POSTS[-1][1]))
    assert (figures["recall"], figures["false_alarm_rate"]) == (1.0, 0.0)
    assert figures["recall_by_kind"] == {"danger": 1.0}


def test_promises_are_scored_by_span_and_who(tmp_path: Path) -> None:
    rows = [
        {"text": "We will send it on Friday.", "from": "us", "said_at": "2026-03-02T10:00:00Z",
         "promises": [{"span": "We will send it on Friday", "who": "us", "due": "2026-03-06"}]},
        {"text": "Thank you for asking.", "from": "us", "said_at": None, "promises": []},
        {"text": "The moon is full.", "from": "us", "said_at": None,
         "promises": [{"span": "The moon is full", "who": "us", "due": None}]},
    ]  # fmt: skip
    figures = evaluate("promise", write(tmp_path / "promises.jsonl", rows))
    assert (figures["n"], figures["promises"], figures["precision"], figures["recall"]) == (3, 2, 1.0, 0.5)
    assert figures["who_accuracy"] == 1.0


def test_threads_are_counted_in_time_or_not(tmp_path: Path) -> None:
    threads = Path(__file__).parents[1] / "understanding" / "frustration" / "to_build_on.jsonl"
    figures = evaluate("frustration", threads)
    assert figures["stuck"] == figures["in_time"] + figures["late"] + figures["missed"] > 5
    assert figures["in_time"] > figures["missed"] and figures["calm"] > 5 * figures["false_alarms"]
    row = json.loads(threads.read_text("utf-8").splitlines()[0]) | {"should_alarm_by_turn": 1}
    assert evaluate("frustration", write(tmp_path / "one.jsonl", [row]))["in_time"] == 0


@pytest.mark.parametrize(
    ("task", "row", "sentence"),
    [
        ("ekman", {"text": "a", "ekman": ["bliss"]}, "ekman knows anger, disgust"),
        ("ekman", {"text": "a", "ekman": []}, "Post 1 has no label"),
        ("sentiment", {"text": "a", "label": "mixed"}, "sentiment knows negative, neutral, positive"),
        ("intent", {"text": "a", "label": "card_arrival"}, "learn them first: rapport train intent"),
        ("offensive", {"text": "a", "label": 3}, "Post 1 is labelled '3'; offensive knows"),
        ("safety", {"text": "a", "flag": "maybe"}, "safety knows true, false"),
        ("promise", {"text": "a", "promises": "b"}, "promises are a list"),
        ("promise", {"text": "a", "promises": [{"span": "zzz"}]}, "does not stand in its text"),
        ("promise", {"text": "a", "promises": [{"span": "a", "due": "soon"}]}, "'soon' is no date"),
        ("promise", {"text": "a", "said_at": "today", "promises": []}, "'today' is no time"),
        ("frustration", {"turns": [], "should_alarm_by_turn": 1}, "Thread 1 has no turns"),
        ("frustration", {"turns": [{"from": "bot", "text": "x"}], "should_alarm_by_turn": 1}, "from is us or them"),
        ("frustration", {"turns": [{"from": "us", "text": "x"}], "should_alarm_by_turn": 0}, "number of a turn"),
    ],
)
def test_a_row_of_any_task_that_cannot_be_used_is_a_sentence(
    tmp_path: Path, task: str, row: dict[str, Any], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        evaluate(task, write(tmp_path / "bad.jsonl", [row]))


def test_the_page_names_every_task_and_every_key(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "evaluate.md").read_text("utf-8")
    assert [task for task in TASKS if f"`{task}`" not in page] == []
    for task, labelled in TASKS_OF_POSTS:
        keys = evaluate(task, write(tmp_path / "posts.jsonl", labelled)).keys()
        assert [key for key in keys if f"`{key}`" not in page] == []
