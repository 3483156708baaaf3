"""What a post says, measured: sentiment, emotion, ekman, complaint, intent, offensive, language, as shipped."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from rapport.inbox.triage import evaluate_table, trivial
from rapport.inbox.triage.complaining import complains
from rapport.understanding import Post, Reading, Us, intents, rude, valence
from rapport.understanding.linear import EKMAN, MOODS, OUTPUTS
from rapport.understanding.reader import Draft, readings, see
from rapport.understanding.scoring import by_class, by_labels, calibration
from rapport.understanding.training.examples import examples

TASKS: Final = ("sentiment", "emotion", "ekman", "complaint", "intent", "offensive", "language")
SENTIMENTS: Final = ("negative", "neutral", "positive")
_YES: Final = {"complaint": ("complaint", "not-complaint"), "offensive": ("offensive", "not-offensive")}
_GROUPS: Final = {
    "joy": ("joy", "admiration", "gratitude"), "sadness": ("sadness", "disappointment"),
    "anger": ("anger", "frustration", "disgust"), "optimism": ("optimism",), "worry": ("worry",),
    "gratitude": ("gratitude",), "frustration": ("frustration", "disappointment"), "surprise": ("surprise",),
    "confusion": ("confusion",), "disgust": ("disgust",), "fear": ("worry",), "admiration": ("admiration",),
    "disappointment": ("disappointment",),
}  # fmt: skip
_LANGUAGES: Final = {
    "english": "en", "german": "de", "french": "fr", "spanish": "es", "italian": "it", "portuguese": "pt",
    "arabic": "ar", "hindi": "hi", "dutch": "nl",
}  # fmt: skip
_NOTHING: Final = ("neutral", "none", "other", "oos")
_BATCH: Final = 512
Rows = Sequence[dict[str, Any]]
Seen = tuple[list[Draft], list[Reading]]
Answer = tuple[list[str], dict[str, Any]]
"""What is said of each post, and figures beyond those that every task has."""


def figures(task: str, labelled: Rows) -> dict[str, Any]:
    """The figures of one of TASKS. Raises ValueError with a sentence for a label that it does not know."""
    found = examples(task, labelled, least=1)
    if task == "ekman":
        return _ekman(found.labels, _seen(found.texts))
    truth = [labels[0] for labels in found.labels]
    if task == "language":
        truth = [_LANGUAGES.get(label.casefold(), label.casefold()) for label in truth]
    _known(task, truth)
    said, further = _ANSWERS[task](labelled, truth, found.texts)
    measured = by_class(truth, said) | further
    measured["per_src"] = {
        source: by_class(*zip(*pairs, strict=True)) for source, pairs in _by_source(labelled, truth, said).items()
    }
    return measured | {"trivial": {"majority": trivial.majority(truth), **further.get("trivial", {})}}


def _by_source(labelled: Rows, truth: Sequence[str], said: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for row, pair in zip(labelled, zip(truth, said, strict=True), strict=True):
        if source := str(row.get("src", "")):
            found.setdefault(source, []).append(pair)
    return dict(sorted(found.items()))


def _known(task: str, truth: Sequence[str]) -> None:
    knows = {"sentiment": SENTIMENTS, "intent": (*intents.INTENTS.values(), *_NOTHING), **_YES}.get(task)
    if knows is None:
        return
    for number, label in enumerate(truth, 1):
        if label not in knows:
            raise ValueError(
                f"Post {number} is labelled {label!r}; {task} knows {', '.join(knows)}. For other labels, learn them "
                f"first: rapport train {task} FILE --out DIR, then --model DIR."
            )


def _seen(texts: Sequence[str]) -> Seen:
    drafts: list[Draft] = []
    found: list[Reading] = []
    for at in range(0, len(texts), _BATCH):
        posts = [Post(text=text) for text in texts[at : at + _BATCH]]
        some = see(posts, Us())
        drafts += some
        found += readings(posts, some, Us())
    return drafts, found


def _sentiment(labelled: Rows, truth: Sequence[str], texts: Sequence[str]) -> Answer:
    drafts, found = _seen(texts)
    said: list[str] = [reading.valence for reading in found]
    sure = [
        valence.sure(reading.valence, draft.felt, draft.margins, draft.scores.get("i.complaint", 0.0),
                     reading.addressed == "to_us")
        for draft, reading in zip(drafts, found, strict=True)
    ]  # fmt: skip
    alone = [valence.judge(draft.felt, None, 0.0, False)[0] for draft in drafts]
    return said, {
        "ece": calibration(sure, [t == s for t, s in zip(truth, said, strict=True)]),
        "trivial": {"word_lists_alone": trivial.short(by_class(truth, alone))},
    }


def _emotion(labelled: Rows, truth: Sequence[str], texts: Sequence[str]) -> Answer:
    """The strongest among the file's own labels; a word for nothing, where the file has one, when none is felt."""
    drafts, found = _seen(texts)
    among = sorted(set(truth))
    return [_strongest(draft, reading, among) for draft, reading in zip(drafts, found, strict=True)], {}


