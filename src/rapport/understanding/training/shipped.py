"""The weights that are shipped, learned from the clean sets: every output one linear support vector machine.

Emotions learn from GoEmotions' training part; its development part, which no output learns from, turns their margins
into chances and sets Ekman's bars. All figures are rounded, far above where two processors' last digits differ, so
that the same sets and libraries give the same file.
"""

from __future__ import annotations

import hashlib
import io
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rapport.understanding import linear
from rapport.understanding.hashing import BUCKETS, hashes
from rapport.understanding.heads import Prepared
from rapport.understanding.reader import draft
from rapport.understanding.tokens import cut
from rapport.understanding.training import clean
from rapport.understanding.training.calibrating import best_f1, platt
from rapport.understanding.training.clean import Post
from rapport.understanding.training.solving import Doubles, Plan, matrix, solve, stacked

Truth = NDArray[np.bool_]
Tell = Callable[[str], None]
HEARD: Final = 2.5
"""Rare emotions are heard as if they were so many times likelier; see ``emotions``."""
BARS: Final = {"complaint": 0.0, "rude": -0.35, "spam": 0.4}
"""The margins at which these are said."""
OF_LISTS: Final = 0.0002
"""How freely the figures alone are learned: with less held back, they lean on what only English lists know."""
_STEEP: Final = 2.0
_BATCH: Final = 512


@dataclass(frozen=True)
class Lesson:
    """What some outputs learn: the places of the posts, the truth (places, outputs), how much each counts, and how."""

    outputs: tuple[str, ...]
    places: list[int]
    truth: list[list[bool]]
    weights: list[float]
    plan: Plan


def look(posts: Sequence[Post]) -> Prepared:
    """Posts as ``linear`` sees them: buckets, and its DENSE figures (no output of any model among them)."""
    parts = []
    for at in range(0, len(posts), _BATCH):
        drafts = [draft(cut(post.text), "en", 1.0) for post in posts[at : at + _BATCH]]
        dense = [linear.features(one.tokens, one.found, one.scores, one.felt) for one in drafts]
        parts.append(Prepared(*hashes([one.tokens for one in drafts]), np.array(dense, dtype=np.float32)))
    return stacked(parts)


def lessons(posts: Sequence[Post], seen: Prepared) -> Iterator[Lesson]:
    """Every output's lesson, in the order of ``linear.OUTPUTS``."""
    by = {name: [place for place, post in enumerate(posts) if post.source == name] for name in (*clean.SETS, "moods")}
    emotional = [place for place in by["goemotions"] if posts[place].part != "dev"]
    spoken = by["semeval2017_sentiment_train"]
    plain = Plan(strength=0.1, hashed=1.0, figures=1.0)

    counts = {"semeval2017_sentiment_train": 1.0, "vader_groundtruth": 0.2, "banking77": 0.2, "clinc150": 0.2}
    felt = spoken + by["vader_groundtruth"] + by["banking77"][::8] + by["clinc150"][::8]
    names = linear.OUTPUTS[: linear.VALENCES]
    said = [posts[place].label if posts[place].label in names else "neutral" for place in felt]
    yield Lesson(names, felt, [[label == name for name in names] for label in said],
                 [counts[posts[place].source] for place in felt], replace(plain, strength=0.2, balance=1.0))  # fmt: skip

    own = emotional + by["moods"]
    yield _lesson(tuple(clean.EMOTIONS), own, lambda place, name: clean.feels(posts[place], name), plain)
    yield _lesson(tuple(f"ekman.{name}" for name in clean.EKMAN), emotional,
                  lambda place, name: name.removeprefix("ekman.") in posts[place].ekman, plain)  # fmt: skip
    moody = [place for place in own if clean.mood(posts[place])]
    yield _lesson(tuple(f"mood.{name}" for name in clean.MOODS), moody,
                  lambda place, name: clean.mood(posts[place]) == name.removeprefix("mood."),
                  replace(plain, balance=1.0))  # fmt: skip
    yield from _guesses(posts, seen, by, emotional, plain)


def _guesses(
    posts: Sequence[Post], seen: Prepared, by: dict[str, list[int]], emotional: list[int], plain: Plan
) -> Iterator[Lesson]:
    """The outputs for which there is no clean set: what stands for their truth is made from other sets and our lists."""
    spoken = by["semeval2017_sentiment_train"]
    listed = seen.dense[:, linear.place("i.complaint")]
    coarse = seen.dense[:, [linear.place(name) for name in ("o.slur", "o.curse", "o.insult")]].max(axis=1)
    balanced = replace(plain, balance=1.0)
    yield _lesson(("complaint",), spoken + by["banking77"] + emotional[::3],
                  lambda place, name: clean.complains(posts[place], float(listed[place])),
                  replace(balanced, strength=0.05))  # fmt: skip
    yield _lesson(("rude",), emotional + spoken,
                  lambda place, name: clean.rude(posts[place], bool(coarse[place] > 0)), balanced)  # fmt: skip
    yield _lesson(("spam",), by["sms_spam"] + spoken[::4] + emotional[::4] + by["banking77"][::4],
                  lambda place, name: posts[place].label == "spam", replace(plain, balance=0.5))  # fmt: skip


