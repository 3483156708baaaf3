"""A sentence encoder of a few hundred bytes: each word has a vector, written by hand in ONNX's own form (protobuf)."""

from __future__ import annotations

import struct
from pathlib import Path

VECTORS = {
    "[UNK]": (0.0, 0.0, 0.1),
    "parcel": (1.0, 0.0, 0.0), "package": (1.0, 0.1, 0.0), "crate": (0.9, 0.0, 0.1), "order": (1.0, 0.05, 0.05),
    "sun": (0.0, 1.0, 0.0), "rain": (0.1, 1.0, 0.0), "snow": (0.0, 0.9, 0.1), "storm": (0.05, 1.0, 0.05),
}  # fmt: skip
FLOAT, INT64 = 1, 7


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes([*out, value])


def number(field: int, value: int) -> bytes:
    return varint(field << 3) + varint(value)


def part(field: int, value: bytes | str) -> bytes:
    raw = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(raw)) + raw


def tensor(name: str, kind: int) -> bytes:
    """A ValueInfoProto of two or three open dimensions."""
    dims = ("batch", "tokens") if kind == INT64 else ("batch", "tokens", "size")
    shape = b"".join(part(1, part(2, dim)) for dim in dims)
    return part(1, name) + part(2, part(1, number(1, kind) + part(2, shape)))


def model(*, takes: str = "input_ids") -> bytes:
    """Gather(vectors, input_ids): a ModelProto."""
    raw = b"".join(struct.pack("<3f", *vector) for vector in VECTORS.values())
    vectors = number(1, len(VECTORS)) + number(1, 3) + number(2, FLOAT) + part(8, "vectors") + part(9, raw)
    node = part(1, "vectors") + part(1, takes) + part(2, "out") + part(4, "Gather")
    graph = part(1, node) + part(2, "tiny") + part(5, vectors) + part(11, tensor(takes, INT64))
    graph += part(12, tensor("out", FLOAT))
    return number(1, 8) + part(7, graph) + part(8, number(2, 13))


def write(folder: Path, *, takes: str = "input_ids") -> Path:
    """An encoder's folder as most are published."""
    from tokenizers import Tokenizer
    from tokenizers.models import WordLevel
    from tokenizers.normalizers import Lowercase
    from tokenizers.pre_tokenizers import Whitespace

    tokenizer = Tokenizer(WordLevel({word: at for at, word in enumerate(VECTORS)}, unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = Lowercase(), Whitespace()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "model.onnx").write_bytes(model(takes=takes))
    return folder
