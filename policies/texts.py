"""Marks the texts of the rules that pages translate, so that the catalogue gathers them where they are written."""


def N_(text: str) -> str:  # noqa: N802 - the name that gettext's own documentation gives to a marker
    """Return the text as it is; the page that shows it asks the catalogue for the reader's language."""
    return text
