"""Which language a page is in: the user's own, or the visitor's cookie; Swedish unless chosen otherwise."""

from flask import Flask, g, has_request_context, request
from flask_babel import Babel

from coordination.core.db import Tenant, transaction
from coordination.identity import users
from policies.access import Actor

LANGUAGES = ("sv", "en")
COOKIE = "language"


def init(app: Flask) -> None:
    """Translate pages. The Swedish words are the source; English lies in ``coordination/translations``."""
    app.config.setdefault("BABEL_DEFAULT_LOCALE", LANGUAGES[0])
    app.config.setdefault("BABEL_DEFAULT_TIMEZONE", "Europe/Stockholm")
    app.config.setdefault("BABEL_TRANSLATION_DIRECTORIES", "translations")
    Babel(app, locale_selector=chosen)
    app.jinja_env.add_extension("jinja2.ext.i18n")


def chosen() -> str:
    """Return the language of this request's pages, without asking the database: the page of a fault is translated too."""
    if not has_request_context():
        return LANGUAGES[0]
    wanted = g.get("language") or request.cookies.get(COOKIE)
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


def remember(actor: Actor, language: str) -> None:
    """Keep the language with the user."""
    with transaction(Tenant(actor.municipality_id, actor.user_id)):
        users.set_language(actor, language)
