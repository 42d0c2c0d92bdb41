"""Accessible PDFs (PDF/UA-1) from plain values. Nothing is fetched: no network, no file but the typeface and the template.

The only importer of WeasyPrint, and only when there is a PDF to make: it takes seconds to load, and needs Pango in the system.
"""

from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import FileSystemLoader, StrictUndefined
from jinja2.sandbox import SandboxedEnvironment

from coordination.reports.plans import PlanPaper
from coordination.reports.tables import Report

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "templates" / "reports"
TYPEFACES = {
    f"typeface:{name}": ROOT / "coordination" / "static" / "vendor" / f"{name}.woff2" for name in ("inter", "inter-ext")
}


def as_pdf(report: Report) -> bytes:
    """Return the table as a PDF that a screen reader can read."""
    return pdf_of(as_html(report))


def plan_as_pdf(paper: PlanPaper) -> bytes:
    """Return a plan as a PDF that a screen reader can read, and a young person too."""
    return pdf_of(_templates().get_template("plan.html").render(paper=paper))


def as_html(report: Report) -> str:
    """Return the page that the PDF is made of. Sandboxed, because some of the words in it were typed by somebody."""
    return page_of("table.html", report=report)


def page_of(template: str, **words: object) -> str:
    """Return a page of one of the templates, in a sandbox and with everything in it escaped."""
    return _templates().get_template(template).render(**words)


def pdf_of(page: str) -> bytes:
    """Return a page as a PDF. Raises FatalURLFetchingError if it asks for anything but the typeface."""
    from weasyprint import HTML  # noqa: PLC0415 - see the top of the file

    made: bytes = HTML(string=page, url_fetcher=_fetch).write_pdf(pdf_variant="pdf/ua-1", pdf_tags=True)
    return made


def _fetch(url: str) -> Any:
    """Return the typeface, and nothing else in the world: anything else refuses the whole PDF."""
    from weasyprint.urls import FatalURLFetchingError, URLFetcherResponse  # noqa: PLC0415 - see the top of the file

    if url not in TYPEFACES:
        raise FatalURLFetchingError("not the typeface")
    return URLFetcherResponse(url, TYPEFACES[url].read_bytes(), {"Content-Type": "font/woff2"})


@cache
def _templates() -> SandboxedEnvironment:
    return SandboxedEnvironment(loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined)
