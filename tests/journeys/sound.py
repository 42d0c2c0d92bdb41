"""Whether a page is sound: axe without violations in light and dark, wide and narrow; one heading, a neutral title, no sideways scroll."""

from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, NARROW, NARROWEST = 1440, 390, 320
HEIGHT = 900

RUN = """
async (only) => {
  const found = await axe.run(document, { runOnly: only, resultTypes: ["violations"], elementRef: false });
  return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")} (${node.failureSummary})`));
}
"""
ALL = {"type": "tag", "values": RULES}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""The rules whose answer may differ between light and dark."""

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@cache
def axe() -> str:
    """Return axe-core, which the project's npm lock file names."""
    assert AXE.is_file(), f"{AXE} is missing: run npm ci"
    return AXE.read_text(encoding="utf-8")


def faults(page: Page, personal: tuple[str, ...] = ()) -> list[str]:
    """Return everything that is wrong with the page the browser shows; ``personal`` are words that no title may hold."""
    found = _of_the_head(page, personal)
    page.evaluate(axe())
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for scheme, rules in (("light", ALL), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the literals it asks for
            found += [f"{width} {scheme}: {fault}" for fault in _violations(page, rules)]
    for width in (NARROW, NARROWEST):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if (beyond := page.evaluate(SIDEWAYS)) > 0:
            found.append(f"{width}: scrolls {beyond} pixels sideways")
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    page.emulate_media(color_scheme="light")
    return found


def _violations(page: Page, rules: dict[str, Any]) -> list[str]:
    violations: list[str] = page.evaluate(RUN, rules)
    return violations


def _of_the_head(page: Page, personal: tuple[str, ...]) -> list[str]:
    title, headings = page.title(), page.locator("h1").count()
    found = [f"the title holds {word}" for word in personal if word in title]
    if headings != 1:
        found.append(f"{headings} headings of the first level")
    if not title.endswith(" – Samverkan") or len(title) <= len(" – Samverkan"):
        found.append(f"the title is {title!r}")
    return found
