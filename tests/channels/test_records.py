"""Objects cut out of long documents: whatever the chunks, whatever stands in the strings, in flat memory."""

from __future__ import annotations

import json
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.channels.base import ChannelError
from rapport.channels.files.records import Record, records

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
OBJECT = st.dictionaries(st.text(max_size=6), JSON, max_size=4)


def cut(body: bytes, lists: tuple[str, ...] = (), size: int = 7) -> list[Record]:
    return list(records((body[at : at + size] for at in range(0, len(body), size)), lists))


@pytest.mark.slow
@given(st.lists(OBJECT, max_size=5), st.integers(1, 40), st.sampled_from(["list", "wrapped", "deeper", "lines", "js"]))
def test_every_object_comes_out_as_it_went_in(rows: list[dict[str, object]], size: int, shape: str) -> None:
    text = json.dumps(rows)
    body = {
        "list": text,
        "wrapped": f'{{"about": {{"rows": 1, "x": [{{"no": 1}}]}}, "rows": {text}, "end": [{{"no": 2}}]}}',
        "deeper": f'{{"data": {{"meta": {{}}, "rows": {text}}}}}',
        "lines": "\n".join(json.dumps(row) for row in rows),
        "js": f"window.YTD.x.part0 = {text}",
    }[shape]
    found = cut(body.encode(), ("rows",), size)
    assert [json.loads(one.raw) for one in found] == rows
    assert {one.list for one in found} <= {"rows" if shape in {"wrapped", "deeper"} else ""}
    assert [one.number for one in found] == list(range(1, len(rows) + 1))


def test_two_lists_in_one_document() -> None:
    found = cut(b'{"users": [{"id": 1}], "count": 2, "tickets": [{"id": 2, "tags": [{"x": 1}]}]}', ("users", "tickets"))
    assert [(one.list, json.loads(one.raw)["id"]) for one in found] == [("users", 1), ("tickets", 2)]


def test_a_document_that_breaks_off_says_so() -> None:
    found = cut(b'[{"a": 1}, {"a": "never clo')
    assert [one.problem for one in found] == ["", "the document ends early: what comes after is missing"]
    assert found[1].raw == b'{"a": "never clo'


@given(st.binary(max_size=80), st.integers(1, 9))
def test_any_bytes_are_cut_without_harm(body: bytes, size: int) -> None:
    assert all(one.raw is not None for one in cut(body, ("a",), size))


def test_an_object_of_fifty_megabytes_is_said_and_not_held() -> None:
    def stream() -> Iterator[bytes]:
        yield b'[{"a": "'
        for _ in range(50):
            yield b"x\\\\\\n" * 200_000
        yield b'"}, {"a": 2}]'

    tracemalloc.start()
    found = list(records(stream()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [one.problem for one in found] == ["the object is larger than 16 MB", ""]
    assert peak < 48_000_000


def test_brackets_beyond_measure_are_refused() -> None:
    with pytest.raises(ChannelError, match="nested more than"):
        cut(b"[" * 5000)
