"""Squeezing: our own scripts and styles without comments and needless blanks, and with short names for what is named
inside. What is squeezed is written by us, ends its statements with semicolons, and runs in the journeys as it is served.
"""

from __future__ import annotations

import re
from itertools import product
from string import ascii_letters

_SCRIPT = re.compile(
    r"""(?P<kept>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'|`(?:\\.|[^`\\])*`"""  # words
    r"""|(?<=[(=,]\s)/(?![/*])(?:\\.|[^/\\\n])+/\w*|(?<=[(=,])/(?![/*])(?:\\.|[^/\\\n])+/\w*)"""  # a pattern
    r"""|(?P<gone>//[^\n]*|/\*.*?\*/|\s+)|(?P<other>[^"'`/\s]+|/)""",
    re.DOTALL,
)
_NAME = re.compile(r"[\w$]")
_TAKEN = {"as", "do", "if", "in", "is", "of"}


def script(text: str) -> str:
    """A blank stays only between two names, or between signs that would run together; the last ``;`` of a block goes,
    and so do the brackets around an arrow's one argument. (We write no empty statement, and no such words in quotes.)"""
    made = ""
    blank = False
    for found in _SCRIPT.finditer(text):
        if found["gone"] is not None:
            blank = True
            continue
        piece = found[0]
        if blank and made:
            names = _NAME.match(made[-1]) and _NAME.match(piece[0])
            made += " " if names or (made[-1] in "+-" and piece[0] in "+-") else ""
        made += piece
        blank = False
    return _short(re.sub(r"(?<![\w$])\((\w+)\)=>", r"\1=>", made.replace(";}", "}")))


def _short(text: str) -> str:
    """Names that are declared in a script, and stand nowhere as a property, a key, a shorthand or a word in quotes,
    become short: the same name is the same everywhere, so no scope is touched."""
    words = set(re.findall(r"[\w$]+", text))
    quoted = set(re.findall(r"\w+", " ".join(re.findall(r"\"[^\"]*\"|'[^']*'|`[^`]*`|/[^/]+/", text))))
    keys = set(re.findall(r"(?<=\.)\w+|\w+(?=:)", text))
    lone = set(re.findall(r"(?<=[{,])\w+(?=[,}])", text))
    declared = re.findall(r"(?:const|let|function) ([A-Za-z]{3,})|(?<=,)([A-Za-z]{3,})(?==[^=])", text)
    names = dict.fromkeys(one for pair in declared for one in pair if one)
    fresh = ("".join(pair) for pair in product(ascii_letters, ascii_letters) if "".join(pair) not in words | _TAKEN)
    for name in names:
        if name not in quoted | keys | lone:
            text = re.sub(rf"(?<![\w$.]){name}(?![\w$])", next(fresh), text)
    return text


def style(text: str) -> str:
    """Without comments, line ends and blanks around signs. ``calc()`` keeps its blanks around + and -."""
    plain = re.sub(r"\s+", " ", re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)).strip()
    return re.sub(r";}", "}", re.sub(r" ?([{};,>]) ?|(:) (?=[^{}]*[;}])", r"\1\2", plain))


def page(text: str) -> str:
    """A page without line ends and indents between its elements."""
    return re.sub(r"\s*\n\s*", "\n", text).replace(">\n<", "><").strip()
