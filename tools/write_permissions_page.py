"""Writes docs/permissions.md from the tables that decide: who may do what, and what more must hold.

A test fails when the page and the tables differ. Run: ``python tools/write_permissions_page.py``.
"""

from pathlib import Path

from policies.access import PermissionRow, permission_rows
from policies.permissions import ROLE_NAMES, ROLE_SENTENCES, Role

PAGE = Path(__file__).resolve().parent.parent / "docs" / "permissions.md"

_OPENING = """# Behörigheter

Sidan skrivs av `tools/write_permissions_page.py` ur `policies/permissions.py` och `policies/access.py`, samma tabeller som
systemet frågar. Ändra där, inte här.

En roll öppnar ingenting ensam. Det som står under *Krävs också* ska stämma vid varje tillfälle; det första som inte
stämmer är skälet till ett nej, och skälet skrivs i åtkomstloggen. Det som inte står här får ingen göra.
"""


def page() -> str:
    """Answer the whole page as Markdown."""
    roles = "\n".join(f"| {ROLE_NAMES[role]} | {ROLE_SENTENCES[role]} |" for role in Role)
    permissions = "\n".join(_section(row) for row in permission_rows())
    return (
        f"{_OPENING}\n## Roller\n\n| Roll | Vad rollen är |\n|---|---|\n{roles}\n\n## Vad man kan göra\n\n{permissions}"
    )


def _section(row: PermissionRow) -> str:
    roles = "alla" if len(row.roles) == len(Role) else ", ".join(ROLE_NAMES[role] for role in row.roles)
    conditions = "\n".join(f"- {condition}" for condition in row.conditions) or "- Inget mer än att vara inloggad."
    return f"### {row.sentence}\n\n`{row.permission}`\n\n**Roller:** {roles}\n\n**Krävs också:**\n\n{conditions}\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
    print(f"wrote {PAGE.name}")
