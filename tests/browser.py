"""A client that behaves as a browser does: fetches the page, sends its token back, follows nothing by itself."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from flask import Flask, has_app_context
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def without_tokens(page: str) -> str:
    """Return a page without its CSRF tokens, which differ from second to second, so that two pages can be compared."""
    return re.sub(r'(name="csrf_token"[^>]*value|X-CSRFToken": )(=?)"[^"]+"', r"\1", page)


class Browser:
    """One person's browser. ``post`` fetches the CSRF token from a page first, as a person would."""

    def __init__(self, app: Flask, address: str = "192.0.2.10") -> None:
        """Open a browser at an address of its own."""
        self.app = app
        self.address = address
        self.client: FlaskClient = app.test_client()

    def get(self, path: str, **options: Any) -> TestResponse:
        """Open a page."""
        return self._open("GET", path, **options)

    def post(
        self, path: str, fields: Mapping[str, Any] | None = None, *, token_from: str | None = None
    ) -> TestResponse:
        """Send a form to ``path`` with the token of ``token_from`` (or of any page, if that has no form)."""
        token = self.token(token_from)
        return self._open("POST", path, data={"csrf_token": token, **(fields or {})})

    def token(self, path: str | None = None) -> str:
        """Return the CSRF token that a page of this browser's session carries."""
        page = self.get(path or "/logga-in")
        if page.status_code == 302:  # signed in already
            page = self.get("/konto")
        found = _TOKEN.search(page.text)
        assert found, "the page has no CSRF token"
        return unescape(found.group(1))

    def fields(self, page: str) -> list[tuple[str, str]]:
        """Return the hidden fields of a page, as a browser would send them back."""
        found = re.findall(r'<input type="hidden" name="([^"]+)"[^>]*?value="([^"]*)"', page)
        return [(name, unescape(value)) for name, value in found]

    def cookie(self, name: str) -> str | None:
        """Return the value of a cookie."""
        found = self.client.get_cookie(name)
        return found.value if found else None

    def _open(self, method: str, path: str, **options: Any) -> TestResponse:
        assert not has_app_context(), "an application context is open: requests would share their user"
        return self.client.open(path, method=method, environ_base={"REMOTE_ADDR": self.address}, **options)
