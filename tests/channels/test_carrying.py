"""What goes along: bounds told before anything is sent; pictures without their camera's words, and how large they are."""

from __future__ import annotations

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rapport.channels import dimensions
from rapport.channels.baring import bare
from rapport.channels.base import ChannelError, Takes
from rapport.channels.carrying import Piece, must_take, sized
from rapport.channels.sniffing import type_said

NETWORK = Takes(most=2, types=("image/png", "video/mp4"), bytes=4_000_000, picture_bytes=1_000_000, alt=10, mixed=False)
PNG = Piece("a.png", "image/png", 900_000)


@pytest.mark.parametrize(
    ("takes", "files", "why"),
    [
        (Takes(most=0), [PNG], "No files can go along"),
        (Takes(most=0, why_not="Not in private."), [PNG], "Not in private"),
        (NETWORK, [PNG] * 3, "At most 2 files"),
        (
            NETWORK,
            [PNG._replace(type="application/pdf", name="b.pdf")],
            "b.pdf cannot go along: here only PNG, MP4 can",
        ),
        (NETWORK, [PNG._replace(size=1_000_001)], "a.png is too large to go along: at most 1 MB fit"),
        (NETWORK, [PNG._replace(type="video/mp4", size=4_000_001)], "at most 4 MB fit"),
        (NETWORK, [PNG._replace(alt="x" * 11)], "said in 11 characters; at most 10 fit"),
        (NETWORK, [PNG, PNG._replace(type="video/mp4")], "one other file alone"),
        (Takes(most=9, total=1_500_000), [PNG] * 2, "Together the files may have 1.5 MB"),
    ],
)
def test_what_cannot_go_along_is_said_in_a_sentence(takes: Takes, files: list[Piece], why: str) -> None:
    with pytest.raises(ChannelError, match=why) as told:
        must_take(takes, files)
    assert told.value.permanent and told.value.message.endswith(".")


def test_what_fits_goes_and_nothing_always_does() -> None:
    must_take(Takes(most=0), [])
    must_take(NETWORK, [PNG, PNG._replace(alt="x" * 10)])
    must_take(NETWORK, [PNG._replace(type="video/mp4", size=4_000_000)])
    assert [sized(n) for n in (1_000_000, 976_562, 99_999, 16_777_216)] == ["1 MB", "0.9 MB", "99 kB", "16.7 MB"]


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def segment(mark: int, body: bytes) -> bytes:
    return b"\xff" + bytes([mark]) + struct.pack(">H", len(body) + 2) + body


def exif(order: str, up: int) -> bytes:
    """Where it was taken, and which way up it is."""
    head = (b"II\x2a\x00" if order == "<" else b"MM\x00\x2a") + struct.pack(f"{order}I", 8)
    entries = struct.pack(f"{order}HHIHH", 0x0112, 3, 1, up, 0) + struct.pack(f"{order}HHII", 0x8825, 4, 1, 38)
    return b"Exif\x00\x00" + head + struct.pack(f"{order}H", 2) + entries + b"\x00" * 4 + b"GPS 52.5200 N 13.4050 E"


FRAME = segment(0xC0, b"\x08" + struct.pack(">HH", 300, 400) + b"\x01\x01\x11\x00")
SCAN = segment(0xDA, b"\x01\x01\x00\x00\x3f\x00") + b"pixels\xff\x00\xff\xd9"
JFIF = segment(0xE0, b"JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x00\x00")
ICC = segment(0xE2, b"ICC_PROFILE\x00\x01\x01 colours")


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("up", [1, 6])
def test_a_photograph_loses_where_it_was_taken_and_keeps_which_way_up_it_is(order: str, up: int) -> None:
    told = segment(0xE1, exif(order, up)) + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\x00<x>Ann</x>")
    photo = b"\xff\xd8" + JFIF + told + segment(0xFE, b"by Ann") + ICC + FRAME + SCAN
    made = bare(photo)
    assert b"GPS" not in made and b"Ann" not in made
    assert made.startswith(b"\xff\xd8" + JFIF) and ICC in made and made.endswith(FRAME + SCAN)
    assert dimensions.of(photo) == dimensions.of(made) == ((400, 300) if up == 1 else (300, 400))
    assert bare(made) == made


def test_a_drawing_loses_its_remarks() -> None:
    begin = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", 640, 480, 8, 2, 0, 0, 0))
    end = chunk(b"IDAT", b"pixels") + chunk(b"IEND", b"")
    assert bare(begin + chunk(b"tEXt", b"Author\x00Ann") + chunk(b"eXIf", b"MM") + end) == begin + end
    assert dimensions.of(begin + end) == (640, 480)


def test_sizes_of_the_other_kinds() -> None:
    assert dimensions.of(b"GIF89a" + struct.pack("<HH", 20, 10)) == (20, 10)
    webp = b"RIFF\x00\x00\x00\x00WEBP"
    assert dimensions.of(webp + b"VP8X" + b"\x00" * 8 + (99).to_bytes(3, "little") + (49).to_bytes(3, "little")) == (
        100,
        50,
    )
    assert dimensions.of(webp + b"VP8L" + b"\x00" * 4 + b"\x2f" + (99 | 49 << 14).to_bytes(4, "little")) == (100, 50)
    assert dimensions.of(webp + b"VP8 " + b"\x00" * 10 + struct.pack("<HH", 100, 50)) == (100, 50)
    assert dimensions.of(b"%PDF-1.7") is None and dimensions.of(b"\xff\xd8\xff") is None


@given(
    st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF....WEBP", b"GIF89a"]), st.binary(max_size=200)
)
def test_any_bytes_are_bared_and_measured_without_a_fault(head: bytes, rest: bytes) -> None:
    made = bare(head + rest)
    assert made.startswith(head[:2]) and len(made) <= len(head + rest) + 40
    found = dimensions.of(head + rest)
    assert found is None or min(found) > 0


@pytest.mark.parametrize(
    ("name", "content", "type"),
    [
        ("a.txt", b"Hello", "text/plain"),
        ("a.html", b"<script>", "application/octet-stream"),
        ("a.txt", b"MZ\x00\x00", "application/octet-stream"),
        ("a.png", b"%PDF-1.7", "application/pdf"),
        ("offer.DOCX", b"PK\x03\x04...", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("offer.pdf", b"PK\x03\x04...", "application/zip"),
    ],
)
def test_what_a_file_of_ours_is(name: str, content: bytes, type: str) -> None:
    assert type_said(name, content) == type
