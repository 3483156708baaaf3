"""kill -9: what was accepted is there once, what was being sent has left once, whoever dies at whatever moment."""

from __future__ import annotations

import contextlib
import json
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests import postgresql
from tests.journeys.conftest import Start
from tests.journeys.servers import COMMAND, callback, command, deliver, environment, rapport, until

pytestmark = pytest.mark.slow
ROWS = 4_000


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> Iterator[dict[str, str]]:
    """The variables that choose the engine."""
    if request.param == "sqlite":
        yield {}
        return
    with postgresql.database() as url:
        yield {"RAPPORT_DATABASE_URL": url}


def ask(data: Path, code: str, **more: str) -> str:
    """What a short program prints about the data."""
    program = "import django; django.setup()\n" + code
    variables = environment(data, DJANGO_SETTINGS_MODULE="rapport.config.settings", **more)
    done = subprocess.run([COMMAND[0].replace("bin/rapport", "bin/python"), "-c", program], env=variables, text=True,
                          capture_output=True, check=True)  # fmt: skip
    return done.stdout.strip()


def test_an_import_killed_three_times_loses_nothing_and_doubles_nothing(
    tmp_path: Path, database: dict[str, str]
) -> None:
    file, data, dice = tmp_path / "history.jsonl", tmp_path / "data", random.Random(11)
    with file.open("w") as out:
        for n in range(ROWS):
            row = {"id": f"m{n}", "author": f"p{n % 97}", "created": f"2026-01-{1 + n % 28:02}T10:00:00Z",
                   "text": f"@acme where is parcel {n}?" if n % 3 else f"a walk by the river, number {n}",
                   "reply_to": f"m{n - 1}" if n % 5 == 0 and n else ""}  # fmt: skip
            out.write(json.dumps(row) + "\n")
    words = ("import", str(file), "--us", "@acme", "--yes")
    for _ in range(3):
        running = subprocess.Popen(
            [*COMMAND, *words], env=environment(data, **database), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        time.sleep(dice.uniform(1.5, 3.5))
        running.send_signal(signal.SIGKILL)
        running.wait(10)
    done = command(data, *words, **database)
    assert done.stdout.splitlines()[-1].startswith(f"{ROWS:,} read"), done.stderr
    checked = command(data, "check", **database)
    assert checked.returncode == 0, checked.stdout
    code = (
        "from rapport.inbox.models import Message, Reading, Disposition\n"
        "print(Message.objects.count(), Message.objects.values('external_id').distinct().count(),"
        " Reading.objects.count(), Disposition.objects.count())"
    )
    assert ask(data, code, **database) == f"{ROWS} {ROWS} {ROWS} {ROWS}"


def test_an_answer_in_flight_when_the_process_dies_arrives_once(tmp_path: Path, start: Start) -> None:
    with callback() as company:
        company.slow = 3.0
        server = start(tmp_path)
        browser = httpx.Client(base_url=server.url, follow_redirects=True, timeout=20)
        form = browser.get(server.link).text
        token = form.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        desk = browser.post(server.link, data={"csrfmiddlewaretoken": token, "email": "dana@acme.test",
                                               "password": "seven kind herons wade"})  # fmt: skip
        slug = str(desk.url).split("/w/")[1].split("/")[0]
        page = browser.get(f"/w/{slug}/sources/new/webhook/")
        token = page.text.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        made = browser.post(
            str(page.url), data={"csrfmiddlewaretoken": token, "name": "Form", "callback_url": company.url}
        )
        address = made.text.split('id="address">')[1].split("<")[0]
        company.secret = made.text.split('id="secret-1">')[1].split("<")[0]
        assert deliver(address, company.secret, id="m1", author="ann", text="When does it arrive?").status_code == 202
        until(lambda: "When does it arrive" in browser.get(f"/w/{slug}/").text)
        where = (
            browser.get(f"/w/{slug}/").text.split(f'href="/w/{slug}/c/')[1].split('"')[0].split("/")[0].split("?")[0]
        )
        chat = browser.get(f"/w/{slug}/c/{where}/").text
        token = chat.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]
        way = chat.split('id="composer" method="post" action="')[1].split('"')[0]
        browser.post(way, data={"csrfmiddlewaretoken": token, "text": "Tomorrow.", "do": "send", "seen": "0"})
        until(lambda: company.begun, 25)
        server.kill()  # the company has the answer; we never heard so
        until(lambda: company.got, 10)
        server = start(tmp_path)
        code = "from rapport.inbox.models import Outgoing\nprint(Outgoing.objects.get().state)"
        until(lambda: ask(tmp_path, code) == "delivered", 40, every=1.0)
        assert company.posts == 1 and len(company.got) == 1
        with contextlib.suppress(httpx.HTTPError):
            browser.close()


ANSWERS = """
import os
from django.core.management import call_command
call_command("migrate", verbosity=0)
from rapport.accounts import founding
from rapport.channels.base import Author, Batch, Envelope, Item
from rapport.core.database import now
from rapport.core.models import Work
from rapport.inbox import connecting, replying
from rapport.inbox.models import Conversation
from rapport.ingest import accepting, pipeline
owner = founding.found("Acme", owner_name="Dana")
for name in ("slow", "quick"):
    given = {"callback_url": os.environ["AT_" + name], "network": name}
    source, _ = connecting.connect(owner.workspace, "webhook", name, given, by=owner)
    said = [Envelope(network=name, external_id=f"{name}{n}", author=Author(f"p{n}"), text="Where is my parcel?",
                     said_at=now(), public=False) for n in range(3)]
    accepting.accept(source, Batch(items=tuple(Item(one, one.text.encode()) for one in said)))
    print(source.settings["secret"])
while pipeline.run():
    pass
for talk in Conversation.objects.order_by("pk"):
    for n in range(3):
        replying.reply(talk, f"{talk.messages.get().external_id} answer {n}", by=owner, sure=True)
Work.objects.filter(kind="outgoing.send").update(due_at="2020-01-01T00:00:00Z")
"""


def test_answers_to_several_networks_in_flight_at_every_death_arrive_once_and_in_their_order(
    tmp_path: Path, database: dict[str, str]
) -> None:
    data, dice = tmp_path / "data", random.Random(5)
    data.mkdir()
    with callback() as slow, callback() as quick:
        secrets = ask(data, ANSWERS, AT_slow=slow.url, AT_quick=quick.url, **database).split()
        slow.secret, quick.secret = secrets
        slow.slow, quick.slow = 0.7, 0.2
        for _ in range(2 if database else 4):  # PostgreSQL's leases of the dead take a quarter of a minute each
            with rapport(data, **database) as server:
                before = slow.posts
                until(lambda before=before: slow.posts > before, 20)  # one is in the air there
                time.sleep(dice.uniform(0.0, 0.9))
                server.kill()
        with rapport(data, **database):
            until(lambda: len(slow.got) == len(quick.got) == 9, 60)
            code = "from rapport.inbox.models import Outgoing\nprint(*Outgoing.objects.values_list('state', flat=True))"
            until(lambda: set(ask(data, code, **database).split()) == {"delivered"}, 60, every=1.0)
        for place in (slow, quick):
            assert place.posts == 9, "nothing came twice"
            texts = [said["text"] for said in place.got.values()]
            for talk in {text.split()[0] for text in texts}:
                mine = [text for text in texts if text.startswith(f"{talk} ")]
                assert mine == sorted(mine), mine
