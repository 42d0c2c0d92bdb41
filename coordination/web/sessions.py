"""Sessions in the database behind Flask's ``session``, and who is acting, worked out anew at every request.

The cookie holds a random token and nothing else. A visitor who has not signed in costs no row: their CSRF token follows
from the cookie. Signing in, and every gain of rights, gives a new token, so a session cannot be fixed beforehand.
"""

import json
import re
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple, cast
from uuid import UUID

from flask import Flask, Request, Response, current_app, g, request, session
from flask.sessions import SessionInterface, SessionMixin
from flask_login import LoginManager, current_user, login_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.datastructures import CallbackDict

from coordination.audit import service as audit
from coordination.core import clock
from coordination.core.db import transaction
from coordination.core.ids import new_id
from coordination.identity import queries
from coordination.identity import sessions as rows
from coordination.identity.queries import User
from coordination.identity.secrets import Secrets
from coordination.web.words import AgencyView, agency_view

CSRF = "csrf_token"
USER = "_user_id"
CONFIRMED = "confirmed_at"
NEVER_STORED = frozenset({CSRF, USER, "_fresh", "_id"})
"""The first is derived, the second a column; Flask-Login's other two are a mark we do not use and a hash of the address."""

_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}")
_BROWSERS = ("Edg", "OPR", "Firefox", "Chrome", "Safari")
_SYSTEMS = ("Windows", "Android", "iPhone", "iPad", "Mac OS X", "CrOS", "Linux")


class Reader(NamedTuple):
    """Who is reading, as every page shows them: kept apart from the row, which a commit would have read again."""

    name: str
    title: str
    agency: AgencyView
    kind: str
    employer: str | None


class ServerSession(CallbackDict[str, Any], SessionMixin):
    """What Flask calls ``session``: a dict whose content lies in the database. Put no personal data in it."""

    def __init__(self, secrets: Secrets, token: str | None, found: rows.Found | None) -> None:
        super().__init__(dict(found.data) if found else {}, ServerSession._touched)
        self.modified = False
        self.id = found.id if found else new_id()
        self.stored = found is not None
        self.stale = found is not None and found.stale
        self.over: set[UUID] = set()
        self.token_shown = False
        self._secrets = secrets
        self._take(token or rows.new_token(), told=token is not None)
        if found is not None and found.user_id is not None:
            dict.__setitem__(self, USER, str(found.user_id))

    def __getitem__(self, key: str) -> Any:
        if key == CSRF:
            self.token_shown = True
        return super().__getitem__(key)

    def _touched(self) -> None:
        self.modified = True

    def _take(self, token: str, *, told: bool) -> None:
        self.token, self.told = token, told
        dict.__setitem__(self, CSRF, self._secrets.digest("csrf", token.encode()).hex())

    def renew(self) -> None:
        """Go on under a new token; pages drawn from now on carry the CSRF token that belongs to it."""
        self._take(rows.new_token(), told=False)
        self.modified = True
        g.pop(CSRF, None)

    def restart(self, new: UUID | None = None) -> None:
        """End this session and begin an empty one, with the id ``new`` if the log has been told it already."""
        if self.stored:
            self.over.add(self.id)
        self.clear()
        self.id, self.stored = new or new_id(), False
        self.renew()

    @property
    def user_id(self) -> UUID | None:
        """Whose session it is, once both factors have been shown."""
        return UUID(self[USER]) if USER in self else None

    def kept(self) -> dict[str, Any]:
        """Return what is written down; a flashed text that waits for its language is written as it reads now."""
        kept: dict[str, Any] = json.loads(json.dumps(self, default=str))
        return {key: value for key, value in kept.items() if key not in NEVER_STORED}

    def seconds_since(self, key: str) -> float:
        """Return how long ago the moment kept under ``key`` was; endless if there is none."""
        return clock.now().timestamp() - self[key] if key in self else float("inf")


