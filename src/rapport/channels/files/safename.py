"""A stranger's file name, made fit to be shown and stored: never a path, never a control character."""

from __future__ import annotations

import re

LONGEST = 120
FORBIDDEN = re.compile(r'[\x00-\x1f\x7f-\x9f"*:<>?|‪-‮⁦-⁩\ud800-\udfff]')


def safe_name(name: str) -> str:
    """The last part of ``name``, without path, controls, direction overrides or leading dots; ``file`` if none is left.

    A name that is too long keeps its ending, which says what the file is.
    """
    last = re.split(r"[/\\]", name)[-1]
    kept = " ".join(FORBIDDEN.sub("", last).split()).lstrip(". ") or "file"
    return kept if len(kept) <= LONGEST else f"{kept[: LONGEST - 21]}…{kept[-20:]}"
