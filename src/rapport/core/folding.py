"""One folding of text for search, the same in both engines: case, accents, punctuation; CJK apart, sign by sign.

PostgreSQL has it as SQL (``POSTGRESQL_FOLD``, an immutable function made by the first migration); SQLite calls
:func:`fold`. One table of (text, query, hit?) in the tests holds the two together.
"""

from __future__ import annotations

import re
import unicodedata

_MARKS = re.compile("[\u0300-\u036f]")
_CJK = re.compile("([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af])")
_BREAKS = re.compile(r"[\x00-\x2f:-@\[-`{-\xbf\u2000-\u206f\u3000-\u303f\ufe00-\ufe0f\uff00-\uff0f]+")


def fold(text: str | None) -> str:
    """Words separated by single spaces: lower case, no accents, no punctuation (``@ # . / : ' -`` are spaces)."""
    if not text:
        return ""
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", text.lower()))
    return _BREAKS.sub(" ", _CJK.sub(r" \1 ", unicodedata.normalize("NFC", plain))).strip()


POSTGRESQL_FOLD = r"""
CREATE OR REPLACE FUNCTION rapport_fold(words text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT btrim(regexp_replace(regexp_replace(
    normalize(regexp_replace(normalize(lower(coalesce(words, '')), NFKD), '[\u0300-\u036f]', '', 'g'), NFC),
    '([\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af])', ' \1 ', 'g'),
    '[\u0001-\u002f:-@\[-`{-\u00bf\u2000-\u206f\u3000-\u303f\ufe00-\ufe0f\uff00-\uff0f]+', ' ', 'g'))
$$
"""
