"""Urgent requests: to another agency's on-call person, and those that wait for one's own."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.cases import lists
from coordination.disclosure import basis, urgent, urgent_received
from coordination.disclosure.urgent_received import OpenReceived
from coordination.identity import queries as identity
from coordination.web import views
from coordination.web.forms.urgent import ReplyForm, UrgentForm, UrgentRefusalForm
from coordination.web.guard import requires
from coordination.web.presenting import urgent as presenting
from coordination.web.presenting.matches import basis_choices
from policies.permissions import Permission

bp = Blueprint("urgent", __name__, url_prefix="/bradskande")


@bp.get("")
@requires(Permission.DISCLOSURE_URGENT_READ)
def index() -> ResponseReturnValue:
    came, went = urgent_received.listed(views.actor())
    reader = views.reader({row.sent_by for row in went})
    return render_template(
        "urgent/index.html",
        received=[presenting.received_line(row, reader) for row in came],
        sent=[presenting.sent_line(row, reader) for row in went],
        new_url=url_for("urgent.new") if views.held(Permission.DISCLOSURE_URGENT_SEND) else None,
    )


@bp.route("/ny", methods=["GET", "POST"])
@requires(Permission.DISCLOSURE_URGENT_SEND)
def new() -> ResponseReturnValue:
    actor, form = views.actor(), _form()
    sent, status = views.submitted(form, lambda: urgent.send(actor, form.draft()))
    if sent:
        flash(_("Begäran är skickad. Ring också: den ersätter inte telefonen."), "success")
        return redirect(url_for("urgent.show", urgent_id=sent[0]))
    return render_template("urgent/new.html", form=form), status


@bp.get("/<uuid:urgent_id>")
@requires(Permission.DISCLOSURE_URGENT_READ)
def show(urgent_id: UUID) -> ResponseReturnValue:
    opened = urgent.open_sent(views.actor(), urgent_id)
    line = presenting.sent_line(opened.row, views.reader({opened.row.sent_by}))
    return render_template("urgent/show.html", line=line, opened=opened, words=opened.words)


@bp.route("/<uuid:urgent_id>/svar", methods=["GET", "POST"])
@requires(Permission.DISCLOSURE_URGENT_ANSWER)
def answer(urgent_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), ReplyForm()
    opened = urgent_received.open_received(actor, urgent_id)
    reached = [opened.row.from_agency_id]
    form.offer(basis_choices(basis.to_choose_spoken(actor, urgent.PURPOSE, reached, own_initiative=False)))
    done, status = views.submitted(form, lambda: urgent_received.answer(actor, urgent_id, form.draft()))
    if done:
        flash(_("Svaret är lämnat."), "success")
        return redirect(url_for("urgent.index"))
    return _received_page("urgent/answer.html", opened, form, status)


@bp.route("/<uuid:urgent_id>/neka", methods=["GET", "POST"])
@requires(Permission.DISCLOSURE_URGENT_ANSWER)
def refuse(urgent_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), UrgentRefusalForm()
    opened = urgent_received.open_received(actor, urgent_id)
    done, status = views.submitted(
        form, lambda: urgent_received.refuse(actor, urgent_id, form.reason_code.data, form.reason.data or "")
    )
    if done:
        flash(_("De får veta att det inte kan lämnas ut, och inget mer."), "success")
        return redirect(url_for("urgent.index"))
    return _received_page("urgent/refuse.html", opened, form, status)


def _received_page(
    template: str, opened: OpenReceived, form: ReplyForm | UrgentRefusalForm, status: int
) -> ResponseReturnValue:
    row = opened.row
    reader = views.reader({row.sent_by, *([row.decided_by] if row.decided_by else [])})
    line = presenting.received_line(row, reader)
    return render_template(template, form=form, line=line, words=opened.words, answer=opened.answer), status


def _form() -> UrgentForm:
    """Return the form with what there is to choose; a case named in the address is chosen already."""
    actor, form = views.actor(), UrgentForm()
    others = [row for row in identity.agencies_of(actor.municipality_id) if row.id != actor.agency_id]
    bases = basis.to_choose_spoken(actor, urgent.PURPOSE, [row.id for row in others], own_initiative=True)
    form.offer(
        [(row.id, row.name) for row in others],
        basis_choices(bases),
        [(row.id, row.reference) for row in lists.mine(actor).rows],
    )
    named = views.chosen(request.args, "arende")
    if named is not None and not form.is_submitted():
        form.case.data = str(named)
    return form
