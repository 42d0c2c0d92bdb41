"""Search: the words come in the body, never in an address, and the answer is the list of cases with the same columns."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from coordination.cases import search
from coordination.cases.lists import CasePage
from coordination.web import views
from coordination.web.cases import list_page, search_form
from coordination.web.guard import requires
from policies.permissions import Permission

bp = Blueprint("search", __name__)


@bp.post("/arenden/sok")
@requires(Permission.CASE_SEARCH)
def run() -> ResponseReturnValue:
    actor, form = views.actor(), search_form(views.actor())
    if form is None:
        return list_page(CasePage([], None), None)
    after = views.chosen({"after": form.after.data}, "after")
    found, status = views.submitted(form, lambda: search.run(actor, form.search(after)))
    page = found[0] if found else CasePage([], None)
    return list_page(page, form, searched=bool(found)), status
