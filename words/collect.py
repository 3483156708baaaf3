"""Collect the sentences of the Python modules: a Babel extractor that reads the syntax tree, not the tokens.

Babel's own extractor knows calls with words in fixed places. Ours also finds keyword arguments (a channel's declared
settings) and the dictionaries of words for codes, in modules that know no Django and therefore no gettext.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import IO, Any

CALLS: dict[str, tuple[int | str, ...]] = {
    "_": (0,), "gettext": (0,), "gettext_lazy": (0,), "Refused": (0,), "Collided": (0,), "Sentence": (0,),
    "ChannelError": (0,), "Mistake": (0,), "wrong": (0,),
    "Setting": ("label", "help"),
}  # fmt: skip
"""Name of a call → which of its arguments are sentences, by place or by keyword."""
PLURALS = ("ngettext", "ngettext_lazy")
DICTIONARIES = ("WORDS", "WRONG")
DECLARED = ("label", "cannot_send", "unsends_how", "edits_how")
"""What a channel declares of itself, in the body of its class."""
Found = tuple[int, str, Any, list[str]]


def python(fileobj: IO[bytes], keywords: Any, comment_tags: Any, options: Any) -> Iterator[Found]:
    """What Babel asks of an extractor: (line, function, message or messages, comments)."""
    for node in ast.walk(ast.parse(fileobj.read())):
        if isinstance(node, ast.Call):
            yield from _call(node)
        elif isinstance(node, ast.ClassDef):
            yield from _declared(node)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            if any(isinstance(target, ast.Name) and target.id in DICTIONARIES for target in targets):
                yield from (
                    (value.lineno, "gettext", words, []) for value in node.value.values if (words := _words(value))
                )


def _declared(node: ast.ClassDef) -> Iterator[Found]:
    for line in node.body:
        if isinstance(line, ast.Assign | ast.AnnAssign) and line.value is not None and (words := _words(line.value)):
            targets = line.targets if isinstance(line, ast.Assign) else [line.target]
            if any(isinstance(target, ast.Name) and target.id in DECLARED for target in targets):
                yield line.lineno, "gettext", words, []


def _call(node: ast.Call) -> Iterator[Found]:
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in PLURALS and len(node.args) >= 2:
        one, many = _words(node.args[0]), _words(node.args[1])
        if one and many:
            yield node.lineno, "ngettext", (one, many), []
    for place in CALLS.get(name, ()):
        if isinstance(place, int):
            given = node.args[place] if len(node.args) > place else None
        else:
            given = next((one.value for one in node.keywords if one.arg == place), None)
        if given is not None and (words := _words(given)):
            yield node.lineno, "gettext", words, []


def _words(node: ast.expr) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""
