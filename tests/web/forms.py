"""What a test reads out of a form that came back."""

import re


def seen_of(page: str) -> str:
    """Return the fingerprint of what a preview showed; nothing if there was none."""
    found = re.search(r'name="seen"[^>]*value="([0-9a-f]{64})"', page)
    return found.group(1) if found else ""
