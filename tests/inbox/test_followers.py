"""How many follow somebody: kept in four steps, told by networks and files, and looked at for fairness alone."""

from __future__ import annotations

import gzip
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from rapport.channels import envelopes
from rapport.channels.files import guessing, mapping
from rapport.channels.mastodon import parse as mastodon
from rapport.channels.mastodon.home import Home
from rapport.channels.webhook import parse as webhook
from rapport.inbox import fairness, forgetting
from rapport.inbox.models import Conversation
from rapport.people.finding import find
from rapport.people.models import Followers, Identity
from tests.conftest import NOW, Cast
from tests.inbox.test_honesty import case, group
from tests.memory.living import exported, take_back
from tests.scenes.stage import browser, page

ASKS = "@acme where is my parcel?"


@pytest.mark.parametrize(
    ("count", "kept"),
    [(None, ""), (-1, ""), (0, "few"), (99, "few"), (100, "hundreds"), (1_000, "thousands"), (10_000, "many"),
     (10**12, "many")],
)  # fmt: skip
def test_four_steps_and_no_number(count: int | None, kept: str) -> None:
    assert envelopes.coarse(count) == kept and kept in {"", *Followers.values}


def test_each_that_tells_it_is_heard() -> None:
    said = {
        "id": "1", "uri": "https://a.example/1", "content": "<p>Hello</p>", "visibility": "public",
        "account": {"id": "7", "acct": "ann", "followers_count": 1_204},
    }  # fmt: skip
    home = Home(domain="a.example", id="9", acct="acme")
    assert mastodon.status(said, home).author.followers == "thousands"
    said["account"] = {"id": "7", "acct": "ann", "followers_count": "many"}  # a server of another making
    assert mastodon.status(said, home).author.followers == ""
    body = {"id": "1", "author": {"id": "ann", "followers": 12}, "text": "Hello"}
    assert webhook.items(json.dumps(body).encode())[0].envelope.author.followers == "few"


def test_a_column_of_a_file_is_found_and_a_cell_that_says_nothing_is_no_fault() -> None:
    rows = [{"text": f"Where is parcel {n}, please?", "user": {"screen_name": "ann", "followers_count": n * 150}}
            for n in range(5)]  # fmt: skip
    head = b"".join(json.dumps(row).encode() + b"\n" for row in rows)
    guess = guessing.of_head(head, "posts.jsonl")
    assert guess.mapping["followers"] == "user.followers_count"
    read = mapping.Mapped.of(guess.mapping, guess.columns)
    assert [read.envelope(row).author.followers for row in rows] == ["few", *["hundreds"] * 4]
    for cell, count in (("1,204", 1204), ("1.204", 1204), ("12.0", 12), ("1.2K", None), ("", None), ("a lot", None)):
        assert mapping.whole(cell) == count


def follow(cast: Cast, who: str, followers: str, **more: Any) -> Conversation:
    return cast.says(who, f"{ASKS} ({more.get('id', who)})", followers=followers, **more)


def kept(who: str) -> str:
    return Identity.objects.get(address=who).followers


def test_the_last_word_is_kept_and_silence_takes_nothing_away(cast: Cast) -> None:
    follow(cast, "@ann", "few", id="1")
    assert kept("@ann") == "few"
    follow(cast, "@ann", "hundreds", id="2")
    follow(cast, "@ann", "", id="3")
    follow(cast, "@bo", "", id="4")
    assert (kept("@ann"), kept("@bo")) == ("hundreds", "")


def test_what_is_the_same_is_not_written_again(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    follow(cast, "@ann", "few", id="1")
    written: list[object] = []
    monkeypatch.setattr("rapport.ingest.sql.update", lambda model, names, rows: written.extend(rows))
    follow(cast, "@ann", "few", id="2")
    assert [row for row in written if row[0] == Identity.objects.get(address="@ann").pk and len(row) == 2] == []  # type: ignore[index]


def test_who_is_followed_by_many_is_decided_and_ordered_as_anybody(cast: Cast) -> None:
    talks = [cast.says(f"@{name}", ASKS, followers=name) for name in Followers.values]
    decided = [talk.messages.get().decision for talk in talks]
    assert len({(one.row, one.needs, one.urgency, one.confidence) for one in decided if one}) == 1
    assert len({(talk.position, talk.due_at, talk.state) for talk in talks}) == 1


def test_it_goes_out_with_an_export_comes_back_and_is_forgotten(cast: Cast, tmp_path: Path) -> None:
    follow(cast, "@ann", "thousands")
    file = tmp_path / "acme.jsonl.gz"
    file.write_bytes(gzip.compress(exported(cast.acme)))
    back = take_back(file)
    assert Identity.objects.get(workspace=back, address="@ann").followers == "thousands"
    forgetting.forget(forgetting.know(find(cast.acme, "@ann")), by=cast.dana, apply=True)
    assert not Identity.objects.filter(workspace=cast.acme).exclude(followers="").exists()


def test_a_desk_that_follows_fame_is_seen(cast: Cast) -> None:
    rows = [case("plain", 1.0, followers="many")] * 60 + [case("plain", None, followers="many")] * 5
    rows += [case("plain", 9.0, followers="few")] * 50 + [case("plain", None, followers="few")] * 50
    found = fairness.compared(rows)
    assert [one.name for one in dict(found)["followers"]] == ["few", "many"]
    many = group(found, "followers", "many")
    assert many.odds and many.odds.ratio > 5 and many.odds.differs and many.median == 1.0
    assert not any(one.odds and one.odds.differs for trait, groups in found if trait != "followers" for one in groups)


def test_the_page_tells_them_apart_and_says_where_nobody_told(cast: Cast) -> None:
    for n in range(21):
        follow(cast, f"@star{n}", "many", id=f"s{n}", at=NOW - timedelta(days=3))
        cast.says("@acme", "Coming!", id=f"a{n}", reply_to=f"s{n}", ours=True, at=NOW - timedelta(days=2))
        follow(cast, f"@some{n}", "few", id=f"f{n}", at=NOW - timedelta(days=3))
    follow(cast, "@who", "", at=NOW - timedelta(days=3))
    said = page(browser(cast.bea), "/w/acme/quality/fairness/")
    assert "10,000 and more" in said and "fewer than 100" in said and "not known" in said
    assert "the odds differ by more than chance" in said
    assert "10,000 and more" not in page(browser(cast.bea), "/w/acme/?stream=all")
