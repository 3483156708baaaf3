"""``rapport up``, ``rapport demo`` and ``rapport link``: start, and log in."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import click

from rapport.cli.ground import migrate, say, stand

if TYPE_CHECKING:
    from rapport.accounts.models import Member

_PLAIN = "Plain http on a network address: passwords can be read on the way. Put https before it when you can."

_UNNAMED = "Other machines reach this port, but only {url} is answered. RAPPORT_URL names the address they type."


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on (default RAPPORT_PORT or 8000).")
@click.option("--host", help="The address to listen on (default RAPPORT_HOST or 127.0.0.1).")
def up(port: int | None, host: str | None) -> None:
    """Start Rapport: pages, live updates, worker."""
    _start(None, port, host, demo=False)


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on (default RAPPORT_PORT or 8000).")
@click.option("--host", help="The address to listen on (default RAPPORT_HOST or 127.0.0.1).")
def demo(port: int | None, host: str | None) -> None:
    """Start a demo world in ./demo-data.

    It is made when it is missing; remove the folder for a fresh one.
    """
    _start(Path(os.environ.get("RAPPORT_DATA") or "demo-data"), port, host, demo=True)


@click.command()
@click.argument("workspace", required=False)
@click.option("--for", "email", help="The e-mail of the member who lost a login (default: an owner).")
def link(workspace: str | None, email: str | None) -> None:
    """Print a new one-time link for a member.

    For the day a login is lost. WORKSPACE is its short name (default: the first).
    """
    folder = stand()
    from rapport.accounts.models import Member, Role

    migrate()
    members = Member.objects.active().select_related("workspace").order_by("id")
    members = members.filter(user__email=email.lower()) if email else members.filter(role=Role.OWNER)
    member = members.filter(workspace__slug=workspace).first() if workspace else members.first()
    if member is None:
        names = ", ".join(sorted({str(one.workspace.slug) for one in members})) or "none"
        raise click.ClickException(
            f"There is no {email or 'owner'} in {workspace or 'any workspace'} of {folder}. Where there is: {names}."
        )
    say(_address(member, os.environ.get("RAPPORT_URL") or _running_url()))


def _running_url() -> str:
    from django.conf import settings

    from rapport.config.folder import holder

    running = holder(settings.DATA)
    return str((running or {}).get("url") or settings.RAPPORT_URL)


def _start(data: Path | None, port: int | None, host: str | None, *, demo: bool) -> None:
    from rapport.config import environment
    from rapport.config.serving import address, free_port

    wanted = environment.read()
    bound = host or wanted.host
    try:
        free, taken = free_port(port or wanted.port, bound)
    except OSError as error:
        raise click.ClickException(f"Cannot listen on {bound}: {error}") from error
    url = wanted.url or address(bound, free)
    os.environ["RAPPORT_HOST"], os.environ["RAPPORT_PORT"], os.environ["RAPPORT_URL"] = bound, str(free), url
    folder = stand(data)
    from rapport.config.folder import hold
    from rapport.ingest import worker

    with hold(folder, url) as held:
        held.tell(url)
        _say_where(folder, bound, port or wanted.port, free, taken, url, named=bool(wanted.url))
        migrate()
        worker.take_over()
        _serve(bound, free, wanted.proxies, url, _first_link(demo))


def _say_where(folder: Path, host: str, wanted: int, port: int, taken: bool, url: str, *, named: bool) -> None:
    from django.conf import settings

    say(f"Data folder   {folder}")
    engine = str(settings.DATABASES["default"]["ENGINE"])
    say(f"Database      {'SQLite, in the data folder' if 'sqlite' in engine else 'PostgreSQL (RAPPORT_DATABASE_URL)'}")
    say(f"Secret key    {'RAPPORT_SECRET_KEY' if os.environ.get('RAPPORT_SECRET_KEY') else folder / 'secret-key'}")
    say(f"Port          {port}" + (f" (port {wanted} is taken)" if taken else ""))
    say(f"Address       {url}" + ("" if named else "  (RAPPORT_URL sets another)"))
    if url.startswith("http://") and urlsplit(url).hostname not in {"127.0.0.1", "localhost", "::1"}:
        say(f"Warning       {_PLAIN}")
    elif host in {"0.0.0.0", "::"} and not named:  # noqa: S104 - asked about, not chosen
        say(f"Warning       {_UNNAMED.format(url=url)}")


def _first_link(demo: bool) -> Member | None:
    """Whoever the last printed line logs in: the demo's visitor, or an owner who has no login yet."""
    from rapport.accounts import founding
    from rapport.accounts.models import Member, Role, Workspace

    if demo:
        from rapport.ingest.demo import plant

        if not Workspace.objects.filter(demo=True).exists():
            plant()
        return Member.objects.active().filter(workspace__demo=True, name="Bea").first()
    if not Workspace.objects.exists():
        founding.found("Our company", owner_name=founding.FIRST_OWNER)
    owners = Member.objects.active().filter(role=Role.OWNER, workspace__demo=False)
    return None if owners.filter(user__isnull=False).exists() else owners.order_by("id").first()


def _address(member: Member, url: str) -> str:
    return f"{url}/welcome/{member.make_link()}/"


def _serve(host: str, port: int, proxies: str, url: str, member: Member | None) -> None:
    from rapport.config import asgi, serving
    from rapport.ingest import worker

    last = f"Open this link to log in (it works once): {_address(member, url)}" if member else f"Rapport is at {url}"
    serving.serve(asgi.make(worker.LOOPS), host, port, lambda _: say(f"Stop with Ctrl-C.\n{last}"), proxies)
