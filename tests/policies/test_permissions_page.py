"""The page that lawyers read is the table that decides."""

from tools.write_permissions_page import PAGE, page


def test_the_permissions_page_is_in_step_with_the_tables() -> None:
    written = PAGE.read_text(encoding="utf-8")

    assert written == page(), "run: python tools/write_permissions_page.py"
