"""What the style sheets name is there once the front-end files have been fetched, and each font is asked only for letters it has."""

import json
import re
from pathlib import Path

import pytest

from tools import vendor_assets

CSS = vendor_assets.ROOT / "coordination" / "static" / "css"
SHEETS = sorted(CSS.glob("*.css"))
FACE = re.compile(r"@font-face \{(.*?)\}", re.DOTALL)
RANGES = json.loads((vendor_assets.SOURCE / "@fontsource-variable/inter/unicode.json").read_text(encoding="utf-8"))


def _addresses(text: str) -> list[str]:
    return [found.strip("\"'") for found in re.findall(r"url\(([^)]+)\)", text)]


def _letters(ranges: str) -> set[int]:
    """Return the code points that a unicode-range names."""
    ends = [(one.strip().removeprefix("U+").split("-") * 2)[:2] for one in ranges.split(",")]
    return {point for first, last in ends for point in range(int(first, 16), int(last, 16) + 1)}


def _subset(address: str) -> str:
    """Return which letters the file holds, by the name it has where it comes from."""
    found = re.search(r"inter-(.+)-wght", vendor_assets.FILES[Path(address).name])
    assert found, address
    return found[1]


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_every_file_that_a_style_sheet_names_exists(sheet: Path) -> None:
    named = _addresses(sheet.read_text(encoding="utf-8"))

    assert [address for address in named if not (sheet.parent / address).is_file()] == []


def test_each_font_is_asked_for_letters_it_has_and_none_is_left_out() -> None:
    faces = FACE.findall((CSS / "base.css").read_text(encoding="utf-8"))
    covered: dict[str, set[int] | None] = {}
    for face in faces:
        (address,) = _addresses(face)
        asked = re.search(r"unicode-range: ([^;]+);", face)
        covered[_subset(address)] = _letters(asked[1]) if asked else None

    assert covered == {"latin": None, "latin-ext": _letters(RANGES["latin-ext"])}


def test_what_the_pages_load_is_what_is_copied() -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in (vendor_assets.ROOT / "templates").rglob("*.html"))
    loaded = set(re.findall(r"filename='vendor/([^']+)'", pages))

    assert loaded <= set(vendor_assets.FILES)
    assert [name for name in vendor_assets.FILES if not (vendor_assets.TARGET / name).is_file()] == []
