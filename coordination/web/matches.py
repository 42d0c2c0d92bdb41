"""Blind match requests: a question to other agencies about a person in a case, and the questions that met one's own cases."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.cases import lists
from coordination.disclosure import matched, matching
from coordination.disclosure.matched import OpenHit
from coordination.identity import queries as identity
from coordination.web import views
from coordination.web.forms.matching import AnswerForm, DeclineForm, MatchForm
from coordination.web.guard import requires
from coordination.web.presenting.matches import answer_lines, asked_lines, basis_choices, received_lines
from coordination.web.presenting.people import called
from policies.permissions import Permission

bp = Blueprint("matches", __name__)


@bp.get("/fragor")
@requires(Permission.DISCLOSURE_MATCH_READ)
def index() -> ResponseReturnValue:
    rows = matched.waiting(views.actor())
    reader = views.reader({row.decided_by for row in rows if row.decided_by})
    return render_template("matches/index.html", lines=received_lines(rows, reader), agency=reader.own)


@bp.get("/arenden/<uuid:case_id>/fragor")
@requires(Permission.CASE_READ)
def of_case(case_id: UUID) -> ResponseReturnValue:
    rows = matching.in_case(views.actor(), case_id)
    lines = asked_lines(rows, views.reader({row.asked_by for row in rows}))
    return render_template("matches/of_case.html", lines=lines, case=_case(case_id))


@bp.route("/arenden/<uuid:case_id>/fragor/ny", methods=["GET", "POST"])
@requires(Permission.CASE_MATCH_ASK)
def new(case_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), MatchForm()
    people = matching.askable(actor, case_id)
    others = [row for row in identity.agencies_of(actor.municipality_id) if row.id != actor.agency_id]
    form.offer(
        [(one.id, called(one)) for one in people],
        [(row.id, row.name) for row in others],
        basis_choices(matching.bases(actor, [row.id for row in others])),
    )
    sent, status = views.submitted(form, lambda: matching.ask(actor, case_id, form.draft()))
    if sent:
        flash(_("Frågan är ställd. Den stänger av sig själv efter 14 dagar."), "success")
        return redirect(url_for("matches.of_case", case_id=case_id))
    return render_template("matches/new.html", form=form, people=people, case=_case(case_id)), status


@bp.get("/fragor/<uuid:request_id>")
@requires(Permission.CASE_READ)
def show(request_id: UUID) -> ResponseReturnValue:
    opened = matching.open_match(views.actor(), request_id)
    reader = views.reader({opened.row.asked_by, *(one.contact_id for one in opened.answers)})
    line, answers = asked_lines([opened.row], reader)[0], answer_lines(opened.answers, reader)
    return render_template("matches/show.html", line=line, answers=answers, reason=opened.reason)


@bp.route("/fragor/traffar/<uuid:hit_id>", methods=["GET", "POST"])
@requires(Permission.CASE_MATCH_ANSWER)
def answer(hit_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), AnswerForm()
    opened = matched.open_hit(actor, hit_id)
    reader = views.reader(opened.contact_ids)
    contacts = [(one, reader.signed(one)) for one in opened.contact_ids]
    form.offer(contacts, basis_choices(opened.bases))
    done, status = views.submitted(form, lambda: matched.answer(actor, hit_id, form.draft()))
    if done:
        flash(_("Svaret är lämnat."), "success")
        return redirect(url_for("matches.index"))
    return _hit_page("matches/answer.html", opened, form, status)


@bp.route("/fragor/traffar/<uuid:hit_id>/avsta", methods=["GET", "POST"])
@requires(Permission.CASE_MATCH_ANSWER)
def decline(hit_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), DeclineForm()
    opened = matched.open_hit(actor, hit_id)
    done, status = views.submitted(
        form, lambda: matched.decline(actor, hit_id, form.reason_code.data, form.reason.data or "")
    )
    if done:
        flash(_("Ni svarar inte. Den som frågade får inte veta det."), "success")
        return redirect(url_for("matches.index"))
    return _hit_page("matches/decline.html", opened, form, status)


def _hit_page(template: str, opened: OpenHit, form: AnswerForm | DeclineForm, status: int) -> ResponseReturnValue:
    line = received_lines([opened.row], views.reader({opened.row.decided_by} if opened.row.decided_by else ()))[0]
    case_url = url_for("cases.show", case_id=opened.row.case_id)
    decline_url = url_for("matches.decline", hit_id=opened.row.id)
    page = render_template(
        template, form=form, line=line, reason=opened.reason, case_url=case_url, decline_url=decline_url
    )
    return page, status


def _case(case_id: UUID) -> lists.CaseRow:
    return lists.one(views.actor(), case_id, Permission.CASE_READ)
