"""Log review: one's assignments, an agency's log within one of them, and giving and ending them."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, stream_with_context, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.audit import exporting
from coordination.identity import queries as identity
from coordination.oversight import service
from coordination.oversight.service import OpenedLog
from coordination.web import views
from coordination.web.forms.review import AssignmentFields, SearchFields
from coordination.web.guard import requires
from coordination.web.presenting import review as words
from coordination.web.words import AgencyView, agency_view
from policies.permissions import Permission

bp = Blueprint("log", __name__, url_prefix="/logg")


@bp.get("/")
@requires(Permission.AUDIT_REVIEWS_LIST_READ)
def index() -> ResponseReturnValue:
    gives = views.held(Permission.AUDIT_REVIEW_ASSIGN)
    given = service.assignments_given(views.actor()) if gives else []
    mine = service.assignments_of(views.actor()) if views.held(Permission.AUDIT_REVIEW_READ) else []
    marks = {one.agency.id: agency_view(one.agency, views.actor().agency_id) for one in [*given, *mine]}
    return render_template("log/index.html", gives=gives, given=given, mine=mine, marks=marks)


@bp.route("/uppdrag/nytt", methods=["GET", "POST"])
@requires(Permission.AUDIT_REVIEW_ASSIGN)
def give() -> ResponseReturnValue:
    form = AssignmentFields()
    reviewers = service.reviewers(views.actor())
    form.offer(reviewers)
    done, status = views.submitted(form, lambda: service.give(views.actor(), *form.values()))
    if done:
        flash(_("Uppdraget är givet."), "success")
        return redirect(url_for("log.index"))
    return render_template("log/give.html", form=form, reviewers=reviewers), status


@bp.route("/uppdrag/<uuid:assignment_id>/avsluta", methods=["GET", "POST"])
@requires(Permission.AUDIT_REVIEW_ASSIGN)
def end(assignment_id: UUID) -> ResponseReturnValue:
    assignment = service.given_assignment(views.actor(), assignment_id)
    if request.method == "POST":
        service.end(views.actor(), assignment_id)
        flash(_("Uppdraget är avslutat."), "success")
        return redirect(url_for("log.index"))
    return render_template("log/end.html", assignment=assignment)


@bp.route("/<uuid:assignment_id>", methods=["GET", "POST"])
@requires(Permission.AUDIT_REVIEW_READ)
def review(assignment_id: UUID) -> ResponseReturnValue:
    form = SearchFields()
    form.offer(service.people_in(views.actor(), assignment_id))
    holds = form.validate_on_submit() or not form.is_submitted()
    search = form.search() if holds else service.EVERYTHING
    opened = service.open_log(views.actor(), assignment_id, search, form.before.data if holds else None)
    form.period_from.data = form.period_from.data or opened.assignment.period_from
    form.period_to.data = form.period_to.data or opened.assignment.period_to
    return render_template("log/review.html", form=form, **_page(opened)), 200 if holds else views.UNPROCESSABLE


@bp.get("/<uuid:assignment_id>/fil")
@requires(Permission.AUDIT_REVIEW_READ, fresh=True)
def export(assignment_id: UUID) -> ResponseReturnValue:
    extract = service.take_extract(views.actor(), assignment_id)
    # The extract reads in transactions of its own, after this request's: the line about it is committed by then.
    answer = Response(stream_with_context(exporting.lines(extract)), mimetype="application/jsonl")
    name = f"atkomstlogg-{extract.agency_id}-{extract.checkpoint.size}.jsonl"
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@bp.get("/kontrollera")
@requires(Permission.AUDIT_REVIEWS_LIST_READ)
def verify() -> ResponseReturnValue:
    return render_template("log/verify.html")


def _page(opened: OpenedLog) -> dict[str, object]:
    own = agency_view(opened.assignment.agency, views.actor().agency_id)
    return {
        "assignment": opened.assignment,
        "agency": own,
        "lines": words.lines(opened, own, _agencies(opened)),
        "next_before": opened.next_before,
        "integrity": words.integrity(opened.state),
    }


def _agencies(opened: OpenedLog) -> dict[UUID, AgencyView]:
    named = {line.who.agency_id for line in opened.lines if line.who}
    own = views.actor().agency_id
    return {agency.id: agency_view(agency, own) for agency in identity.agencies_named(named).values()}
