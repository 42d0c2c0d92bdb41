"""One place where the domain's four refusals become pages. Refused and absent are one page, with the same bytes."""

from flask import Flask, current_app, g, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from coordination.audit import service as audit
from coordination.audit.events import Event
from coordination.core.db import Tenant, transaction
from coordination.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from coordination.web import language
from coordination.web.door import settings
from coordination.web.faults import WithoutValues

STATUS: dict[type[DomainError], int] = {NotFound: 404, Forbidden: 404, Invalid: 400, Conflict: 409}
PAGES = frozenset({400, 404, 409, 413, 429})


def register(app: Flask) -> None:
    """Answer every error with a page of our own, and write none of its words to the log."""
    app.register_error_handler(DomainError, refused)
    app.register_error_handler(HTTPException, http_error)
    app.register_error_handler(500, broken)
    app.logger.addFilter(WithoutValues())


def refused(error: DomainError) -> ResponseReturnValue:
    """Log the denial in the actor's own agency, then answer; not found and not allowed answer alike."""
    actor = g.get("actor")
    if actor is not None:
        with transaction(Tenant(actor.municipality_id, actor.user_id)):
            audit.record(actor, Event.DENIED, permission=str(g.get("permission", "none")), reason_code=error.code)
    return page(next(status for kind, status in STATUS.items() if isinstance(error, kind)))


def http_error(error: HTTPException) -> ResponseReturnValue:
    """Answer what Flask itself refuses: an unknown address is answered, and logged, as a denial is.

    A static file that is not there gets no page: static files have no session to draw one from.
    """
    if request.endpoint == "static":
        return "", error.code or 404
    if error.code in (403, 404, 405):
        return refused(NotFound())
    return page(error.code if error.code in PAGES else 400)


def broken(_: Exception) -> ResponseReturnValue:
    """Answer a fault of ours without a word of what was being handled. Flask has had it logged (web/faults.py).

    Nothing is asked of the database or the session: they may be what failed. So no context processor takes part.
    """
    template = current_app.jinja_env.get_template("errors/500.html")
    return template.render(locale=language.chosen(), test_environment=settings().test_environment), 500


def page(status: int) -> ResponseReturnValue:
    """Render the error page of a status, as if no route had been found: nothing of it depends on where the address led."""
    request.url_rule = None  # menus and headers go by it
    return render_template(f"errors/{status}.html"), status