class ServerSessions(SessionInterface):
    """Finds the session of a request and writes it down at its end."""

    def __init__(self, secrets: Secrets, *, secure: bool) -> None:
        self._secrets = secrets
        self._secure = secure
        self._cookie = "__Host-session" if secure else "session"

    def open_session(self, app: Flask, request: Request) -> ServerSession | None:
        """Return the session of the request's token, or an empty one; none for static files.

        If it cannot be looked for, the request goes on to ``name_actor``, which says so: here, before the address is read,
        a fault would get no page and no headers.
        """
        if request.path.startswith(f"{app.static_url_path}/"):
            return None
        token = request.cookies.get(self._cookie, "")
        if not _TOKEN.fullmatch(token):
            return ServerSession(self._secrets, None, None)
        try:
            found = rows.find(token)
        except SQLAlchemyError as fault:
            g.fault, found = fault, None
        return ServerSession(self._secrets, token, found)

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:  # noqa: ARG002 - Flask's signature
        """Write the session down if there is anything to write, and give the browser its token if it has another."""
        if not isinstance(session, ServerSession):
            return
        worth_a_row = session.stored or session.user_id is not None or bool(session.kept())
        if session.over or (worth_a_row and (session.modified or session.stale)):
            with transaction():
                self._write(session, worth_a_row=worth_a_row)
        if not session.told and (worth_a_row or session.token_shown):
            response.set_cookie(
                self._cookie, session.token, httponly=True, samesite="Lax", secure=self._secure, path="/"
            )

    def _write(self, session: ServerSession, *, worth_a_row: bool) -> None:
        for ended in session.over:
            rows.end(ended)
        if session.stored:
            rows.save(session.id, session.token, session.kept())
        elif worth_a_row:
            rows.create(session.id, session.token, session.user_id, session.kept(), _client(request.user_agent.string))


def init(app: Flask) -> None:
    """Keep sessions in the database and name the actor before every request."""
    settings = app.extensions["settings"]
    secrets = Secrets.of(settings.secret_key)
    app.extensions["sign_in_secrets"] = secrets
    app.session_interface = ServerSessions(secrets, secure=settings.secure_cookies)
    manager = LoginManager(app)
    # Flask-Login would tie a session to address and browser by a hash of both, which the rows must not hold.
    manager.session_protection = None
    manager.user_loader(_load_user)
    app.before_request(name_actor)


def current() -> ServerSession:
    """Return the session of this request."""
    return cast("ServerSession", session._get_current_object())  # type: ignore[attr-defined]  # noqa: SLF001 - the way past the proxy


def begin(user: User, session_id: UUID) -> None:
    """Begin a new session of a user who has shown both factors. Only after the commit that logs it."""
    current().restart(session_id)
    login_user(user)
    current()[CONFIRMED] = clock.now().timestamp()


def confirm() -> None:
    """Note that the user has just shown again that it is them. Only after the commit that logs it."""
    current().renew()
    current()[CONFIRMED] = clock.now().timestamp()
    g.actor = replace(g.actor, fresh=True)


def name_actor() -> None:
    """Set ``g.actor``, ``g.user`` and ``g.language`` from the rows as they are now; all are None for a visitor who has not
    signed in.
    """
    if "fault" in g:
        raise g.fault
    g.actor = g.user = g.language = None
    audit.acting_from(request.remote_addr)
    if request.endpoint == "static" or current().user_id is None:
        return
    if not current_user.is_authenticated:
        current().restart()
        return
    fresh = timedelta(seconds=min(current().seconds_since(CONFIRMED), 1e6)) <= rows.FRESH
    g.user = current_user._get_current_object()  # noqa: SLF001 - the way past the proxy
    g.language = g.user.language
    g.actor = queries.actor_of(g.user, current().id, fresh=fresh)
    own = g.user.agency
    g.reader = Reader(g.user.name, g.user.title, agency_view(own, own.id), own.kind, own.employer)


def ended_user_id() -> UUID | None:
    """Return whose session the request's cookie belonged to, if it ended by itself and not long ago. It opens nothing."""
    session = current()
    if session.stored or not session.told:
        return None
    with transaction():
        return rows.ended_by_itself(session.token)


def secrets() -> Secrets:
    """Return the keys that signing in hangs on."""
    return cast("Secrets", current_app.extensions["sign_in_secrets"])


def _load_user(user_id: str) -> User | None:
    return queries.active_user(UUID(user_id))


def _client(agent: str) -> str:
    """Return the browser and system in words, so that people know their own sessions; no version, nothing unique."""
    browser = next((name for name in _BROWSERS if name in agent), "?")
    system = next((name for name in _SYSTEMS if name in agent), "?")
    return f"{browser.replace('Edg', 'Edge').replace('OPR', 'Opera')}, {system.replace('Mac OS X', 'macOS')}"
