"""The gate in front of every route: signed in, role, freshness, one transaction, log line before page.

A route without a declared permission does not start the application.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any, cast

from flask import Flask, Response, current_app, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from coordination.core.db import Tenant, transaction
from coordination.core.errors import NotFound
from policies.access import Actor
from policies.permissions import GRANTS, Permission

View = Callable[..., ResponseReturnValue]

FRESH_FOR = frozenset(
    {
        Permission.ADMIN_USER_MANAGE,
        Permission.CASE_DISCLOSE,
        Permission.CASE_EMERGENCY_OPEN,
        Permission.CASE_MATCH_ANSWER,
        Permission.CASE_MATCH_ASK,
        Permission.CASE_PROTECTED_READ,
        Permission.DISCLOSURE_CLOSED_OPEN,
        Permission.DISCLOSURE_LEDGER_EXPORT,
        Permission.DISCLOSURE_URGENT_ANSWER,
        Permission.DISCLOSURE_URGENT_SEND,
        Permission.AUDIT_REVIEW_ASSIGN,
    }
)
"""What asks for a fresh re-authentication before the page is opened at all."""

LIBRARY_ROUTES = frozenset({"static"})
"""Endpoints that are not ours and open to all: static files only."""


def requires(permission: Permission, *, fresh: bool = False) -> Callable[[View], View]:
    """Let a view run only for an actor whose role holds ``permission``, inside one transaction of that actor's municipality.

    A role without the permission meets the same page as something that does not exist. ``fresh`` asks for a
    re-authentication first, as the permissions in ``FRESH_FOR`` always do. The commit, and with it the log line, comes
    before the first byte of the answer.
    """

    def declare(view: View) -> View:
        @wraps(view)
        def guarded(**arguments: Any) -> ResponseReturnValue:
            actor: Actor | None = g.get("actor")
            if actor is None:
                return redirect(url_for("security.login", next=_following()))
            g.permission = permission
            if not GRANTS[permission] & actor.roles:
                raise NotFound
            if (fresh or permission in FRESH_FOR) and (page := confirmed()) is not None:
                return page
            with transaction(Tenant(actor.municipality_id, actor.user_id)):
                return make_response(view(**arguments))

        guarded.permission = permission  # type: ignore[attr-defined]  # read by check_routes and the leak matrix
        return guarded

    return declare


def _following() -> str | None:
    """Return where to go on after signing in: what a form held that was sent too late is kept first, where it can be."""
    if request.method == "GET":
        return request.full_path
    return cast("str | None", current_app.extensions["rescue"]())


def confirmed() -> ResponseReturnValue | None:
    """Return the page that asks the actor to show again who they are; None where they just have, or this request has shown it."""
    if actor().fresh:
        return None
    return cast("ResponseReturnValue | None", current_app.extensions["reauthenticate"]())


def public(view: View) -> View:
    """Declare that a view is open to anyone, signed in or not."""
    view.permission = None  # type: ignore[attr-defined]  # read by check_routes and the leak matrix
    return view


def permission_of(app: Flask, endpoint: str) -> Permission | None:
    """Return what an endpoint asks for; None where it is declared public. Raises LookupError where nothing is declared."""
    view = app.view_functions[endpoint]
    if not hasattr(view, "permission"):
        raise LookupError(endpoint)
    return cast("Permission | None", view.permission)


def check_routes(app: Flask) -> None:
    """Refuse to start when a route has declared neither a permission nor that it is public."""
    undeclared = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in LIBRARY_ROUTES:
            continue
        try:
            permission_of(app, rule.endpoint)
        except LookupError:
            undeclared.append(rule.endpoint)
    if undeclared:
        raise RuntimeError("routes without a declared permission: " + ", ".join(sorted(set(undeclared))))


def actor() -> Actor:
    """Return who is acting. Only for views behind ``requires``."""
    return cast("Actor", g.actor)


def no_store(response: Response) -> Response:
    """Keep every page out of the browser's and any proxy's store, static files apart."""
    if request.endpoint != "static":
        response.headers["Cache-Control"] = "no-store"
    return response
