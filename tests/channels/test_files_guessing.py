"""What a file seems to be, from its bytes and never from its name alone."""

from __future__ import annotations

import io
import time
from pathlib import Path

import pytest

from rapport.channels.base import ChannelError
from rapport.channels.files import Guess, guess, parse_map, safe_name, write_map
from tests.channels.history import POSTS, THREADS, jsonl, packed


def of(body: bytes, name: str = "") -> Guess:
    return guess(io.BytesIO(body), name)


def test_a_file_of_posts_is_understood_as_it_lies() -> None:
    found = of(packed(jsonl(POSTS)), "posts.jsonl.gz")
    assert found.form == "jsonl"
    assert found.mapping == {"text": "text", "author": "author", "said_at": "created", "id": "id"}
    assert found.columns[:3] == ["id", "text", "label"]
    assert [row["author"] for row in found.sample] == ["jn", "mia_k", "tomw"]
    assert found.confidence == 1.0


def test_a_file_of_threads_keeps_its_threads_and_sides() -> None:
    assert of(jsonl(THREADS)).mapping == {
        "text": "text",
        "author": "author",
        "said_at": "created",
        "id": "id",
        "reply_to": "in_reply_to",
        "thread": "thread",
        "inbound": "inbound",
    }


@pytest.mark.parametrize(
    ("head", "row", "mapping"),
    [
        (
            "tweet_id,user,date,body,in_response_to_tweet_id",
            "119,ann_b,Tue Oct 31 22:10:47 +0000 2017,where is my order,118",
            {
                "text": "body",
                "author": "user",
                "said_at": "date",
                "id": "tweet_id",
                "reply_to": "in_response_to_tweet_id",
            },
        ),
        (
            "Message;Sender;Sent at;Subject",
            "the lift is broken again;bob@example.org;2026-03-01 08:00;Lift",
            {"text": "Message", "author": "Sender", "said_at": "Sent at", "subject": "Subject"},
        ),
        (
            "comment\tusername\tcreated_utc\tpermalink",
            "two hours and no answer\tkim\t1772366400\thttps://forum.example/1",
            {"text": "comment", "author": "username", "said_at": "created_utc", "url": "permalink"},
        ),
        (
            "ticket_id|direction|full_text|display name|handle",
            "T-1|inbound|I cannot log in since Monday|Kim Lee|kim",
            {
                "text": "full_text",
                "author": "handle",
                "name": "display name",
                "thread": "ticket_id",
                "ours": "direction",
            },
        ),
        ("score,words,flag", "4,this one took far too long,x", {"text": "words"}),
    ],
)
def test_columns_are_told_by_names_and_by_values(head: str, row: str, mapping: dict[str, str]) -> None:
    found = of(f"{head}\n{row}\n{row.replace('119', '120')}\n".encode())
    assert found.form == "csv"
    assert found.mapping == mapping


def test_a_nested_object_is_a_path() -> None:
    rows = [{"id_str": "1", "full_text": "no heating since Friday", "user": {"screen_name": "ann", "name": "Ann B"}}]
    assert of(jsonl(rows)).mapping == {
        "text": "full_text",
        "author": "user.screen_name",
        "name": "user.name",
        "id": "id_str",
    }


def test_a_telling_name_with_the_wrong_values_is_not_believed() -> None:
    rows = [
        {"date": "never", "text": "is anybody there", "id": "a"},
        {"date": "later", "text": "hello hello", "id": "b"},
    ]
    assert of(jsonl(rows)).mapping == {"text": "text", "id": "id"}


def test_slashed_dates_are_told_apart_where_one_of_them_can_be() -> None:
    assert of(b"text,date\nbad day today,02/03/2026\nworse day today,25/03/2026\n").mapping["dates"] == "dmy"
    assert of(b"text,date\nbad day today,02/03/2026\nworse day today,03/25/2026\n").mapping["dates"] == "mdy"
    assert "dates" not in of(b"text,date\nbad day today,02/03/2026\nworse day,04/03/2026\n").mapping


def test_a_table_without_names_gets_some() -> None:
    found = of(b'1,ann,"my card was declined, twice",2026-03-01\n2,bob,"same here, since noon",2026-03-02\n')
    assert found.columns == ["column 1", "column 2", "column 3", "column 4"]
    assert found.mapping == {"text": "column 3"}
    assert len(found.sample) == 2


def test_a_stream_is_left_where_it_was_and_a_path_may_be_given(tmp_path: Path) -> None:
    stream = io.BytesIO(jsonl(POSTS))
    guess(stream)
    assert stream.tell() == 0
    (tmp_path / "x").write_bytes(jsonl(POSTS))
    assert guess(tmp_path / "x").form == "jsonl"
    with pytest.raises(ChannelError, match="cannot be opened: No such file"):
        guess(tmp_path / "y")


MAIL = b"From: Ann <ann@example.org>\r\nSubject: Hello\r\nDate: Sun, 1 Mar 2026 12:00:00 +0000\r\n\r\nHi there\r\n"


