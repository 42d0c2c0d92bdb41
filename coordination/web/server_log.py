"""What the web server itself writes: no one-time link, and no word of what was being handled, whoever turns its logs on."""

import sys
from typing import Any

from gunicorn.glogging import Logger

from coordination.web.faults import told

ONE_TIME = "/inbjudan/"
"""What comes after it in an address opens an account, until it has been used."""


class ServerLog(Logger):
    """Gunicorn's log without the secret part of addresses and without the messages of errors."""

    def atoms(self, resp: Any, req: Any, environ: dict[str, Any], request_time: Any) -> dict[str, Any]:
        """Return what a line about a request may be made of, with a one-time link cut off before its secret part."""
        atoms: dict[str, Any] = super().atoms(resp, req, environ, request_time)
        atoms["U"] = ONE_TIME if str(atoms["U"]).startswith(ONE_TIME) else atoms["U"]
        return atoms

    def exception(self, msg: object, *_address: object, **_options: object) -> None:
        """Write a fault that no page could tell, such as one in the middle of a file being sent, as its kind and place."""
        error, about = sys.exc_info()[1], msg.partition("%")[0].strip() if isinstance(msg, str) else "Fault"
        self.error_log.error("%s\n%s", about, told(error) if error else "")
