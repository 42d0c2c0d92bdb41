"""A PDF is made of plain words: what somebody typed stays text, and nothing outside is ever asked for."""

from dataclasses import replace

import pytest
from weasyprint.urls import FatalURLFetchingError

from coordination.reports.pdf import as_html, as_pdf, pdf_of
from coordination.reports.tables import Report, as_csv

REPORT = Report(
    title="Utlämnat, Socialtjänsten",
    lines=["Alla dagar."],
    columns=["Ärende", "Till"],
    rows=[["SIG 2026-0001", "Polisen"]],
    secrecy="Sekretess, 26 kap. 1 § OSL",
    made="Hämtad 2026-11-22 av Karin Ek.",
    empty="Inga rader.",
    language="sv",
)


def test_the_page_says_what_it_is_and_what_protects_it() -> None:
    page = as_html(REPORT)

    for words in (REPORT.title, REPORT.secrecy, REPORT.made, "SIG 2026-0001", '<html lang="sv">'):
        assert words in page


def test_typed_words_are_no_markup_and_no_template() -> None:
    page = as_html(replace(REPORT, rows=[["<img src=x>{{ report }}", "</style>"]]))

    assert "<img" not in page
    assert "&lt;img src=x&gt;{{ report }}" in page


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1/x.png", "https://example.se/x.png", "file:///etc/passwd", "data:text/plain,x", "typeface:x"],
)
def test_a_page_that_asks_for_something_is_refused(address: str) -> None:
    with pytest.raises(FatalURLFetchingError):
        pdf_of(f'<html lang="sv"><title>x</title><img alt="" src="{address}">')


def test_a_report_without_rows_is_a_pdf_too() -> None:
    assert as_pdf(replace(REPORT, rows=[])).startswith(b"%PDF")
    assert as_csv(replace(REPORT, rows=[])).decode("utf-8-sig") == '"Ärende";"Till"\r\n'
