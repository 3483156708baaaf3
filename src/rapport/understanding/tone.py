"""Tone as a deviation: how somebody writes here, beside how they always write. Pure.

A blunt person is not angry each time they write, and a warm one who turns curt has said much. So five things about a
message are measured and compared with the person's own other messages, drawn towards the group where those are few.
Shrinkage is that of a normal mean with a normal prior worth ``PRIOR`` messages (Efron and Morris 1977).
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple

from rapport.understanding.structure_cues import THANKS
from rapport.understanding.tokens import cut

ENOUGH: Final = 5
"""Other messages of a person below which nothing is said of how they always write."""
PRIOR: Final = 5.0
"""The group counts like so many messages of the person's own."""
UNUSUAL, SLIGHT = 1.5, 0.75
"""Standard deviations from which a message is unusual; below the second it is as always."""
HARSH, WARM = -0.35, 0.35
"""Valence from which a message is harsh, or warm, whoever wrote it."""
_BARE: Final = math.log1p(2)
"""Two words."""
_EMOJI = re.compile(r"[\U0001f300-\U0001faff\u2600-\u27bf]|[:;=][-o]?[)(DPp]|<3")
_LEAST_SD: Final = (0.15, 0.35, 0.08, 0.3, 0.15)
"""Nobody is so even that a hair's breadth is unusual."""

Axis = Literal["valence", "length", "loudness", "courtesy", "emoji"]
AXES: Final[tuple[Axis, ...]] = ("valence", "length", "loudness", "courtesy", "emoji")
Kind = Literal[
    "thin", "usual", "harsh_as_always", "harsher", "cooler", "warmer", "curter", "longer", "louder", "less_courteous"
]


class Measure(NamedTuple):
    """One message: valence -1..1, length as the logarithm of its words, loudness 0..1 (capitals, exclamation marks),
    courtesy 0 or 1, emoji 0..1."""

    valence: float
    length: float
    loudness: float
    courtesy: float
    emoji: float


@dataclass(frozen=True, slots=True)
class Norm:
    """How somebody (or a group) writes: ``n`` messages, mean and standard deviation of each axis."""

    n: int
    mean: Measure
    sd: Measure


EVERYBODY: Final = Norm(0, Measure(0.0, 2.9, 0.08, 0.35, 0.1), Measure(0.4, 0.9, 0.15, 0.48, 0.25))
"""What holds before a workspace has heard anybody: plain middles, wide apart, chosen and not measured."""


@dataclass(frozen=True, slots=True)
class Tone:
    """A message beside its writer's own norm. ``sd``: how many standard deviations on ``axis``; 0 where data are thin."""

    kind: Kind
    n: int
    """Other messages of theirs that it was compared with."""
    axis: Axis = "valence"
    sd: float = 0.0


def measure(text: str, valence: float) -> Measure:
    """One message; ``valence`` as it was read. Never raises for anything written."""
    seen = cut(text)
    words = max(seen.spoken, 0)
    shouted = seen.shouted / words if words else 0.0
    loud = min(1.0, 0.7 * shouted + 0.1 * min(seen.exclaimed, 3))
    emoji = min(1.0, len(_EMOJI.findall(seen.text)) / 3)
    return Measure(valence, math.log1p(words), loud, float(bool(THANKS.search(seen.text))), emoji)


def norm(measures: Iterable[Measure]) -> Norm:
    """Mean and standard deviation of each axis; of none, EVERYBODY with no messages."""
    rows = list(measures)
    if not rows:
        return EVERYBODY
    means = [math.fsum(column) / len(rows) for column in zip(*rows, strict=True)]
    spread = [
        math.sqrt(math.fsum((value - mean) ** 2 for value in column) / len(rows))
        for column, mean in zip(zip(*rows, strict=True), means, strict=True)
    ]
    return Norm(len(rows), Measure(*means), Measure(*spread))


def shrunk(own: Norm, group: Norm) -> Norm:
    """A person's norm drawn towards the group's, the more the fewer messages there are."""
    share = own.n / (own.n + PRIOR)
    mean = [share * a + (1 - share) * b for a, b in zip(own.mean, group.mean, strict=True)]
    variance = [
        share * (sa**2 + (a - m) ** 2) + (1 - share) * (sb**2 + (b - m) ** 2)
        for a, sa, b, sb, m in zip(own.mean, own.sd, group.mean, group.sd, mean, strict=True)
    ]
    sd = [max(least, math.sqrt(value)) for least, value in zip(_LEAST_SD, variance, strict=True)]
    return Norm(own.n, Measure(*mean), Measure(*sd))


def compare(one: Measure, others: Sequence[Measure], group: Norm = EVERYBODY) -> Tone:
    """How unusual a message is for whoever wrote ``others`` (all of theirs but this one)."""
    n = len(others)
    if n < ENOUGH:
        return Tone("thin", n)
    usual = shrunk(norm(others), group)
    far = {axis: (getattr(one, axis) - getattr(usual.mean, axis)) / getattr(usual.sd, axis) for axis in AXES}
    return _named(one, usual, far, n)


def _named(one: Measure, usual: Norm, far: dict[Axis, float], n: int) -> Tone:
    """What strikes most, in the order in which a reader would want to know."""
    valence, length, loud, courtesy = far["valence"], far["length"], far["loudness"], far["courtesy"]
    curt = length <= -UNUSUAL or (length <= -SLIGHT and courtesy <= -SLIGHT)
    bare = one.length <= _BARE  # of "no." nobody can hear how it was meant, only how short it is
    if curt and one.valence < WARM and (bare or one.valence > HARSH):  # a harsh word is more than a short one
        return Tone("curter", n, "length", round(length, 1))
    if valence <= -UNUSUAL and one.valence <= HARSH / 2:
        return Tone("harsher", n, "valence", round(valence, 1))
    if loud >= UNUSUAL:
        return Tone("louder", n, "loudness", round(loud, 1))
    if courtesy <= -UNUSUAL and one.valence < WARM:
        return Tone("less_courteous", n, "courtesy", round(courtesy, 1))
    if valence <= -UNUSUAL:
        return Tone("cooler", n, "valence", round(valence, 1))
    if valence >= UNUSUAL:
        return Tone("warmer", n, "valence", round(valence, 1))
    if length >= UNUSUAL:
        return Tone("longer", n, "length", round(length, 1))
    if one.valence <= HARSH:
        kind: Kind = "harsh_as_always" if usual.mean.valence <= HARSH / 2 else "usual"
        return Tone(kind, n, "valence", round(valence, 1))
    return Tone("usual", n, "valence", round(valence, 1))