@pytest.mark.parametrize(
    ("body", "form"), [(MAIL, "eml"), (b"From ann@example.org Sun Mar  1 12:00:00 2026\n" + MAIL, "mbox")]
)
def test_mails_need_no_mapping(body: bytes, form: str) -> None:
    found = of(body)
    assert (found.form, found.mapping, found.confidence) == (form, {}, 1.0)
    assert found.sample == [
        {"from": "ann@example.org", "date": "2026-03-01T12:00:00+00:00", "subject": "Hello", "text": "Hi there"}
    ]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "The file is empty"),
        (b" \n\n", "The file is empty"),
        (b"\x00" * 5000, "The file is empty"),
        (packed(b""), "The file is empty"),
        (b"PK\x03\x04" + b"x" * 100, "ZIP archive is damaged"),
        (b"PK\x03\x04" + b"x" * 26 + b"[Content_Types].xml" + b"x" * 99, "office document"),
        (b"%PDF-1.7\n", "PDF document"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), "picture"),
        (packed(packed(b"x")), "packed twice"),
        (bytes(range(256)) * 20, "not a text file"),
        (b"<!DOCTYPE html><html><body>Log in to continue</body></html>", "web page"),
        (b"<?xml version='1.0'?><kml></kml>", "XML document"),
        (b'{\n  "posts": [\n    {"text": "a"}\n  ]\n}\n', "one JSON document"),
        (b'[{"text": "a"}, {"text": "b"}]', "one JSON document"),
        (b"just some words that somebody wrote\nand some more of them\n", "cannot tell what form"),
    ],
)
def test_what_rapport_does_not_read_is_said_in_a_sentence(body: bytes, sentence: str) -> None:
    with pytest.raises(ChannelError, match=sentence) as caught:
        of(body, "history")
    assert caught.value.permanent
    assert caught.value.message.endswith(".")


def test_a_mapping_is_written_as_a_person_would_and_read_back() -> None:
    mapping = parse_map('text=Body, "author=user, who", said_at=created,zone=Europe/Berlin,network=x', None)
    assert mapping == {
        "text": "Body",
        "author": "user, who",
        "said_at": "created",
        "zone": "Europe/Berlin",
        "network": "x",
    }
    assert parse_map(write_map(mapping)) == mapping


@pytest.mark.parametrize(
    ("written", "sentence"),
    [
        ("text=words", "There is no column 'words'. The columns are body, user."),
        ("words", "'words' is not a mapping; write field=column, as in text=body,author=user."),
        ("mood=body", "'mood' is nothing Rapport fills. It fills text, author,"),
        ("text=body,text=user", "'text' is mapped twice."),
        ("text=body,zone=Mars", "'Mars' is not a time zone; write it like Europe/Berlin."),
        ("text=body,dates=ymd", "dates is dmy (day first) or mdy (month first)."),
        ("text=body,encoding=klingon", "'klingon' is no encoding that Rapport knows"),
        ("text=body,encoding=hex", "'hex' is no encoding that Rapport knows"),
        ("text=body,network=no way", "'no way' is neither a column nor the name of a network"),
    ],
)
def test_a_mapping_that_cannot_be_says_what_could(written: str, sentence: str) -> None:
    with pytest.raises(ChannelError) as caught:
        parse_map(written, ["body", "user"])
    assert sentence in caught.value.message


def test_the_case_of_a_column_does_not_matter_where_it_is_clear() -> None:
    assert parse_map("text=BODY", ["Body", "user"]) == {"text": "Body"}
    with pytest.raises(ChannelError):
        parse_map("text=BODY", ["Body", "body"])


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\ann\\posts.csv", "posts.csv"),
        ("posts\x00.csv\r\nX: 1", "posts.csvX 1"),
        ("\u202egpj.exe", "gpj.exe"),
        (".htaccess", "htaccess"),
        ("..", "file"),
        ("", "file"),
        ("a" * 300 + ".jsonl.gz", "a" * 99 + "…" + "a" * 11 + ".jsonl.gz"),
        ("Beschwerden März.csv", "Beschwerden März.csv"),
    ],
)
def test_a_file_name_is_only_ever_a_name(name: str, safe: str) -> None:
    assert safe_name(name) == safe


def test_without_a_telling_name_a_column_of_handles_or_addresses_is_the_author() -> None:
    rows = "a,b,to,c\n" + "".join(
        f"2026-03-01 10:0{n},@help,desk@acme.example,person{n}@b.example wrote: where is it\n" for n in range(3)
    )
    assert "author" in of(rows.encode()).mapping and of(rows.encode()).mapping["author"] == "b"
    only_to = "to,what\ndesk@acme.example,Where is my parcel today?\ndesk@acme.example,It never came to me\n"
    assert "author" not in of(only_to.encode()).mapping  # who was written to is not who wrote
    assert of(b"remitente,mensaje\nann,Where is my parcel?\n").mapping["author"] == "remitente"


def test_rows_longer_than_the_head_still_tell_their_columns() -> None:
    long = b'{"id": 1, "author": "ann", "text": "where is my parcel", "more": "' + b"z" * 600_000 + b'"}\n'
    assert of(long * 3).mapping == {"text": "text", "author": "author", "id": "id"}


@pytest.mark.parametrize("filler", [b"z", b" ", b"z ", b"1", b"@", b"1.", b"a@", b"-"])
def test_one_endless_cell_does_not_hold_up_the_guess(filler: bytes) -> None:
    endless = filler * (900_000 // len(filler))
    row = b'{"id": 1, "author": "ann", "text": "where is my parcel", "more": "' + endless + b'"}\n'
    began = time.process_time()
    assert of(row * 2).mapping["text"] == "text"
    table = b"author,text,more\n" + b"ann,where is my parcel,x\n" * 3 + b"ann,where is it," + endless[:150_000] + b"\n"
    assert of(table).mapping["author"] == "author"
    assert time.process_time() - began < 5


def test_answers_that_name_a_web_address_are_known_by_it() -> None:
    head = b"Date,From,Message,Reply to,URL\n"
    asks = b"2026-03-01 09:00,@ann,where is my parcel?,,https://social.example/1\n"
    says = b"2026-03-01 09:05,@acme,It left us today.,https://social.example/1,https://social.example/2\n"
    assert of(head + asks + says).mapping["id"] == "URL"
    assert "id" not in of(head + asks + says.replace(b"https://social.example/1,", b"1,")).mapping
