"""How long a text is on a Mastodon server: graphemes, where an address counts as 23 and a handle without its server. Pure.

After StatusLengthValidator: https://github.com/mastodon/mastodon/blob/main/app/validators/status_length_validator.rb
"""

from __future__ import annotations

import re

from rapport.channels import graphemes

ADDRESS = re.compile(r"(?<![\w@#/.])https?://[^\s<>\"]+", re.IGNORECASE)
HANDLE = re.compile(r"(?<![=/\w])@([A-Za-z0-9_]+(?:[A-Za-z0-9_.-]+[A-Za-z0-9_]+)?)(?:@[\w.:-]*\w)")
ENDS = ".,!?;:'\"…)]}»”’"
"""What stands after an address and does not belong to it."""


def length(text: str, address: int, warning: str = "") -> int:
    """Graphemes of ``text`` and its content warning together; ``address`` is what the server reserves for each link."""

    def reserved(found: re.Match[str]) -> str:
        link = found[0].rstrip(ENDS)
        return "x" * address + found[0][len(link) :]

    return graphemes.count(warning) + graphemes.count(HANDLE.sub(r"@\1", ADDRESS.sub(reserved, text)))
