"""The page for whoever runs Rapport: every variable, command, option and limit stands there as it is."""

from __future__ import annotations

import re

import click
import pytest
from django.conf import settings

from rapport.cli import main
from rapport.config import serving
from rapport.config.environment import VARIABLES
from rapport.config.limits import KB, MB, Limits
from tests.docs.texts import name, pages, read, section, spans, table

PAGE = "docs/operate.md"
COMMANDS = sorted(main.commands.items())


def test_every_variable_is_documented_and_no_other() -> None:
    rows = [variable for variable, *_ in table(section(PAGE, "Settings"))]
    assert rows == list(VARIABLES)


def test_no_page_speaks_of_a_variable_that_is_none() -> None:
    spoken = {(name(page), word) for page in pages() for word in re.findall(r"RAPPORT_[A-Z_]+\b", page.read_text())}
    assert {(page, word) for page, word in spoken if word not in VARIABLES} == set()


def test_every_command_is_documented_and_no_other() -> None:
    rows = [command.removeprefix("rapport ") for command, _ in table(section(PAGE, "Install"))]
    assert rows == list(main.commands)


@pytest.mark.parametrize(("called", "command"), COMMANDS, ids=[called for called, _ in COMMANDS])
def test_every_option_is_documented(called: str, command: click.Command) -> None:
    words = read(PAGE) + read("README.md")
    options = [flag for option in command.params if isinstance(option, click.Option) for flag in option.opts]
    assert [flag for flag in options if not re.search(rf"{flag}\b", words)] == []


def test_every_command_line_on_a_page_would_run() -> None:
    wrong = []
    for page in pages():
        for line in spans(page.read_text(encoding="utf-8")):
            if said := re.match(r"(?:[A-Z_]+=\S+ )*rapport ([a-z]+)(.*)", line):
                wrong += [f"{name(page)}: {line}"] * (not _runs(said[1], said[2]))
    assert wrong == []


def _runs(called: str, rest: str) -> bool:
    command = main.commands.get(called)
    if command is None:
        return False
    known = {flag for option in command.params for flag in option.opts} | {"--help"}
    return set(re.findall(r"--[a-z-]+", rest)) <= known


def test_every_name_in_the_data_folder_is_one_that_the_code_uses() -> None:
    named_in = (
        "config/settings",
        "config/secretkey",
        "config/folder",
        "web/uploads",
        "ingest/importing",
        "ingest/exports",
        "inbox/handed",
    )
    source = "".join(read(f"src/rapport/{module}.py") for module in named_in)
    assert [row for row, _ in table(section(PAGE, "The data folder")) if f'"{row.strip("/")}"' not in source] == []


def test_the_limits_of_the_gate() -> None:
    limits = Limits()
    said = [value for _, value in table(section(PAGE, "What the gate lets through"))]
    places = dict(limits.bodies)
    assert said == [
        f"{limits.body // MB} MB",
        f"{places['/in'] // MB} MB, of which the webhook itself takes 1 MB",
        f"{places['/w/*/c/*/files'] // MB} MB",
        f"{places['/w/*/import'] // MB} MB",
        f"{limits.held // MB} MB",
        f"within {serving.HEADERS_DUE:g} s",
        f"within {limits.first_byte:g} s",
        f"{limits.pause:g} s",
        f"{limits.rate // KB} KB/s",
        f"within {limits.whole:g} s",
        f"cut off after {limits.stall:g} s",
        str(limits.per_address),
    ]
    assert all(f"`{place}`" in section(PAGE, "What the gate lets through") for place in limits.public)


def test_what_is_said_of_logins_and_ends() -> None:
    words = read(PAGE)
    assert settings.SESSION_COOKIE_AGE == 14 * 24 * 3600
    assert "ends after 14 days" in words
    assert settings.ACCOUNT_RATE_LIMITS["login_failed"] == "10/m/ip,5/300s/key"
    assert "Five wrong ones" in words
    assert serving.LAST == 5
    assert "within five seconds" in words
