"""The languages of the screens, each by its own name. A catalogue for each lies in ``rapport/locale``."""

from __future__ import annotations

LANGUAGES = [("en", "English"), ("de", "Deutsch")]
