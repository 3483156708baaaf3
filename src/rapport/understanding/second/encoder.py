"""A sentence encoder from a folder: ``model.onnx`` and ``tokenizer.json``, as most are published. Nothing is downloaded.

Needs the extra ``second-look`` (onnxruntime, tokenizers), which is imported when an encoder is loaded and not before.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
TOKENS: Final = 128
_AT_ONCE: Final = 32


class Unusable(Exception):
    """There is no usable encoder; ``str()`` is a sentence that says why."""


class Encoder:
    """Sentences as vectors of length one: the mean of the last layer over the real tokens, or what the model pools."""

    def __init__(self, session: Any, tokenizer: Any) -> None:
        self._session, self._tokenizer = session, tokenizer
        self._inputs = {one.name for one in session.get_inputs()}

    @classmethod
    def load(cls, folder: Path) -> Encoder:
        """Raises Unusable."""
        for name in ("model.onnx", "tokenizer.json"):
            if not (folder / name).is_file():
                raise Unusable(f"The encoder's folder {folder} holds no {name}.")
        try:
            import onnxruntime
            from tokenizers import Tokenizer
        except ImportError as error:
            raise Unusable("The extra second-look is not installed: pip install 'rapport-crm[second-look]'.") from error
        try:
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            session = onnxruntime.InferenceSession(
                str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
            tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        except Exception as error:
            raise Unusable(f"The encoder in {folder} cannot be read: {str(error)[:200]}") from error
        tokenizer.enable_truncation(TOKENS)
        tokenizer.enable_padding()
        made = cls(session, tokenizer)
        if "input_ids" not in made._inputs:
            raise Unusable(f"The model in {folder} takes no input_ids: it is no sentence encoder.")
        return made

    def embed(self, texts: Sequence[str]) -> Floats:
        """(texts, size): one vector of length one for each. Raises Unusable where the model fails."""
        parts = [self._some(texts[at : at + _AT_ONCE]) for at in range(0, len(texts), _AT_ONCE)]
        return np.concatenate(parts) if parts else np.zeros((0, 1), dtype=np.float32)

    def _some(self, texts: Sequence[str]) -> Floats:
        found = self._tokenizer.encode_batch([text[:2_000] or " " for text in texts])
        ids = np.array([one.ids for one in found], dtype=np.int64)
        mask = np.array([one.attention_mask for one in found], dtype=np.int64)
        given = {"input_ids": ids, "attention_mask": mask, "token_type_ids": np.zeros_like(ids)}
        try:
            said = self._session.run(None, {name: given[name] for name in self._inputs})[0]
        except Exception as error:
            raise Unusable(f"The encoder failed: {str(error)[:200]}") from error
        vectors = np.asarray(said, dtype=np.float32)
        if vectors.ndim == 3:
            weights = mask[:, :, None].astype(np.float32)
            vectors = (vectors * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1.0)
        length = np.sqrt((vectors * vectors).sum(axis=1, keepdims=True))
        return np.asarray(vectors / np.maximum(length, 1e-9), dtype=np.float32)
