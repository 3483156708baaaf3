"""Reading a history: every row becomes an envelope or says why not, in flat memory, and once more from where it stopped."""

from __future__ import annotations

import gzip
import io
import random
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rapport.channels.base import ChannelError
from rapport.channels.files import FilesChannel
from rapport.channels.files.opening import Allowance, Opened, number_lines
from tests.channels.history import POSTS, THREADS, Read, jsonl, packed


def test_posts_become_envelopes_with_their_own_bytes() -> None:
    body = jsonl(POSTS)
    read = Read(packed(body))
    first = read.items[0]
    assert first.raw == body.split(b"\n")[0]
    assert first.envelope.external_id == "570301000000000001"
    assert first.envelope.author.address == "jn"
    assert first.envelope.said_at == datetime(2015, 2, 24, 19, 15, 48, tzinfo=UTC)
    assert first.envelope.mentions == ("skylark",)
    assert (first.envelope.network, first.envelope.ours, first.envelope.direct) == ("file", None, False)
    assert not read.unreadable


def test_threads_keep_who_answered_whom_and_which_side_we_are() -> None:
    read = Read(jsonl(THREADS))
    assert [(item.envelope.reply_to, item.envelope.thread, item.envelope.ours) for item in read.items] == [
        ("", "3", False),
        ("3", "3", True),
        ("1", "3", False),
    ]


def test_a_chosen_mapping_wins_over_the_guess() -> None:
    rows = [{"text": "wrong", "body": "right words", "who": "@ann", "place": "Forum"}]
    chosen = {"map": "text=body,author=who,network=place"}
    envelope = Read(jsonl(rows), chosen).items[0].envelope
    assert (envelope.text, envelope.author.address, envelope.network) == ("right words", "ann", "forum")
    assert Read(jsonl(rows), {"map": "text=body,network=x"}).items[0].envelope.network == "x"


def test_a_row_without_an_id_gets_the_same_one_in_any_file() -> None:
    one = Read(b"text,author\nstill no refund,ann\nstill no refund,bob\n")
    two = Read(b"author;text\nann;still no refund\n")
    assert one.items[0].envelope.external_id == two.items[0].envelope.external_id
    assert one.items[0].envelope.external_id != one.items[1].envelope.external_id


def test_reading_the_same_file_again_gives_the_same_envelopes() -> None:
    assert [item.envelope for item in Read(jsonl(THREADS)).items] == [
        item.envelope for item in Read(packed(jsonl(THREADS))).items
    ]


def test_rows_that_cannot_be_used_say_where_and_why_and_block_no_other() -> None:
    body = b"\n".join(
        [
            jsonl(POSTS[:1]).strip(),
            b'{"id": "2", "text": "cut off',
            b'{"id": "3", "author": "ann"}',
            b'["not", "an", "object"]',
            b"",
            b'{"id": "4", "text": "bad time", "created": "yesterday"}',
            b'{"id": "5", "text": "no time at all", "created": null}',
            b'{"id": "6", "text": ' + b"[" * 50_000 + b"]" * 50_000 + b"}",
            b'{"id": "7", "text": "big", "n": ' + b"9" * 5000 + b".}",
        ]
    )
    read = Read(body, {"form": "jsonl", "map": "text=text,id=id,said_at=created,author=author"})
    assert read.texts == [POSTS[0]["text"], "no time at all"]
    assert read.reasons[0] == ("line 2", "This is not JSON: Unterminated string starting at at character 21.")
    assert read.reasons[1] == ("line 3", "The column 'text' is empty.")
    assert read.reasons[2] == ("line 4", "The line is JSON, but not an object {…}.")
    assert read.reasons[3] == ("line 6", "The time cannot be read: 'yesterday' is not a time Rapport can read.")
    assert read.reasons[4] == ("line 8", "It is nested too deeply.")
    assert read.reasons[5][0] == "line 9"
    assert read.unreadable[0].raw == b'{"id": "2", "text": "cut off'


def test_nul_bytes_half_characters_and_nan_do_not_lose_a_row() -> None:
    body = b'{"text": "a\x00b \\ud83d c", "id": "1", "n": NaN}\n{"text": "tail \\u0000 end", "id": "2"}\n'
    assert Read(body, {"form": "jsonl"}).texts == ["ab � c", "tail  end"]


def test_encodings_may_be_mixed_and_marked() -> None:
    mixed = "text,author\nMünchen wartet noch,ann\n".encode() + "Köln wartet – auch\u2026,bob\n".encode("cp1252")
    assert Read(mixed).texts == ["München wartet noch", "Köln wartet – auch…"]
    table = "text,author\nwo bleibt mein Geld für März?,ann\n"
    for encoding in ("utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"):
        assert Read(table.encode(encoding)).texts == ["wo bleibt mein Geld für März?"], encoding
    japanese = "text,author\n荷物が まだ 届きません,ken\n".encode("shift_jis")
    assert Read(japanese, {"map": "text=text,encoding=shift_jis"}).texts == ["荷物が まだ 届きません"]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_every_age(end: str) -> None:
    assert Read(f"text,author{end}first words,ann{end}second words,bob".encode()).texts == [
        "first words",
        "second words",
    ]


