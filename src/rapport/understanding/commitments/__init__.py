"""How people bind themselves in six languages, as patterns over one clause; ``promises.py`` says what follows of each.

Four ways: ``own`` (I will, we shall: binds by itself), ``now`` (the present tense of a deed: binds where a time stands
beside it), ``other`` (somebody or something of ours will, you will get: binds us, where a time stands beside it) and
``given`` (you promised, I was told you would: reminds of what the other side owes).
"""

from __future__ import annotations

from typing import Final

from rapport.understanding.commitments import de, en, es, fr, it, pt
from rapport.understanding.commitments.ways import Ways as Ways

WAYS: Final = {"en": en.WAYS, "de": de.WAYS, "fr": fr.WAYS, "es": es.WAYS, "it": it.WAYS, "pt": pt.WAYS}