def _lesson(outputs: tuple[str, ...], places: list[int], holds: Callable[[int, str], bool], plan: Plan) -> Lesson:
    truth = [[holds(place, name) for name in outputs] for place in places]
    return Lesson(outputs, places, truth, [1.0] * len(places), plan)


def train(folder: Path, out: Path, every: int = 1, tell: Tell = lambda what: None) -> str:
    """Learn from the clean sets in ``folder``, write ``out``, and return the version. ``every``: of each so many-th
    line only, to try. Raises ValueError with a sentence where a set is missing."""
    posts = clean.read(folder, every)
    tell(f"{len(posts)} texts")
    seen = look(posts)
    aside = [place for place, post in enumerate(posts) if post.source == "goemotions" and post.part == "dev"]
    made = matrix(seen, Plan(strength=1.0, hashed=1.0, figures=1.0))
    columns, biases = [], []
    for lesson in lessons(posts, seen):
        learned, bias = solve(made[lesson.places], np.array(lesson.truth), np.array(lesson.weights), lesson.plan)
        for turn, name in enumerate(lesson.outputs):
            slope, shift = _meaning(
                name, made[aside] @ learned[:, turn] + bias[turn], [posts[place] for place in aside]
            )
            columns.append(learned[:, turn] * slope)
            biases.append(bias[turn] * slope + shift)
            tell(f"{name}: {int(np.array(lesson.truth)[:, turn].sum())} of {len(lesson.places)}")
    return save(out, np.stack(columns, axis=1), np.array(biases), by_lists(next(lessons(posts, seen)), seen))


def by_lists(lesson: Lesson, seen: Prepared) -> Doubles:
    """(figures + 1, valences): the first lesson learned from the figures alone, for languages that have only lists; the
    last row is the bias."""
    from scipy.sparse import csr_matrix

    figures = csr_matrix(seen.dense[lesson.places])
    plan = replace(lesson.plan, strength=OF_LISTS)
    columns, biases = solve(figures, np.array(lesson.truth), np.array(lesson.weights), plan)
    return np.vstack([columns, biases])


def _meaning(name: str, margin: Doubles, held: Sequence[Post]) -> tuple[float, float]:
    """What a margin is multiplied by and what is added, so that its logistic is a chance, with the bar at one half
    (for emotions: the chance itself, raised by HEARD). Valences stay margins."""
    if name in linear.OUTPUTS[: linear.VALENCES]:
        return 1.0, 0.0
    if name.startswith("ekman."):
        truth = np.array([name.removeprefix("ekman.") in post.ekman for post in held])
        slope, _ = platt(margin, truth)
        return slope, -slope * best_f1(margin, truth)[1]
    if name in clean.EMOTIONS:
        slope, shift = platt(margin, np.array([clean.feels(post, name) for post in held]))
        return slope, shift + math.log(HEARD)
    return _STEEP, -_STEEP * BARS.get(name, 0.0)


def save(out: Path, weights: Any, biases: Any, lists: Any) -> str:
    """Write (features, outputs) weights as whole numbers of eight bits, (outputs,) biases and what ``by_lists`` gives,
    and return the version."""
    hashed, figures = weights[:BUCKETS], weights[BUCKETS:]
    scale = np.maximum(np.percentile(np.abs(hashed), 99.99, axis=0) / 127, 1e-9)
    arrays = {
        "hashed": np.clip(np.round(hashed / scale), -127, 127).astype(np.int8),
        "scale": np.round(scale, 7).astype(np.float32),
        "dense": np.round(figures, 4).astype(np.float32),
        "bias": np.round(biases, 4).astype(np.float32),
        "lists": np.round(lists, 4).astype(np.float32),
    }
    seen = hashlib.sha256()
    for name in sorted(arrays):
        seen.update(arrays[name].tobytes())
    version = f"reading-{seen.hexdigest()[:10]}"
    packed = io.BytesIO()
    np.savez_compressed(packed, version=np.array(version), made_with=np.array(made_with()), **arrays)
    out.write_bytes(packed.getvalue())
    return version


def made_with() -> str:
    """The libraries' versions, for the card."""
    import sklearn

    return f"numpy {np.__version__}, scikit-learn {sklearn.__version__}"
