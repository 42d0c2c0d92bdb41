"""A table that leaves the service: words only, no row of the database in it. As CSV here, as PDF in ``pdf``."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel takes UTF-8 for something else, and å, ä and ö are lost."""

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%")
"""What begins a formula (OWASP, CSV injection): a cell that begins so is text, and must stay text, also behind spaces."""


@dataclass(frozen=True, slots=True)
class Report:
    """A table with what it is about. ``secrecy`` says what protects it where it is kept; ``made`` when and by whom it was made."""

    title: str
    lines: Sequence[str]
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    secrecy: str
    made: str
    empty: str
    language: str


def as_csv(report: Report) -> bytes:
    """Return the table as a file that a Swedish Excel opens as it is: semicolons, a byte order mark, and no formulas."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([_cell(column) for column in report.columns])
    writer.writerows([_cell(value) for value in row] for row in report.rows)
    return (BYTE_ORDER_MARK + out.getvalue()).encode()


def _cell(value: str) -> str:
    """Return a cell that no spreadsheet takes for a formula."""
    text = " ".join(value.splitlines())
    return f"'{text}" if value.startswith(DANGEROUS) or text.lstrip().startswith(DANGEROUS) else text
