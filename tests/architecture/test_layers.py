"""The layers are checked where everything is checked: the contracts stand in pyproject.toml, ``make check`` calls them."""

from __future__ import annotations

import re
import tomllib

from tests.architecture.sizes import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = {contract["name"]: contract for contract in PROJECT["tool"]["importlinter"]["contracts"]}
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
LINES: dict[str, str] = dict(re.findall(r"^([a-z]+):.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE))


def test_make_check_runs_every_check() -> None:
    assert "-j 2 style fast" in LINES["check"]
    for tool in ("ruff check", "ruff format", "mypy", "lint-imports", "vulture", "pytest"):
        assert tool in LINES["style"] + LINES["fast"], tool


def test_the_layers_name_every_package() -> None:
    contract = CONTRACTS["Imports point down"]
    assert contract["exhaustive"] is True
    named = {one for layer in contract["layers"] for one in re.findall(r"[a-z]+", layer)}
    packages = {path.parent.name for path in (ROOT / "src/rapport").glob("*/__init__.py")}
    assert packages <= named


def test_every_network_is_named_as_a_stranger_to_the_others() -> None:
    networks = {path.parent.name for path in (ROOT / "src/rapport/channels").glob("*/__init__.py")}
    layer = CONTRACTS["Networks are strangers to each other"]["layers"][1]
    named, may_come = set(re.findall(r"[a-z]+", layer)), set(re.findall(r"\(([a-z]+)\)", layer))
    assert networks | may_come == named


def test_what_meets_the_world_or_decides_knows_no_django() -> None:
    contract = CONTRACTS["What meets the world, or decides, knows no Django"]
    assert "django" in contract["forbidden_modules"]
    assert {"rapport.net", "rapport.channels", "rapport.understanding", "rapport.inbox.triage"} <= set(
        contract["source_modules"]
    )


def test_no_module_has_a_name_that_says_nothing() -> None:
    nothing = {"service", "util", "helper", "common", "manager", "handler", "processor", "misc"}
    paths = [path for path in (ROOT / "src").rglob("*") if path.suffix == ".py" or path.is_dir()]
    assert [path.relative_to(ROOT) for path in paths if path.stem.removesuffix("s") in nothing] == []
