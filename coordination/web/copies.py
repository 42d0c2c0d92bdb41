"""The copies one's agency holds closed, whatever case they came in, the decision about each, and the registrar's way into one."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.cases import attachments
from coordination.disclosure import closed, registry
from coordination.disclosure.registry import OpenedCopy
from coordination.web import views
from coordination.web.forms.cases import ConfirmForm
from coordination.web.forms.copies import RegistrarForm
from coordination.web.guard import requires
from coordination.web.presenting.copies import file_lines, record_lines
from coordination.web.presenting.lists import ClosedLine, closed_lines
from coordination.web.records import as_download, sandboxed
from policies.permissions import Permission

bp = Blueprint("copies", __name__, url_prefix="/stangda-kopior")

PAPER = "paper"


@bp.get("")
@requires(Permission.DISCLOSURE_CLOSED_DECIDE)
def index() -> ResponseReturnValue:
    page = closed.held(views.actor(), views.chosen(request.args, "efter"))
    reader = views.reader()
    older = url_for("copies.index", efter=page.next_after) if page.next_after else None
    lines = closed_lines(page.rows, reader, opens=views.held(Permission.DISCLOSURE_CLOSED_OPEN))
    return render_template("copies/index.html", copies=lines, older_url=older, agency=reader.own)


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


@bp.route("/<uuid:disclosure_id>/oppna", methods=["GET", "POST"])
@requires(Permission.DISCLOSURE_CLOSED_OPEN)
def open_closed(disclosure_id: UUID) -> ResponseReturnValue:
    actor, form, back = views.actor(), RegistrarForm(), url_for("copies.index")
    paper = request.form.get("action") == PAPER
    opened, status = views.submitted(
        form, lambda: registry.open_copy(actor, disclosure_id, form.reason.data or "", paper=paper)
    )
    if not opened:
        return render_template("copies/open.html", form=form, line=_line(disclosure_id), back_url=back), status
    return _shown(opened[0], form, disclosure_id, paper=paper)


@bp.post("/<uuid:disclosure_id>/bilagor/<uuid:part_id>")
@sandboxed
@requires(Permission.DISCLOSURE_CLOSED_OPEN)
def attachment(disclosure_id: UUID, part_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), RegistrarForm()
    opened, _status = views.submitted(
        form, lambda: registry.open_file(actor, disclosure_id, part_id, form.reason.data or "")
    )
    if not opened:
        return redirect(url_for("copies.open_closed", disclosure_id=disclosure_id))
    content = stream_with_context(attachments.stream(actor, opened[0].place))
    return as_download(content, opened[0].info)


def _line(disclosure_id: UUID) -> ClosedLine:
    return closed_lines([registry.find(views.actor(), disclosure_id)], views.reader(), opens=True)[0]


def _shown(opened: OpenedCopy, form: RegistrarForm, disclosure_id: UUID, *, paper: bool) -> ResponseReturnValue:
    """Render what a closed copy says; a file is sent for in a form of its own, with the same reason."""
    reader = views.reader(views.writers(opened.records))
    return render_template(
        "copies/opened.html",
        line=closed_lines([opened.row], reader)[0],
        records=record_lines(opened.records, reader),
        withheld=opened.withheld,
        files=file_lines(opened.records, disclosure_id),
        reason=form.reason.data,
        paper=paper,
        back_url=url_for("copies.index"),
    )
