"""``rapport forget``: a person's words go everywhere, and the proof is printed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from rapport.cli.carrying import carry_out, settle_database
from rapport.cli.ground import say, stand

if TYPE_CHECKING:
    from rapport.inbox.forgetting import Known


@click.command()
@click.argument("person")
@click.option("--workspace", help="The workspace's short name (default: all are searched).")
@click.option("--yes", is_flag=True, help="Do it. Without this, only what would go is printed.")
def forget(person: str, workspace: str | None, yes: bool) -> None:
    """Forget a person: words go, counts stay.

    PERSON is an id or an address. Prints what would go; with --yes it goes, for good, and what was searched afterwards
    is printed.
    """
    stand()
    settle_database()
    from rapport.accounts.models import Workspace
    from rapport.core.refusal import Refused
    from rapport.inbox import forgetting
    from rapport.people.finding import find

    try:
        place = Workspace.objects.filter(slug=workspace).first() if workspace else None
        if workspace and place is None:
            raise Refused(f"There is no workspace {workspace}.")
        chosen = find(place, person)
        known = forgetting.know(chosen)
        _name(known)
        if not yes:
            _tell(forgetting.forget(known, by=None, apply=False))
            say("Nothing has been changed. Add --yes to forget them, for good.")
            return
        done = carry_out("forget", lambda: forgetting.start(chosen), "Forgetting")
    except Refused as error:
        raise click.ClickException(str(error)) from error
    _tell(done["counts"])
    _prove(done)


def _name(known: Known) -> None:
    who = ", ".join(f"{one.address} on {one.network}" for one in known.identities)
    say(
        f"Person {known.person.pk} in {known.person.workspace.slug}: {known.person.name or 'without a name'} ({who or '-'})"
    )


def _tell(counts: dict[str, int]) -> None:
    for kind, number in counts.items():
        if number:
            say(f"  {number:7,}  {kind}")
    if not any(counts.values()):
        say("  Nothing of theirs is known here: they were forgotten already, or never said a word.")


def _prove(done: dict[str, Any]) -> None:
    proof = done["proof"]
    sought = proof["sought"]
    say(f"Forgotten. {proof['erased']}")
    say(
        f"Searched for {sought['addresses']} addresses, {sought['names']} names and {sought['texts']} texts; found again:"
    )
    say(f"  {proof['rows']:7,}  in rows")
    say(f"  {proof['search']:7,}  by the search of the desk")
    for file, number in proof["files"].items():
        say(f"  {number:7,}  in the bytes of {file}")
    if proof["elsewhere"]:
        say(f"  Other workspaces here know them, too ({proof['elsewhere']:,} rows): each forgets by itself.")
    say("Backups, exports and files that you imported lie where you put them, and still hold what they held.")
    if proof["rows"] or proof["search"] or (any(proof["files"].values()) and not proof["elsewhere"]):
        raise SystemExit(1)