def _strongest(draft: Draft, reading: Reading, among: list[str]) -> str:
    if draft.learned is not None and set(among) <= set(MOODS):
        return max(among, key=lambda label: draft.learned[OUTPUTS.index(f"mood.{label}")] if draft.learned else 0.0)
    felt = {label: max(reading.emotions.get(name, 0.0) for name in _GROUPS.get(label, (label,))) for label in among}
    best = max(felt, key=lambda label: felt[label])
    if felt[best] > 0:
        return best
    if nothing := next((word for word in _NOTHING if word in among), ""):
        return nothing
    fallback = "joy" if reading.valence == "positive" else "anger"
    return fallback if fallback in among else among[0]


_BASIC: Final = {
    "anger": ("anger", "frustration"), "disgust": ("disgust",), "fear": ("worry",),
    "joy": ("joy", "gratitude", "admiration", "optimism"), "sadness": ("sadness", "disappointment"),
    "surprise": ("surprise", "confusion"),
}  # fmt: skip


def _ekman(truth: Sequence[tuple[str, ...]], seen: Seen) -> dict[str, Any]:
    for number, labels in enumerate(truth, 1):
        if odd := [label for label in labels if label not in EKMAN]:
            raise ValueError(f"Post {number} is labelled {odd[0]!r}; ekman knows {', '.join(EKMAN)}.")
    said = [_basic(draft, reading) for draft, reading in zip(*seen, strict=True)]
    measured = by_labels(truth, said)
    measured["trivial"] = {
        "neutral_to_everything": trivial.short(by_labels(truth, [("neutral",)] * len(truth))),
        "every_label_to_everything": trivial.short(by_labels(truth, [EKMAN] * len(truth))),
    }
    return measured


def _basic(draft: Draft, reading: Reading) -> tuple[str, ...]:
    if draft.learned is None:
        return tuple(name for name, ours in _BASIC.items() if set(ours) & reading.emotions.keys()) or ("neutral",)
    chances = {name: draft.learned[OUTPUTS.index(f"ekman.{name}")] for name in EKMAN}
    reached = tuple(name for name, chance in chances.items() if chance >= 0.5)
    return reached or (max(chances, key=lambda name: chances[name]),)


def _complaint(labelled: Rows, truth: Sequence[str], texts: Sequence[str]) -> Answer:
    yes, no = _YES["complaint"]
    drafts, _ = _seen(texts)
    decided = evaluate_table.triage(labelled)
    said = [
        yes if complains(draft, disposition) else no
        for draft, (_, disposition) in zip(drafts, decided, strict=True)
    ]  # fmt: skip
    alone = [yes if draft.scores.get("i.complaint", 0.0) >= 0.5 else no for draft in drafts]
    return said, {
        "trivial": {"yes_to_everything": trivial.always(yes, truth),
                    "word_lists_alone": trivial.short(by_class(truth, alone))}
    }  # fmt: skip


def _offensive(labelled: Rows, truth: Sequence[str], texts: Sequence[str]) -> Answer:
    yes, no = _YES["offensive"]
    drafts, _ = _seen(texts)
    said = [yes if rude.of(draft).chance >= rude.BAR else no for draft in drafts]
    alone = [yes if any(hit.section in rude.SECTIONS for hit in draft.found) else no for draft in drafts]
    return said, {
        "flagged_share": round(said.count(yes) / len(said), 4),
        "trivial": {"yes_to_everything": trivial.always(yes, truth),
                    "word_lists_alone": trivial.short(by_class(truth, alone))},
    }  # fmt: skip


def _intent(labelled: Rows, truth: Sequence[str], texts: Sequence[str]) -> Answer:
    _, found = _seen(texts)
    among = [label for label in sorted(set(truth)) if label not in _NOTHING]
    nothing = next((word for word in _NOTHING if word in truth), "")
    said: list[str] = []
    for reading in found:
        best = max(among, key=lambda label: reading.intents.get(label, 0.0), default=nothing)
        said.append(nothing if nothing and reading.intents.get(best, 0.0) < 0.5 else best)
    return said, {}


def _language(labelled: Rows, truth: Sequence[str], texts: Sequence[str]) -> Answer:
    _, found = _seen(texts)
    return [reading.language for reading in found], {}


_ANSWERS: Final[dict[str, Callable[[Rows, Sequence[str], Sequence[str]], Answer]]] = {
    "sentiment": _sentiment, "emotion": _emotion, "complaint": _complaint, "intent": _intent,
    "offensive": _offensive, "language": _language,
}  # fmt: skip
