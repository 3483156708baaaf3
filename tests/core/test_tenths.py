"""Numbers as the reader's country writes them."""

from __future__ import annotations

from django.utils.translation import override

from rapport.core.saying import grouped, tenths


def test_a_decimal_is_written_as_the_reader_writes_it() -> None:
    assert (tenths(0), tenths(12.34), grouped(12_345)) == ("0.0", "12.3", "12,345")
    with override("de"):
        assert (tenths(0), tenths(12.34), grouped(12_345)) == ("0,0", "12,3", "12.345")
