"""Checks that every text on screen has its English: nothing missing, nothing left over, placeholders the same.

The texts are gathered anew from templates and code and compared with the catalogue. ``--update`` brings the catalogue
up to date first and leaves what is new with an empty translation; ``--compile`` makes the file that the pages read.
"""

import argparse
import re
import string
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parent.parent
CATALOGUE = ROOT / "coordination" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
SOURCES = ("coordination", "policies", "templates")
METHODS = [("**.py", "python"), ("**.html", "jinja2"), ("**.txt", "jinja2")]
KEYWORDS: dict[str, tuple[int, ...] | None] = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "_l": None,
    "N_": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
}
_PERCENT = re.compile(r"%(?:\((\w+)\))?[#0\- +]?\d*(?:\.\d+)?([diouxXeEfFgGcrsa])")


def gathered() -> Catalog:
    """Return the texts that stand in the source now."""
    catalogue = Catalog()
    for folder in SOURCES:
        found = extract_from_dir(ROOT / folder, METHODS, keywords=KEYWORDS)
        for file, line, text, comments, context in found:
            catalogue.add(text, locations=[(f"{folder}/{file}", line)], auto_comments=comments, context=context)
    return catalogue


def faults(source: Catalog, translated: Catalog) -> Iterator[str]:
    """Name each text whose English is missing, unsure, left over or has other placeholders than the Swedish."""
    for message in source:
        if not message.id:
            continue
        english = translated.get(message.id, message.context)
        if english is None or not all(_texts(english.string)):
            yield f"missing: {message.id!r} ({_place(message)})"
        elif english.fuzzy:
            yield f"fuzzy: {message.id!r}"
        elif not _same_placeholders(english):
            yield f"placeholders differ: {message.id!r} -> {english.string!r}"
    leftovers = [message for message in translated if source.get(message.id, message.context) is None]
    for message in (*leftovers, *translated.obsolete.values()):
        if message.id:
            yield f"no longer in the source: {message.id!r}"


def _texts(text: str | Iterable[str] | None) -> list[str]:
    return [text or ""] if isinstance(text, str) or text is None else list(text)


def _place(message: Message) -> str:
    return ", ".join(f"{file}:{line}" for file, line in message.locations[:2])


def _placeholders(text: str) -> frozenset[str]:
    percent = {found.group(0) for found in _PERCENT.finditer(text.replace("%%", ""))}
    return frozenset(
        percent | {field for _, field, _, _ in string.Formatter().parse(text) if field and "%" not in field}
    )


def _same_placeholders(message: Message) -> bool:
    allowed = {_placeholders(text) for text in _texts(message.id)}
    return all(_placeholders(text) in allowed for text in _texts(message.string))


def _read() -> Catalog:
    if not CATALOGUE.exists():
        return Catalog(locale="en")
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en")


def main() -> int:
    """Return 0 if the catalogue is whole, otherwise 1 after naming what is not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--update", action="store_true", help="bring the catalogue up to date with the source")
    parser.add_argument("--compile", action="store_true", help="make messages.mo and do nothing else")
    options = parser.parse_args()
    translated = _read()
    if options.compile:
        with CATALOGUE.with_suffix(".mo").open("wb") as file:
            write_mo(file, translated)
        return 0

    source = gathered()
    if options.update:
        translated.update(source, no_fuzzy_matching=True)
        translated.obsolete.clear()
        CATALOGUE.parent.mkdir(parents=True, exist_ok=True)
        with CATALOGUE.open("wb") as file:
            write_po(file, translated, width=120, sort_output=True, omit_header=False, include_lineno=False)
    found = list(faults(source, translated))
    print(*found, sep="\n", end="\n" if found else "")
    print(f"translations: {len(source)} texts, {len(found)} faults")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
