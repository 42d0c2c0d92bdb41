"""What the regional coordinator does: reads an agency's log within an assignment, and proves that no line is missing."""

import subprocess
import sys
from pathlib import Path

from policies.permissions import AgencyKind, Role
from tests.journeys.screen import Person

VERIFIER = Path(__file__).resolve().parents[2] / "tools" / "verify_access_log.py"


class RegionalCoordinator(Person):
    """The one who reviews access logs."""

    kind = AgencyKind.REGION
    role = Role.REGIONAL_COORDINATOR

    def reviews(self, agency: str) -> None:
        """Open the log of an agency, from the list of one's assignments."""
        self.opens("/logg/")
        self.follows(agency)
        self.sees("Granska åtkomst")

    def looks_for(self, **filters: str) -> None:
        """Show only some lines: by what happened, by whom, by case."""
        for label, choice in filters.items():
            self.picks(label, choice)
        self.presses("Visa")

    def lines(self) -> list[str]:
        """Return the lines of the log, the newest first."""
        rows = self.page.get_by_role("table").locator("tbody tr").all_inner_texts()
        return [" ".join(row.split()) for row in rows]

    def downloads(self, folder: Path) -> Path:
        """Take the log home as a file."""
        with self.page.expect_download() as waiting:
            self.follows("Hämta som fil")
        file = folder / waiting.value.suggested_filename
        waiting.value.save_as(file)
        return file

    def verifies(self, file: Path) -> tuple[int, str]:
        """Run the verifier on a file, away from the service; return how it ended and the line it said."""
        done = subprocess.run([sys.executable, VERIFIER, file], capture_output=True, text=True, check=False)
        return done.returncode, (done.stdout + done.stderr).strip()
