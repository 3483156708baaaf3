"""Bring every catalogue up to date with the sentences in the code, and compile it: ``python -m words.update``.

Catalogues carry no dates and no line numbers, so that they change only when a sentence does.
"""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
LOCALES = ROOT / "src" / "rapport" / "locale"


def collected() -> Catalog:
    """Every sentence of the product, sorted, without places."""
    with (ROOT / "words" / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = Catalog(project="Rapport", fuzzy=False)
    for _file, _line, message, comments, context in extract_from_dir(ROOT / "src", methods, options):
        flags = ["python-format"] if "%(" in str(message) else []
        found.add(message, flags=flags, auto_comments=comments, context=context)
    return found


def updated(path: Path, found: Catalog) -> Catalog:
    """The catalogue at ``path`` with what is new in it, and without what is gone."""
    with path.open("rb") as file:
        catalog = read_po(file, locale=path.parent.parent.name)
    catalog.update(found, no_fuzzy_matching=True, update_header_comment=False)
    catalog.obsolete.clear()
    return catalog


def as_po(catalog: Catalog) -> bytes:
    into = io.BytesIO()
    write_po(into, catalog, width=120, omit_header=False, sort_output=True, no_location=True, ignore_obsolete=True)
    lines = into.getvalue().decode().split("\n")
    kept = [line for line in lines if not line.startswith(('"POT-Creation-Date', '"PO-Revision-Date', '"Generated-By', "#"))
            or line.startswith(("#,", "# "))]  # fmt: skip
    return "\n".join(kept).encode()


def as_mo(catalog: Catalog) -> bytes:
    into = io.BytesIO()
    plain = read_po(io.BytesIO(as_po(catalog)), locale=str(catalog.locale))
    plain.creation_date = plain.revision_date = datetime(2026, 1, 1, tzinfo=UTC)  # not the moment of this run
    write_mo(into, plain)
    return into.getvalue()


def main() -> None:
    found = collected()
    print(f"{len(found)} sentences")
    for folder in sorted(LOCALES.glob("*/LC_MESSAGES")):
        path = folder / "django.po"
        if not path.exists():
            path.write_bytes(as_po(Catalog(locale=folder.parent.name, project="Rapport", fuzzy=False)))
        catalog = updated(path, found)
        path.write_bytes(as_po(catalog))
        path.with_suffix(".mo").write_bytes(as_mo(catalog))
        lacking = [one for one in catalog if one.id and not (all(one.string) if one.pluralizable else one.string)]
        print(f"{folder.parent.name}: {len(lacking)} to translate")


if __name__ == "__main__":
    sys.exit(main())
