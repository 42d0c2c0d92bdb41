"""What every page knows: who is reading, the menus their roles give, the language, the countdown of the session."""

from typing import Any, NamedTuple

from flask import Flask, current_app, g, request, url_for
from flask_babel import LazyString, gettext
from flask_babel import lazy_gettext as _

from coordination.core import clock
from coordination.identity import sessions as rows
from coordination.web import language
from coordination.web.account import HIDE_NAMES
from coordination.web.door import settings
from coordination.web.presenting import phrases
from coordination.web.presenting.written import marked
from coordination.web.words import AgencyView
from policies.permissions import GRANTS, AgencyKind, EmployerType, Permission
from policies.protection import Level, protection_at
from policies.vocabulary import party_of


class Entry(NamedTuple):
    """An entry of the main menu: there for whoever holds the permission. ``shortcut`` is pressed key after key; the pages of
    the blueprints ``below`` are under it.
    """

    permission: Permission
    label: LazyString
    endpoint: str
    shortcut: str
    below: frozenset[str] = frozenset()


class Item(NamedTuple):
    """A menu entry as the template draws it; ``current`` is how it says that the reader is there ("page") or below ("true")."""

    label: LazyString
    url: str
    current: str = ""
    shortcut: str = ""
    method: str = "get"


class Viewer(NamedTuple):
    """The signed-in person as the page's head shows them."""

    name: str
    role: str
    agency: AgencyView


FOOT = (
    (_("Får jag dela det här?"), "advice.show", Permission.HELP_ADVICE_READ),
    (_("Så skyddas uppgifterna"), "help.protection", None),
    (_("Tillgänglighet"), "help.accessibility", None),
    (_("Behörigheter"), "help.permissions", Permission.HELP_READ),
)
OF_A_CASE = frozenset(
    {
        "cases",
        "search",
        "records",
        "people",
        "participants",
        "consents",
        "disclosures",
        "refusals",
        "matches",
        "break_glass",
        "phases",
        "closing",
        "conflicts",
        "urgent",
    }
)
MENU = (
    Entry(Permission.CASE_LIST_READ, _("Min dag"), "day.show", "g d"),
    Entry(Permission.CASE_LIST_READ, _("Ärenden"), "cases.index", "g a", OF_A_CASE),
    Entry(Permission.DISCLOSURE_LEDGER_READ, _("Delningar"), "ledger.index", "g s", frozenset({"copies"})),
    Entry(Permission.DISCLOSURE_ON_CALL_MANAGE, _("Jourlista"), "on_call.index", "g j", frozenset({"on_call"})),
    Entry(Permission.AUDIT_REVIEWS_LIST_READ, _("Granska logg"), "log.index", "g l", frozenset({"log"})),
    Entry(Permission.ADMIN_AGENCY_READ, _("Administration"), "admin.index", "g m", frozenset({"admin"})),
    Entry(Permission.OPERATIONS_JOB_READ, _("Drift"), "operations.index", "g o"),
)


def init(app: Flask) -> None:
    """Give every template what ``base.html`` draws the page's frame from."""
    app.context_processor(frame)
    app.jinja_env.filters["marked"] = marked
    app.jinja_env.globals["today"] = clock.today  # macros are imported without the context of the page


def frame() -> dict[str, Any]:
    """Return what the frame of a page is drawn from."""
    common: dict[str, Any] = {
        "locale": language.chosen(),
        "test_environment": settings().test_environment,
        "rendered_at": clock.now().replace(second=0, microsecond=0),
        "foot_items": _foot(),
        "hide_names": request.cookies.get(HIDE_NAMES) == "1",
    }
    return common | _of_viewer() if g.get("user") is not None else common


def held(permission: Permission) -> bool:
    """Tell whether the reader's roles hold the permission: for menus only, never in place of the guard."""
    return bool(GRANTS[permission] & g.actor.roles)


def _of_viewer() -> dict[str, Any]:
    return {
        "viewer": Viewer(g.reader.name, g.reader.title, g.reader.agency),
        "secrecy": secrecy(),
        "nav_items": _menu(),
        "account_items": _account_items(),
        "can_search": _exists("search.run") and held(Permission.CASE_SEARCH),
        "session_idle_seconds": int((rows.IDLE - rows.SEEN_STEP).total_seconds()),
        "session_ping_url": url_for("account.stay"),
    }


def secrecy() -> str:
    """Say which secrecy holds where the reader keeps a print or a file."""
    return _secrecy(g.reader.kind, g.reader.employer)


def _secrecy(kind: str, employer: str | None) -> str:
    """Say which secrecy holds where a print is kept: the recipient's own, not that of whoever the words came from (OSL 7:2).
    An association stands outside OSL and is bound by what it was given with (10:14, 12:2) and has promised.
    """
    rule = protection_at(party_of(AgencyKind(kind), EmployerType(employer) if employer else None))
    if rule.level is Level.NONE:
        return str(gettext("OSL gäller inte hos oss. Förbehåll, samtycken och avtalad tystnadsplikt gäller."))
    return str(gettext("Sekretess, %(provision)s", provision=phrases.provision(rule.source)))


def _foot() -> list[Item]:
    signed_in = g.get("user") is not None
    return [
        Item(label, url_for(endpoint))
        for label, endpoint, permission in FOOT
        if permission is None or (signed_in and held(permission))
    ]


def _menu() -> list[Item]:
    shown = [entry for entry in MENU if held(entry.permission) and _exists(entry.endpoint)]
    return [Item(entry.label, url_for(entry.endpoint), _current(entry), entry.shortcut) for entry in shown]


def _account_items() -> list[Item]:
    return [
        Item(_("Mina inloggningar"), url_for("account.show")),
        *([Item(_("Mina utkast"), url_for("drafts.index"))] if held(Permission.CASE_DRAFT_KEEP) else []),
        *([Item(_("Anmäl jäv"), url_for("conflicts.unseen"))] if held(Permission.CASE_CONFLICT_DECLARE) else []),
        Item(_("Byt lösenord"), url_for("account.password")),
        Item(_("Logga ut"), url_for("security.logout"), method="post"),
    ]


def _exists(endpoint: str) -> bool:
    return endpoint in current_app.view_functions


def _current(entry: Entry) -> str:
    if request.endpoint == entry.endpoint:
        return "page"
    return "true" if request.blueprint in entry.below else ""