def test_csv_with_everything_that_spreadsheets_do() -> None:
    body = (
        "sep=;\r\n"
        "Id;Name;Text;When;In reply to\r\n"
        '12.0;"Ann ""A"" B";"two lines;\r\nand a quote: ""no"""; 2026-03-01 12:00 ;nan\r\n'
        "\r\n"
        "13.0;Bob;short row\r\n"
        "14.0;Cem;too;many;cells;here\r\n"
    ).encode("utf-8-sig")
    read = Read(body, {"map": "id=Id,name=Name,text=Text,said_at=When,reply_to=In reply to"})
    first = read.items[0].envelope
    assert (first.external_id, first.author.address, first.reply_to) == ("12", 'Ann "A" B', "")
    assert first.text == 'two lines;\nand a quote: "no"'
    assert read.texts[1] == "short row"
    assert read.reasons == [("line 7", "The row has 6 cells where 5 are named; a cell may lack its quotation marks.")]
    assert read.items[0].raw.count(b"\n") == 1, "both lines of the record"


@pytest.mark.slow
def test_a_quotation_mark_that_never_closes_costs_one_row() -> None:
    rows = b"".join(b"%d,words of row %d\n" % (row, row) for row in range(40_000))
    read = Read(b'id,text\n1,fine words\n2,"open for ever\n' + rows, {"map": "id=id,text=text"})
    assert read.reasons == [("line 3", "A quotation mark is opened and never closed.")]
    assert len(read.items) == 40_001


def test_backslashes_may_escape() -> None:
    assert Read(b'id,text\n1,"he said \\"no\\", twice"\n').texts == ['he said "no", twice']


def test_three_hundred_columns_are_just_a_table() -> None:
    names = ",".join(f"c{place}" for place in range(299))
    read = Read(f"{names},text\n{',' * 299}words at the end\n".encode())
    assert read.texts == ["words at the end"]
    assert len(read.reading.guess.columns) == 300


def test_a_table_without_text_asks_for_it() -> None:
    with pytest.raises(ChannelError, match=r"Which column holds the text\? Say text=… with one of a, b\."):
        Read(b"a,b\n1,2\n3,4\n")


