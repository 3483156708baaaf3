"""The commands that import, stop, cancel and read again, as a person types them: what they print, what they refuse."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from django.conf import settings

from rapport.cli import main
from rapport.config.folder import hold
from rapport.core import work
from rapport.core.models import Work
from rapport.inbox.models import Disposition, Message, Reading
from rapport.ingest import importing
from rapport.ingest.models import SavedMapping
from tests.conftest import make_cast

TABLE = "who,words,when\n@ann,@acme where is my parcel?,2026-03-01 10:00\n@bo,What a lovely day.,2026-03-01 11:00\n"
MAP = "text=words,author=who,said_at=when"


def rapport(*words: str) -> Result:
    return CliRunner().invoke(main, words, catch_exceptions=False)


@pytest.fixture
def file(committed: str, tmp_path: Path) -> Path:
    make_cast()
    there = tmp_path / "old.csv"
    there.write_text(TABLE)
    return there


def job() -> Work:
    return Work.objects.filter(kind="import").latest("pk")


@pytest.mark.slow
def test_a_mapping_is_saved_offered_and_used(file: Path) -> None:
    said = rapport("import", str(file), "--map", MAP, "--save-mapping", "Old desk", "--workspace", "acme", "--yes")
    assert said.exit_code == 0 and "2 read, 1 need an answer, 0 unreadable" in said.output, said.output
    assert SavedMapping.objects.get().name == "Old desk"
    newer = file.with_name("newer.csv")
    newer.write_text(TABLE.replace("parcel", "box"))
    offered = rapport("import", str(newer), "--workspace", "acme")
    assert offered.exit_code == 1 and f"--mapping 'Old desk' ({MAP})" in offered.output
    assert "Add --yes" in offered.output
    used = rapport("import", str(newer), "--mapping", "Old desk", "--workspace", "acme", "--yes")
    assert used.exit_code == 0 and "author     ← who" in used.output, used.output
    wrong = rapport("import", str(newer), "--mapping", "Elsewhere", "--yes")
    assert wrong.exit_code == 1 and "There is no mapping Elsewhere. Saved are: Old desk." in wrong.output
    both = rapport("import", str(newer), "--mapping", "Old desk", "--map", MAP, "--yes")
    assert both.exit_code == 1 and "not both" in both.output


@pytest.mark.slow
def test_imports_are_listed_paused_resumed_and_cancelled(file: Path) -> None:
    assert "There are no imports yet." in rapport("imports").output
    with hold(settings.DATA):  # somebody else works here: the job is put down, and nobody runs it yet
        from rapport.accounts.models import Workspace

        acme = Workspace.objects.get(slug="acme")
        number = str(importing.start(acme, file, file.name, {"text": "words", "author": "who"}, by=None))
        assert "waits" in rapport("imports", "--pause", number).output
    assert "paused" in rapport("imports").output and work.run_due(only=("import",)) == 0
    again = rapport("imports", "--resume", number)
    assert again.exit_code == 0 and "2 read" in again.output, again.output
    asked = rapport("imports", "--cancel", number)
    assert asked.exit_code == 1 and "Add --yes" in asked.output and Message.objects.count() == 2
    gone = rapport("imports", "--cancel", number, "--yes")
    assert "Cancelled: 2 messages taken out again." in gone.output, gone.output
    assert not Message.objects.exists() and "2 taken out" in rapport("imports").output


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("imports", "--pause", "99"), "There is no import 99."),
        (("imports", "--resume", "99"), "There is no import 99."),
        (("imports", "--cancel", "99", "--yes"), "There is no import 99."),
        (("imports", "--pause", "1", "--resume", "1"), "Say one of"),
        (("imports", "--pause", "soon"), "not a valid integer"),
        (("reprocess", "--workspace", "nowhere"), "There is no workspace nowhere. Workspaces here: acme, elsewhere."),
        (("reprocess", "--source", "nowhere"), "There is no source nowhere. Sources here: Social."),
        (("reprocess", "--since", "yesterday"), "does not match the formats"),
        (("reprocess", "--examples", "-1"), "not in the range"),
    ],
)
def test_wrong_words_are_refused_in_a_sentence(file: Path, words: tuple[str, ...], sentence: str) -> None:
    said = rapport(*words)
    assert said.exit_code in {1, 2} and sentence in said.output, said.output


def test_reprocess_is_dry_by_default_and_then_applies(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rapport("import", str(file), "--map", MAP, "--workspace", "acme", "--yes")
    Disposition.objects.filter(needs="yes").update(needs="no", row=14)
    Reading.objects.update(model="older")
    dry = rapport("reprocess", "--workspace", "acme")
    assert dry.exit_code == 0 and "2 messages read again" in dry.output and "Nothing is stored." in dry.output
    assert "1  needs no → yes" in dry.output and "@acme where is my parcel?" in dry.output
    assert "parcel" not in rapport("reprocess", "--workspace", "acme", "--examples", "0").output
    assert Disposition.objects.count() == 2 and Reading.objects.filter(model="older").count() == 2
    done = rapport("reprocess", "--workspace", "acme", "--apply")
    assert done.exit_code == 0 and "2 messages read again" in done.output, done.output
    assert Disposition.objects.count() == 3 and not Reading.objects.filter(model="older").exists()
    assert "2  the same" in rapport("reprocess", "--workspace", "acme").output


def test_each_command_explains_itself() -> None:
    for name in ("imports", "reprocess", "check"):
        command = main.commands[name]
        assert isinstance(command, click.Command) and command.help
        assert all(option.help for option in command.params if isinstance(option, click.Option))
