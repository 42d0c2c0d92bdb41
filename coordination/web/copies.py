"""The copies one's agency holds closed, whatever case they came in, and the decision about each."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.disclosure import closed
from coordination.web import views
from coordination.web.forms.cases import ConfirmForm
from coordination.web.guard import requires
from coordination.web.presenting.lists import closed_lines
from policies.permissions import Permission

bp = Blueprint("copies", __name__, url_prefix="/stangda-kopior")


@bp.get("")
@requires(Permission.DISCLOSURE_CLOSED_DECIDE)
def index() -> ResponseReturnValue:
    page = closed.held(views.actor(), views.chosen(request.args, "efter"))
    reader = views.reader()
    older = url_for("copies.index", efter=page.next_after) if page.next_after else None
    return render_template(
        "copies/index.html", copies=closed_lines(page.rows, reader), older_url=older, agency=reader.own
    )


@bp.route("/<uuid:disclosure_id>/gallra", methods=["GET", "POST"])
@requires(Permission.DISCLOSURE_CLOSED_DECIDE)
def dispose(disclosure_id: UUID) -> ResponseReturnValue:
    form, back = ConfirmForm(), url_for("copies.index")
    row = closed.one(views.actor(), disclosure_id)
    done, status = views.submitted(form, lambda: closed.dispose(views.actor(), disclosure_id))
    if done:
        flash(_("Kopian är gallrad. Ingen hos er kan öppna den igen."), "success")
        return redirect(back)
    line = closed_lines([row], views.reader())[0]
    return render_template("copies/dispose.html", form=form, line=line, back_url=back), status
