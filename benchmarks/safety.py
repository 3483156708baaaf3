"""Safety flags: how many of our own held-back posts are found, and how many ordinary posts are flagged.

``python benchmarks/safety.py score --data DIR`` prints the figures of the model card; ``fit --data DIR`` weighs the signs
anew on the half to build on and the openly licensed sets, and writes them where they are read.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

from rapport.understanding import frames, lexicon, signs
from rapport.understanding.language import identify
from rapport.understanding.reader import listed, read
from rapport.understanding.reading import Post, Us
from rapport.understanding.tokens import cut

OURS = Path(__file__).parent.parent / "tests" / "understanding" / "safety"
SHIPPED = Path(signs.__file__).parent / "models" / "signs.json"
CLEAN = ("goemotions", "semeval2017_sentiment_train", "banking77", "clinc150", "sms_spam")
ORDINARY = (
    "airline", "complaints", "twcs_spotify_inbound", "goemotions", "semeval2017_sentiment_train", "umsab_sentiment",
    "banking77", "sms_spam",
)  # fmt: skip
STRENGTH, HEAVIER, MARGIN = 0.05, 4, 1.62


def rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON Lines file, plain or gzip."""
    with (gzip.open if path.suffix == ".gz" else open)(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def sample(data: Path, name: str, most: int, seed: int) -> list[str]:
    """At most ``most`` texts of a labelled set, the same ones each time."""
    texts = [row["text"] for row in rows(data / f"{name}.jsonl.gz")]
    return random.Random(seed).sample(texts, min(most, len(texts)))


def flagged(texts: list[str]) -> list[bool]:
    """Whether each text raises any flag."""
    return [
        bool(reading.flags)
        for at in range(0, len(texts), 512)
        for reading in read([Post(text=text) for text in texts[at : at + 512]], Us())
    ]


def score(data: Path) -> None:
    """Print recall and false alarms by half, language and kind, then the share flagged of ordinary posts."""
    for half in ("build", "score", "fresh", "other_hand"):
        posts = rows(OURS / f"{half}.jsonl")
        hits: Counter[str] = Counter()
        seen: Counter[str] = Counter()
        for post, hit in zip(posts, flagged([post["text"] for post in posts]), strict=True):
            side = "true" if post["flag"] else "false"
            for key in (side, f"{post['lang']} {side}", post["kind"]):
                seen[key] += 1
                hits[key] += hit
        print(half, {key: f"{hits[key]}/{seen[key]} = {hits[key] / seen[key]:.3f}" for key in sorted(seen)})
    for name in ORDINARY:
        texts = sample(data, name, 4000, 3)
        print(name, f"{sum(flagged(texts)) / len(texts):.2%} of {len(texts)} flagged")


def found_in(texts: list[str]) -> list[tuple[dict[str, float], bool]]:
    """(signs, whether a phrase or a frame speaks already) of each text."""
    cuts = [cut(text) for text in texts]
    told = []
    for tokens, (code, sure) in zip(cuts, identify(cuts, ()), strict=True):
        tongue = listed(code, sure)
        hits = lexicon.find(tokens, tongue)
        alone = any(hit.section.startswith("f.") for hit in hits) or bool(frames.filled(tokens, hits, tongue))
        told.append((signs.of(tokens, hits, tongue), alone))
    return told


def plain() -> list[str]:
    """What people write to a desk when nothing of this kind is the matter: letters and chats, longer than posts."""
    needs = [row for half in ("build", "score", "other_hand") for row in rows(OURS.parent / f"needs/{half}.jsonl")]
    texts = [row["text"] for row in needs if row["row"] not in (1, 2)]
    texts += [row["text"] for half in ("build", "score") for row in rows(OURS.parent / f"promises/{half}.jsonl")]
    threads = [row for half in ("to_build_on", "fresh") for row in rows(OURS.parent / f"frustration/{half}.jsonl")]
    return texts + [turn["text"] for row in threads for turn in row["turns"]]


def fit(data: Path) -> None:
    """Weigh the signs: our own posts of the half to build on against ordinary ones that nothing else flags."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.linear_model import LogisticRegression

    posts = [post for half in ("build", "fresh", "other_hand") for post in rows(OURS / f"{half}.jsonl")]
    told = [one for one, _ in found_in([post["text"] for post in posts])]
    texts = [text for name in CLEAN for text in sample(data, name, 3000, 5)] + plain()
    quiet = [one for one, alone in found_in(texts) if not alone]
    vectors = DictVectorizer()
    matrix = vectors.fit_transform(told + quiet)
    truth = [post["flag"] for post in posts] + [False] * len(quiet)
    model = LogisticRegression(C=STRENGTH, max_iter=2000, class_weight={True: HEAVIER, False: 1}).fit(matrix, truth)
    names = [str(name) for name in vectors.get_feature_names_out()]
    held = {name: round(float(weight), 2) for name, weight in zip(names, model.coef_[0], strict=True)}
    bias = round(float(model.intercept_[0]) - MARGIN, 2)
    SHIPPED.write_text(json.dumps({"bias": bias, "signs": held}, indent=0, sort_keys=True) + "\n", "utf-8")
    print(f"{len(held)} signs from {len(posts)} + {len(quiet)} posts written to {SHIPPED}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("verb", choices=("score", "fit"))
    parser.add_argument("--data", type=Path, required=True)
    asked = parser.parse_args()
    {"score": score, "fit": fit}[asked.verb](asked.data)
