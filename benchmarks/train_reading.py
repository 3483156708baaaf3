"""Train the shipped weights of the first reading: ``python benchmarks/train_reading.py DATA [--out FILE]``.

Needs scikit-learn, which the project itself does not. Reads only the sets that may be trained on for others' use
(docs/models/reading.md names them and their licences); texts that also stand in the development set are left out.
"""

from __future__ import annotations

import argparse
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix, hstack
from sklearn.linear_model import LogisticRegression
from sklearn.svm import LinearSVC

from rapport.understanding import intents, lexicon, linear, valence
from rapport.understanding.tokens import Tokens, cut

EMOTIONS = {
    "joy": ("joy", "amusement", "excitement"), "gratitude": ("gratitude",), "admiration": ("admiration", "love"),
    "optimism": ("optimism", "desire"), "surprise": ("surprise", "realization"), "confusion": ("confusion",),
    "worry": ("fear", "nervousness"), "sadness": ("sadness", "grief", "remorse"),
    "disappointment": ("disappointment",), "frustration": ("annoyance", "disapproval"), "anger": ("anger",),
    "disgust": ("disgust",), "unmoved": ("neutral",),
}  # fmt: skip
_PLAIN = re.compile(r"[^a-z]+")


def rows(data: Path, name: str) -> Iterator[dict[str, Any]]:
    with gzip.open(data / "labelled" / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def plain(text: str) -> str:
    return _PLAIN.sub("", re.sub(r"@\w+|https?://\S+", "", text.lower()))


def matrix(texts: list[str]) -> Any:
    posts = [cut(text) for text in texts]
    dense = np.array([dense_of(tokens) for tokens in posts], dtype=np.float32)
    words, letters = linear.hashes(posts)
    return hstack([counted(words) + counted(letters), csr_matrix(dense)]).tocsr()


def dense_of(tokens: Tokens) -> list[float]:
    found = lexicon.find(tokens, "en")
    scores, _ = intents.weigh(tokens, found)
    return linear.features(tokens, found, scores, valence.score(tokens, found))


def counted(hashed: linear.Hashed) -> Any:
    buckets, starts = hashed
    sizes = np.diff(starts)
    values = np.repeat(1 / np.sqrt(np.maximum(sizes, 1)), sizes).astype(np.float32)
    made = csr_matrix((values, buckets, starts), shape=(len(sizes), linear.BUCKETS))
    made.sum_duplicates()
    return made


def sentiment(data: Path) -> tuple[list[str], list[str], list[float]]:
    """Texts, labels and how much each counts."""
    dev = {plain(row["text"]) for row in rows(data, "tweeteval_sentiment")}
    texts, labels, counts = [], [], []
    for row in rows(data, "semeval2017_sentiment_train"):
        if plain(row["text"]) not in dev:
            texts.append(row["text"]), labels.append(row["label"]), counts.append(1.0)
    for row in rows(data, "goemotions"):
        group = set(row["group"] if isinstance(row["group"], list) else [row["group"]])
        if len(group) == 1 and (one := group.pop()) in ("positive", "negative", "neutral"):
            texts.append(row["text"]), labels.append(one), counts.append(0.3)
    for row in rows(data, "vader_groundtruth"):
        texts.append(row["text"]), labels.append(row["label"]), counts.append(0.4)
    for name in ("banking77", "clinc150"):
        for row in list(rows(data, name))[::8]:
            texts.append(row["text"]), labels.append("neutral"), counts.append(0.2)
    return texts, labels, counts


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__)
    ask.add_argument("data", type=Path)
    ask.add_argument("--out", type=Path, default=Path("src/rapport/understanding/models/reading.npz"))
    given = ask.parse_args()
    columns, biases = train_sentiment(given.data)
    for one, bias in train_emotions(given.data):
        columns.append(one)
        biases.append(bias)
    save(given.out, np.stack(columns, axis=1), np.array(biases, dtype=np.float32))


def train_sentiment(data: Path) -> tuple[list[Any], list[float]]:
    texts, labels, counts = sentiment(data)
    model = LinearSVC(C=0.08, class_weight="balanced", random_state=0)
    model.fit(matrix(texts), labels, sample_weight=counts)
    order = [list(model.classes_).index(label) for label in linear.OUTPUTS[:3]]
    dev = list(rows(data, "tweeteval_sentiment"))
    said = model.predict(matrix([row["text"] for row in dev]))
    truth = np.array([row["label"] for row in dev])
    recalls = [float(np.mean(said[truth == label] == label)) for label in linear.OUTPUTS[:3]]
    print(f"sentiment: {len(texts)} texts; development macro recall {np.mean(recalls):.4f} {recalls}")
    return [model.coef_[place] for place in order], [float(model.intercept_[place]) for place in order]


def train_emotions(data: Path) -> Iterator[tuple[Any, float]]:
    found = list(rows(data, "goemotions"))
    made = matrix([row["text"] for row in found])
    names = [set(row["label"] if isinstance(row["label"], list) else [row["label"]]) for row in found]
    for emotion in linear.OUTPUTS[3:]:
        truth = np.array([bool(labels & set(EMOTIONS[emotion])) for labels in names])
        model = LogisticRegression(C=3.0, solver="liblinear", class_weight={True: 2.5, False: 1.0}, random_state=0)
        model.fit(made, truth)
        print(f"{emotion}: {int(truth.sum())} of {len(truth)}", flush=True)
        yield model.coef_[0], float(model.intercept_[0])


def save(out: Path, weights: Any, bias: Any) -> None:
    hashed, dense = weights[: linear.BUCKETS], weights[linear.BUCKETS :]
    scale = np.percentile(np.abs(hashed), 99.99, axis=0) / 127
    small = np.clip(np.round(hashed / scale), -127, 127).astype(np.int8)
    version = "reading-" + hashlib.sha256(small.tobytes() + dense.tobytes()).hexdigest()[:8]
    np.savez_compressed(
        out, hashed=small, scale=scale.astype(np.float32), dense=dense.astype(np.float32), bias=bias, version=version
    )
    print(f"{out}: {out.stat().st_size / 1e6:.2f} MB, {version}")


if __name__ == "__main__":
    main()
