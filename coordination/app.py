"""Builds the application: the only module that sees everything."""

from pathlib import Path

from flask import Flask
from flask_talisman import Talisman
from flask_wtf import CSRFProtect
from werkzeug.middleware.proxy_fix import ProxyFix

from coordination.audit import service as audit
from coordination.core import outbox
from coordination.core.db import before_commit, db
from coordination.keys import agency_keys, source
from coordination.settings import Settings
from coordination.web import blueprints, context, drafting, errors, guard, language, sessions, sign_in
from policies.loading import lay_over

ROOT = Path(__file__).resolve().parent.parent
CSP = {
    "default-src": "'none'",
    "style-src": "'self'",
    "font-src": "'self'",
    "img-src": "'self'",
    "script-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "manifest-src": "'self'",
}
MEGABYTE = 1024 * 1024


def create_app(settings: Settings) -> Flask:
    """Return the whole service, wired. Raises ``TableError`` when a table of rules is wrong, and RuntimeError when a route
    has declared no permission.
    """
    lay_over(settings.tables_dir)
    app = Flask(__name__, template_folder=str(ROOT / "templates"), static_folder=str(ROOT / "coordination" / "static"))
    configure(app, settings)
    db.init_app(app)
    before_commit(audit.append_queued)
    app.extensions["settings"] = settings
    agency_keys.bind(source.configured(settings.master_key, settings.master_key_file, settings.master_key_pkcs11))
    outbox.bind(settings.host)
    if settings.trusted_proxies:
        # Without this everybody would share the proxy's address, and one guesser would make them all wait.
        proxies = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]  # Flask's own way
    CSRFProtect(app)
    Talisman(
        app,
        content_security_policy=CSP,
        force_https=False,
        session_cookie_secure=settings.secure_cookies,
        referrer_policy="no-referrer",
        permissions_policy={"geolocation": "()", "camera": "()", "microphone": "()"},
    )
    language.init(app)
    sessions.init(app)
    sign_in.init(app)
    drafting.init(app)
    for blueprint in blueprints():
        app.register_blueprint(blueprint)
    context.init(app)
    errors.register(app)
    app.after_request(guard.no_store)
    guard.check_routes(app)
    return app


def configure(app: Flask, settings: Settings) -> None:
    """Hand Flask what it needs of the settings."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS={"hide_parameters": True, "pool_pre_ping": True, "pool_size": 8, "max_overflow": 8},
        MAX_CONTENT_LENGTH=24 * MEGABYTE,
        MAX_FORM_MEMORY_SIZE=2 * MEGABYTE,
        WTF_CSRF_TIME_LIMIT=None,
        PREFERRED_URL_SCHEME="https" if settings.secure_cookies else "http",
        TEMPLATES_AUTO_RELOAD=False,
    )
