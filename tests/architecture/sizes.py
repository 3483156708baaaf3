"""How large things are: ``python -m tests.architecture.sizes`` prints it for a reader to judge."""

from __future__ import annotations

import ast
import statistics
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
WRITTEN = ("src/rapport", "tests", "benchmarks", "docs")
Function = ast.FunctionDef | ast.AsyncFunctionDef


def modules() -> dict[str, int]:
    """Lines of every module that was written by hand."""
    return {path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in _paths()}


def functions() -> dict[str, int]:
    """Lines of every function, from its first decorator to its last line, by ``path:name``."""
    found = {}
    for path in _paths():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, Function):
                first = min([node.lineno, *(one.lineno for one in node.decorator_list)])
                found[f"{path.relative_to(ROOT)}:{node.name}"] = (node.end_lineno or first) - first + 1
    return found


def templates() -> dict[str, int]:
    """Lines of every template and every behaviour."""
    web = ROOT / "src/rapport/web"
    paths = [*web.glob("jinja2/**/*.html"), *web.glob("static/rapport/**/*.js")]
    return {path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in paths}


def _paths() -> Iterator[Path]:
    for folder in WRITTEN:
        yield from (path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations" not in path.parts)


def report() -> str:
    """Median, and the largest five, of each kind; in the product's own code."""
    lines = []
    for kind, sizes in (("modules", modules()), ("functions", functions()), ("templates", templates())):
        own = {name: size for name, size in sizes.items() if name.startswith("src/") and size}
        largest = sorted(own.items(), key=lambda item: -item[1])[:5]
        lines.append(f"{len(own)} {kind}, {sum(own.values())} lines, median {statistics.median(own.values()):.0f}")
        lines += [f"  {size:4} {name}" for name, size in largest]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.stdout.write(report() + "\n")
