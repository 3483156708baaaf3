"""Whatever a page points to is there: files, anchors, make's targets, the tree; and every decision has its number."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from tests.docs.texts import ROOT, files, name, pages, read, section, spans, table

LINK = re.compile(r"\]\(([^)\s]+)\)")
PLACES = ("src/", "tests/", "docs/", "benchmarks/", "requirements/", ".ci/")
PAGES = pages()


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as forges make them."""
    heads = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for link in LINK.findall(page.read_text(encoding="utf-8")):
        if link.startswith(("http://", "https://")):
            continue
        path, _, anchor = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), link
        assert not anchor or anchor in anchors(target), link


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_path_in_backticks_exists(page: Path) -> None:
    named = [word for word in spans(page.read_text(encoding="utf-8")) for word in word.split()[:1]]
    paths = [path for path in named if path.startswith(PLACES) and not re.search(r"[A-Z]{3,}|\*", path)]
    assert [path for path in paths if not (ROOT / path).exists()] == []


def test_every_page_that_the_code_names_exists() -> None:
    named = {
        (name(path), page)
        for path in [*ROOT.glob("src/**/*.py"), *ROOT.glob("tests/**/*.py"), *ROOT.glob("benchmarks/*.py")]
        for page in re.findall(r"docs/[a-z]+(?:/[\w-]+)?(?:\.md)?", path.read_text(encoding="utf-8"))
        if path != Path(__file__)
    }
    assert [(path, page) for path, page in sorted(named) if not list(ROOT.glob(f"{page}*"))] == []


def targets() -> set[str]:
    return set(re.findall(r"^([a-z]+):.*##", read("Makefile"), re.MULTILINE))


def test_every_target_of_make_is_described_and_no_other() -> None:
    described = {command.removeprefix("make ") for command, _ in table(section("CONTRIBUTING.md", "Set up"))}
    assert described == targets() - {"help"}


def test_every_target_of_make_on_a_page_exists() -> None:
    said = {
        (name(page), found[1])
        for page in PAGES
        for span in spans(page.read_text(encoding="utf-8"))
        if (found := re.match(r"make ([a-z]+)", span))
    }
    assert {(page, target) for page, target in said if target not in targets()} == set()


def test_every_script_that_make_runs_exists() -> None:
    scripts = re.findall(r"(?:benchmarks|docs)/\w+\.py", read("Makefile"))
    assert [script for script in scripts if not (ROOT / script).exists()] == []


def test_the_tree_in_the_readme_is_the_tree() -> None:
    shown = [folder for folder, _ in table(section("README.md", "The tree"))]
    assert [folder for folder in shown if not (ROOT / folder).is_dir()] == []
    packages = [f"{name(path.parent)}/" for path in sorted((ROOT / "src/rapport").glob("*/__init__.py"))]
    assert sorted(folder for folder in shown if folder.startswith("src/")) == packages


def test_decisions_have_numbers_of_their_own_and_are_listed() -> None:
    made = sorted(path.name for path in (ROOT / "docs/decisions").glob("[0-9]*.md"))
    assert [number for number, times in Counter(file[:4] for file in made).items() if times > 1] == []
    assert sorted(LINK.findall(read("docs/decisions/README.md"))) == made
    for file in made:
        words = read(f"docs/decisions/{file}")
        assert words.startswith(f"# {file[:4]} "), file
        assert all(f"**{part}.**" in words for part in ("Context", "Decision", "Consequences")), file


ELSEWHERE = {
    "a folder of one machine": re.compile(r"(?<![\w.\-/])/(?:work|root|home|Users)/\w"),
    "a folder beside the project": re.compile(r"(?<![\w-])shared/"),
    "where a package was downloaded": re.compile(r"index-url|pythonhosted\.|pypi\.org/simple|registry\.npmjs"),
}


def test_no_file_knows_the_machine_it_was_written_on() -> None:
    wrong = [
        f"{name(path)}: {what}"
        for path in files()
        if path != Path(__file__)
        for what, pattern in ELSEWHERE.items()
        if pattern.search(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert wrong == []
