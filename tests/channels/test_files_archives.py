"""Archives from strangers: the histories in them are read, and what leads out, swells or hides is refused in a sentence."""

from __future__ import annotations

import gzip
import io
import json
import stat
import tarfile
import tracemalloc
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.channels.base import ChannelError
from rapport.channels.files import FilesChannel, archives, guess
from rapport.channels.files.contents import pieces
from rapport.channels.files.cutting import Cutting
from rapport.channels.files.opening import Allowance
from tests.channels.history import POSTS, Read, jsonl
from tests.channels.test_files_exports import ACTOR, OUTBOX, TWEETS, js

Files = Mapping[str, bytes]
MAIL = (
    b"From: Ann <ann@example.org>\nMessage-ID: <%d@example.org>\nSubject: Hi\n"
    b"Date: Sun, 1 Mar 2026 12:00:00 +0000\n\nHello %d\n"
)
ARCHIVE: Files = {
    "archive/outbox.json": json.dumps(OUTBOX).encode(),
    "archive/media_attachments/files/1.png": b"\x89PNG" + bytes(500),
    "archive/likes.json": json.dumps({"type": "OrderedCollection", "orderedItems": ["https://a.example/1"]}).encode(),
    "archive/actor.json": json.dumps(ACTOR).encode(),
}


