"""Whether a page is sound: axe without violations in light and dark, wide and narrow; one heading, a neutral title, no sideways scroll."""

from functools import cache
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
WIDE, NARROW, NARROWEST = 1440, 390, 320
HEIGHT = 900

RUN = """
async ([only, around]) => {
  const absent = Object.fromEntries(["bypass", "landmark-one-main", "page-has-heading-one"].map((rule) => [rule, { enabled: !around }]));
  const where = around ? { exclude: [["main"]] } : document;
  const found = await axe.run(where, { runOnly: only, rules: absent, resultTypes: ["violations"], elementRef: false });
  return found.violations.flatMap((rule) => rule.nodes.map((node) => `${rule.id}: ${node.target.join(" ")} (${node.failureSummary})`));
}
"""
ALL = {"type": "tag", "values": RULES}
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
"""The rules whose answer may differ between light and dark."""

SHAPES = """
() => {
  const said = new Set(["action", "content", "datetime", "href", "nonce", "src", "value"]);
  const mark = ({ name, value }) => said.has(name) || name.startsWith("hx-") ? name : `${name}=${value.replace(/[0-9a-f-]{8,}/g, "#")}`;
  const texts = (node) => [...node.childNodes].filter((child) => child.nodeType === 3 && child.data.trim()).length;
  const shape = (node) => `${node.localName}[${[...node.attributes].map(mark).sort()}]${texts(node)}(${[...node.children].map(shape)})`;
  const around = document.documentElement.cloneNode(true);
  around.querySelector("main")?.replaceChildren();
  return [...document.querySelectorAll("main")].map(shape).concat(shape(around));
}
"""
"""The elements and attributes of the page's content and of what stands around it, without what they say."""

_sound: set[str] = set()
"""Shapes that axe found nothing wrong with. What is of the same shape under the same style sheets is not asked about again."""

SIDEWAYS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@cache
def axe() -> str:
    """Return axe-core, which the project's npm lock file names."""
    assert AXE.is_file(), f"{AXE} is missing: run npm ci"
    return AXE.read_text(encoding="utf-8")


def faults(page: Page, personal: tuple[str, ...] = ()) -> list[str]:
    """Return everything that is wrong with the page the browser shows; ``personal`` are words that no title may hold."""
    found = _of_the_head(page, personal)
    shapes: list[str] = page.evaluate(SHAPES)
    if not _sound.issuperset(shapes):
        violations = _violations(page, around=_sound.issuperset(shapes[:-1]))
        found += violations
        _sound.update([] if violations else shapes)
    found += _beyond(page)
    page.set_viewport_size({"width": WIDE, "height": HEIGHT})
    page.emulate_media(color_scheme="light")
    return found


def _violations(page: Page, *, around: bool) -> list[str]:
    """Ask axe about the page, or only about what stands ``around`` its content."""
    found: list[str] = []
    page.evaluate(axe())
    for width in (WIDE, NARROW):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for scheme, rules in (("light", ALL), ("dark", COLOURS)):
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # one of the literals it asks for
            found += [f"{width} {scheme}: {fault}" for fault in page.evaluate(RUN, [rules, around])]
    return found


def _beyond(page: Page) -> list[str]:
    found = []
    for width in (NARROW, NARROWEST):
        page.set_viewport_size({"width": width, "height": HEIGHT})
        if (beyond := page.evaluate(SIDEWAYS)) > 0:
            found.append(f"{width}: scrolls {beyond} pixels sideways")
    return found


def _of_the_head(page: Page, personal: tuple[str, ...]) -> list[str]:
    title, headings = page.title(), page.locator("h1").count()
    found = [f"the title holds {word}" for word in personal if word in title]
    if headings != 1:
        found.append(f"{headings} headings of the first level")
    if not title.endswith(" – Samverkan") or len(title) <= len(" – Samverkan"):
        found.append(f"the title is {title!r}")
    return found
