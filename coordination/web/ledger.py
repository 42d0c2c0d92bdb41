"""The ledger: what the reader's agency gave and was given, newest first."""

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.disclosure import ledger
from coordination.web import views
from coordination.web.guard import requires
from coordination.web.presenting.head import Tab
from coordination.web.presenting.lists import ledger_lines
from policies.permissions import Permission

bp = Blueprint("ledger", __name__)


@bp.get("/delningar")
@requires(Permission.DISCLOSURE_LEDGER_READ)
def index() -> ResponseReturnValue:
    given = request.args.get("visa") == "lamnat"
    read = ledger.given if given else ledger.received
    page = read(views.actor(), views.chosen(request.args, "efter"))
    reader = views.reader({row.decided_by for row in page.rows})
    scope = "lamnat" if given else None
    older = url_for("ledger.index", visa=scope, efter=page.next_after) if page.next_after else None
    scopes = [
        Tab(_("Mottaget"), url_for("ledger.index"), not given),
        Tab(_("Utlämnat"), url_for("ledger.index", visa="lamnat"), given),
    ]
    rows = ledger_lines(page.rows, {}, reader)
    return render_template(
        "ledger/index.html", disclosures=rows, scopes=scopes, given=given, older_url=older, agency=reader.own
    )