def zipped(files: Files, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", method) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return body.getvalue()


def tarred(files: Files, form: int = tarfile.PAX_FORMAT, gz: bool = True) -> bytes:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w", format=form) as archive:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return gzip.compress(body.getvalue()) if gz else body.getvalue()


def every_way(files: Files) -> list[bytes]:
    return [
        zipped(files),
        zipped(files, zipfile.ZIP_STORED),
        tarred(files),
        tarred(files, tarfile.GNU_FORMAT, gz=False),
        tarred(files, tarfile.USTAR_FORMAT),
    ]


@pytest.mark.parametrize("body", every_way(ARCHIVE))
def test_mastodons_archive_knows_whose_it_is(body: bytes) -> None:
    read = Read(body)
    assert len(read.items) == 4 and not read.reasons
    assert {item.envelope.ours for item in read.items if not item.envelope.deleted} == {True}
    assert read.items[0].envelope.author.name == "Acme Ltd"


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_an_x_archive_knows_whose_it_is(pack: object) -> None:
    account = js("account", [{"account": {"username": "acme", "accountId": "1", "accountDisplayName": "Acme Ltd"}}])
    files = {"data/tweets.js": js("tweets", TWEETS), "data/account.js": account, "data/like.js": js("like", []),
             "data/tweets-part1.js": js("tweets", [TWEETS[0]])}  # fmt: skip
    read = Read(pack(files))  # type: ignore[operator]
    assert [item.envelope.author.address for item in read.items] == ["acme"] * 3
    assert read.items[1].envelope.url == "https://x.com/acme/status/11"


def test_a_maildir_and_single_mails_and_several_mboxes() -> None:
    mbox = b"From ann@example.org Sun Mar  1 12:00:00 2026\n"
    files = {
        "Mail/cur/1772366400.M1.host:2,S": MAIL % (1, 1),
        "Mail/new/1772366400.M2.host": MAIL % (2, 2),
        "letters/three.eml": MAIL % (3, 3),
        "a.mbox": mbox + MAIL % (4, 4) + b"\n" + mbox + MAIL % (5, 5),
        "b.mbox": mbox + MAIL % (6, 6),
        "__MACOSX/._b.mbox": b"\x00\x05\x16\x07",
        "photo.jpg": b"\xff\xd8\xff",
        "broken.eml": b"nothing of a mail",
    }
    for body in every_way(files):
        read = Read(body)
        assert sorted(text[-1] for text in read.texts) == list("123456")
        assert {item.envelope.network for item in read.items} == {"email"}
        assert [position for position, _ in read.reasons] == ["broken.eml"]


def test_a_folder_is_read_as_it_lies(tmp_path: Path) -> None:
    (tmp_path / "cur").mkdir()
    for number in range(3):
        (tmp_path / "cur" / f"{number}.host:2,").write_bytes(MAIL % (number, number))
    (tmp_path / "cur" / "9.host").symlink_to("/etc/hostname")
    reading = FilesChannel().read(tmp_path, {})
    batches = list(reading)
    assert [len(batch.items) for batch in batches] == [3]
    assert [one.reason for one in batches[0].unreadable] == ["It is a link to somewhere else, which is not followed."]
    assert reading.position.consumed == sum(path.stat().st_size for path in tmp_path.glob("cur/?.host:2,"))
    assert guess(tmp_path).sample[0]["text"] == "Hello 0"


def test_tables_in_an_archive_are_each_guessed() -> None:
    files = {
        "a.jsonl": jsonl(POSTS),
        "b.csv": b"id,text,author\n7,what a long wait today,kim\n",
        "readme.txt": b"hello",
    }
    read = Read(zipped(files))
    assert len(read.items) == 4
    rest = Read(zipped(files), cursor="3:0")
    assert [item.envelope.external_id for item in rest.items] == ["7"]


@pytest.mark.parametrize("name", ["../x.eml", "a/../../x.eml", "/etc/x.eml", "C:/x.eml", "a\\..\\x.eml"])
def test_a_name_that_leads_out_is_refused(name: str) -> None:
    for body in (zipped({name: MAIL % (1, 1)}), tarred({name: MAIL % (1, 1)})):
        with pytest.raises(ChannelError, match=r"leads out of it .* does not open it") as caught:
            Read(body)
        assert caught.value.permanent


def test_links_devices_and_archives_inside_are_said_and_not_read() -> None:
    body = io.BytesIO()
    with tarfile.open(fileobj=body, mode="w") as archive:
        for kind, name in ((tarfile.SYMTYPE, "s.eml"), (tarfile.LNKTYPE, "h.eml"), (tarfile.CHRTYPE, "d.eml")):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            archive.addfile(info)
        inner = zipped({"x.eml": MAIL % (1, 1)})
        for name, content in (
            ("in.zip", inner),
            ("sly.eml", inner),
            ("in.eml", gzip.compress(b"x")),
            ("1.eml", MAIL % (1, 1)),
        ):
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    read = Read(body.getvalue())
    assert read.texts == ["Hello 1"]
    reasons = dict(read.reasons)
    assert reasons["s.eml"] == reasons["h.eml"] == "It is a link to somewhere else, which is not followed."
    assert reasons["d.eml"] == "It is no plain file."
    assert all(
        reasons[name].startswith("It is an archive inside the archive") for name in ("in.zip", "sly.eml", "in.eml")
    )
    link = zipfile.ZipInfo("l.eml")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    other = io.BytesIO()
    with zipfile.ZipFile(other, "w") as made:
        made.writestr(link, "/etc/passwd")
    assert Read(other.getvalue()).reasons == [("l.eml", "It is a link to somewhere else, which is not followed.")]


def test_a_bomb_is_recognised_by_its_ratio_and_by_its_size() -> None:
    bomb = {"a.jsonl": jsonl(POSTS) + b"0" * 60_000_000}
    for body in (zipped(bomb), tarred(bomb)):
        with pytest.raises(ChannelError, match="more than 250 times its size"):
            Read(body)
    small = Allowance(most=100_000)
    for form, body in (
        ("zip", zipped({"a.jsonl": jsonl(POSTS) * 500})),
        ("tar", tarred({"a.jsonl": jsonl(POSTS) * 500})),
    ):
        with pytest.raises(ChannelError, match="more than 100,000 bytes"):
            list(pieces(archives.opened(io.BytesIO(body), form, small), Cutting.by({})))


@pytest.mark.slow
def test_a_long_archive_is_read_in_flat_memory() -> None:
    lines = b"".join(
        b'{"id": "%d", "text": "the parcel number %d is late again"}\n' % (n, n * 7919) for n in range(150_000)
    )
    body = zipped({"a.jsonl": lines})
    del lines
    reading = FilesChannel().read(io.BytesIO(body), {})
    tracemalloc.start()
    assert sum(len(batch.items) for batch in reading) == 150_000
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 12_000_000


def test_what_is_locked_cut_off_or_empty_is_said() -> None:
    with pytest.raises(ChannelError, match="Nothing in this archive is a history"):
        Read(zipped({"photo.jpg": b"x"}))
    with pytest.raises(ChannelError, match="Nothing in this archive is a history"):
        Read(zipped({}))
    whole = zipped({"a.eml": MAIL % (1, 1), "b.eml": MAIL % (2, 2)})
    with pytest.raises(ChannelError, match="ZIP archive is damaged"):
        Read(whole[: len(whole) // 2])
    locked = bytearray(whole)
    for at in (whole.index(b"PK\x03\x04") + 6, whole.index(b"PK\x01\x02") + 8):
        locked[at] |= 1
    read = Read(bytes(locked))
    assert read.texts == ["Hello 2"] and "locked with a password" in read.reasons[0][1]
    tar = tarred({"a.eml": MAIL % (1, 1), "b.eml": MAIL % (2, 2)}, gz=False)
    cut = Read(tar[:1600])
    assert cut.texts == ["Hello 1"] and cut.reasons[0] == ("b.eml: message 1", "It ends early.")
    spoilt = bytearray(zipped({"a.eml": MAIL % (1, 1)}, zipfile.ZIP_STORED))
    spoilt[spoilt.index(b"Hello")] ^= 1
    assert "damaged inside the archive" in Read(bytes(spoilt)).reasons[0][1]


def test_a_list_of_a_million_files_is_not_even_read() -> None:
    end = b"PK\x05\x06" + bytes(4) + b"\xff\xff\xff\xff" + (64 << 20).to_bytes(4, "little") + bytes(6)
    with pytest.raises(ChannelError, match="lists more files than Rapport opens"):
        Read(b"PK\x03\x04" + bytes(100) + end)


def test_an_archive_needs_a_file_that_can_be_gone_through_twice() -> None:
    class Stream(io.BytesIO):
        def seekable(self) -> bool:
            return False

    with pytest.raises(ChannelError, match="not from a stream"):
        FilesChannel().read(Stream(zipped(ARCHIVE)), {})


@given(
    st.sampled_from([0, 1, 2]),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(0, 255)), max_size=12),
    st.integers(0, 900),
)
@settings(deadline=None, max_examples=150)
def test_any_damage_is_said_in_a_sentence(which: int, changes: list[tuple[int, int]], cut: int) -> None:
    files = {"a.eml": MAIL % (1, 1), "b.jsonl": jsonl(POSTS)}
    body = bytearray([zipped(files), tarred(files, gz=False), tarred(files)][which])
    for at, value in changes:
        body[at % len(body)] = value
    try:
        read = Read(bytes(body[: len(body) - cut]))
    except ChannelError as error:
        assert error.message.endswith((".", "…"))
        return
    assert all(reason.endswith((".", "…")) for _, reason in read.reasons)
