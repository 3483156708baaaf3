"""The project's own texts, as the tests of the words read them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
NOT_OURS = {".venv", ".git", "__pycache__", "node_modules", "rapport-data", "demo-data", "dist", "build", ".hypothesis"}
"""Folders of this name hold nothing that we wrote, and neither do caches."""


def read(path: str) -> str:
    return (ROOT / path).read_text(encoding="utf-8")


def pages() -> list[Path]:
    """Every page for people: Markdown at the root, under docs/, and beside the channels."""
    found = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("src/rapport/**/*.md")]
    return sorted(path for path in found if not path.name.startswith("."))


def name(path: Path) -> str:
    """A path as people write it: from the project's folder."""
    return path.relative_to(ROOT).as_posix()


def files() -> Iterator[Path]:
    """Every text file of the project, whatever its kind."""
    for path in ROOT.rglob("*"):
        inside = path.relative_to(ROOT).parts
        ours = NOT_OURS.isdisjoint(inside) and not any("cache" in part for part in inside)
        if ours and path.is_file() and b"\0" not in path.read_bytes()[:8_192]:
            yield path


def section(page: str, heading: str) -> str:
    """What stands under a heading of a page, up to the next one."""
    _, _, rest = read(page).partition(f"\n## {heading}\n")
    assert rest, f"{page} has no section {heading!r}."
    return rest.partition("\n## ")[0]


def table(words: str) -> list[list[str]]:
    """The rows of the first Markdown table in ``words``, without its head; cells without their backticks."""
    lines = [line for line in words.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in re.split(r"(?<!\\)\|", line.strip("|"))] for line in lines[2:]]


def spans(words: str) -> list[str]:
    """Everything in backticks, and every indented line: what a reader would type or look up."""
    typed = [line.strip() for line in words.splitlines() if line.startswith("    ")]
    return re.findall(r"`([^`\n]+)`", words) + typed