def test_a_line_of_fifty_megabytes_is_skipped_in_flat_memory() -> None:
    def stream() -> Iterator[bytes]:
        yield jsonl(POSTS[:1])
        yield b'{"text": "'
        for _ in range(50):
            yield b"x" * 1_000_000
        yield b'"}\n'
        yield jsonl(POSTS[1:])

    tracemalloc.start()
    lines = list(number_lines(stream()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [line.problem for line in lines] == ["", "the line is longer than 1 MB", "", ""]
    assert [line.number for line in lines] == [1, 2, 3, 4]
    assert len(lines[1].raw) == 65536
    assert peak < 10_000_000
    body = jsonl(POSTS[:1]) + b'{"text": "' + b"x" * 2_000_000 + b'"}\n' + jsonl(POSTS[1:])
    assert Read(body).reasons == [("line 2", "The line is longer than 1 MB.")]


def test_a_packed_file_that_is_cut_off_gives_what_was_there_and_says_so() -> None:
    rows = [
        post | {"id": str(place), "text": f"{post['text']} {place * 7919}"} for place in range(900) for post in POSTS
    ]
    whole = packed(jsonl(rows))
    read = Read(whole[: len(whole) * 2 // 3])
    assert 500 < len(read.items) < 2700
    assert len(read.unreadable) == 1
    assert read.unreadable[0].position == f"line {len(read.items) + 1}"
    assert read.unreadable[0].reason == "The file ends early: the gzip data is cut off."
    for cut in (whole[:-4], whole[:-9]):
        assert [reason for _, reason in Read(cut).reasons] == ["The file ends early: the gzip data is cut off."]


def test_a_packed_file_that_is_damaged_gives_what_was_there_and_says_so() -> None:
    rows = [{"id": str(place), "text": f"words {place * 7919} and more"} for place in range(40_000)]
    whole = bytearray(packed(jsonl(rows)))
    whole[len(whole) * 3 // 4 :] = random.Random(7).randbytes(len(whole) // 4)
    read = Read(bytes(whole))
    assert len(read.items) > 10_000
    assert "damaged" in read.reasons[-1][1]


def test_several_packed_files_in_a_row_are_one_and_rubbish_behind_is_said() -> None:
    two = packed(jsonl(POSTS[:1])) + packed(jsonl(POSTS[1:]))
    assert len(Read(two).items) == 3
    assert not Read(two + b"\x00" * 700).unreadable, "tapes pad with zeros"
    assert "not gzip" in Read(two + b"rubbish").reasons[0][1]


def test_a_bomb_is_recognised_by_its_ratio_and_by_its_size() -> None:
    bomb = packed(jsonl(POSTS) + b"0" * 50_000_000)
    with pytest.raises(ChannelError, match=r"more than 250 times its size, as only a trap does; Rapport stops"):
        Read(bomb)
    small = Opened(io.BytesIO(packed(jsonl(POSTS) * 5000)), allowance=Allowance(most=1_000_000))
    with pytest.raises(ChannelError, match="more than 1,000,000 bytes"):
        list(small.chunks())


@pytest.mark.slow
def test_a_file_that_swells_honestly_is_read() -> None:
    """Repetitive posts pack thirtyfold; that is no bomb."""
    rows = (f'{{"id": "{place}", "text": "the same words again and again"}}\n'.encode() for place in range(100_000))
    assert (
        sum(len(batch.items) for batch in FilesChannel().read(io.BytesIO(gzip.compress(b"".join(rows))), {})) == 100_000
    )


def test_progress_counts_the_bytes_of_the_file_as_it_lies() -> None:
    rows = [post | {"id": str(place)} for place in range(1000) for post in POSTS]
    body = packed(jsonl(rows))
    reading = FilesChannel().read(io.BytesIO(body), {})
    seen = []
    for batch in reading:
        assert len(batch.items) <= 500
        assert batch.cursor == reading.position.cursor
        seen.append(reading.position.consumed)
    assert seen == sorted(seen)
    assert seen[-1] == len(body)
    assert reading.position.pieces == 3000


@pytest.mark.slow
@pytest.mark.parametrize("shape", ["jsonl", "csv", "mbox"])
def test_a_reading_goes_on_where_it_stopped(shape: str) -> None:
    if shape == "jsonl":
        body = jsonl({"id": str(place), "text": f"post number {place}"} for place in range(1700)) + b"broken\n"
    elif shape == "csv":
        body = b"id,text\n" + b"".join(b'%d,"post\nnumber %d"\n' % (place, place) for place in range(1700))
    else:
        body = b"".join(
            b"From x\nFrom: a@example.org\nMessage-ID: <%d@x>\nSubject: s\n\nmail %d\n\n" % (place, place)
            for place in range(1700)
        )
    whole = Read(body)
    for stop in range(1, len(whole.batches) + 1):
        rest = Read(body, cursor=whole.batches[stop - 1].cursor)
        assert rest.items == [item for batch in whole.batches[stop:] for item in batch.items]
        assert rest.unreadable == [one for batch in whole.batches[stop:] for one in batch.unreadable]


@pytest.mark.parametrize("cursor", ["x", "1", "1:", "-1:2", "9" * 50 + ":1", "1:2:3"])
def test_a_cursor_that_is_none_of_ours_is_refused(cursor: str) -> None:
    with pytest.raises(ChannelError, match="start it again"):
        Read(jsonl(POSTS), cursor=cursor)


@pytest.mark.slow
@given(st.binary(max_size=300) | st.lists(st.binary(max_size=60), max_size=6).map(b"\n".join))
@settings(deadline=None)
def test_any_bytes_are_read_or_refused_with_a_sentence(body: bytes) -> None:
    for form in ("", "jsonl", "csv", "mbox", "eml"):
        every_piece_is_accounted_for(body, {"form": form} if form else {})
        every_piece_is_accounted_for(packed(body), {"form": form} if form else {})


ROWS = st.dictionaries(
    st.sampled_from(["id", "text", "author", "created", "in_reply_to", "user", "url", "ours"]),
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text(), max_size=2),
    max_size=6,
)


@pytest.mark.slow
@given(st.lists(ROWS, max_size=8))
@settings(deadline=None)
def test_any_rows_are_read_or_refused_with_a_sentence(rows: list[dict[str, Any]]) -> None:
    chosen = {
        "form": "jsonl",
        "map": "text=text,author=author,said_at=created,id=id,reply_to=in_reply_to,url=url,ours=ours",
    }
    every_piece_is_accounted_for(jsonl(row | {key: row.get(key) for key in ("text", "id")} for row in rows), chosen)


def every_piece_is_accounted_for(body: bytes, chosen: dict[str, str]) -> None:
    try:
        read = Read(body, chosen)
    except ChannelError as error:
        assert error.message.endswith((".", "…"))
        return
    for item in read.items:
        assert item.envelope.text
        assert item.envelope.external_id
        assert "\x00" not in repr(item.envelope)
    assert all(one.reason.endswith(".") and one.position for one in read.unreadable)
    assert read.reading.position.pieces == len(read.items) + len(read.unreadable)
