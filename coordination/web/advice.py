"""The page "Får jag dela det här?": the decision support without a case, for anyone signed in. It asks for no person, keeps nothing."""

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from coordination.core import clock
from coordination.web import views
from coordination.web.forms.advice import AdviceForm, said
from coordination.web.guard import requires
from coordination.web.presenting import advice
from policies.permissions import AgencyKind, EmployerType, Permission
from policies.vocabulary import Party, party_of

bp = Blueprint("advice", __name__)


@bp.get("/far-jag-dela")
@requires(Permission.HELP_ADVICE_READ)
def show() -> ResponseReturnValue:
    form = AdviceForm(request.args)
    asked = bool(request.args)
    if not asked:
        form.begin(_own())
    holds = asked and form.validate()
    answer = advice.advice(form.question(clock.today())) if holds else None
    question = said(form) if holds else []
    status = 200 if holds or not asked else views.UNPROCESSABLE
    return render_template("advice/show.html", form=form, answer=answer, question=question), status


def _own() -> Party:
    """Return what the reader's own agency is in the law of secrecy."""
    agency = g.user.agency
    return party_of(AgencyKind(agency.kind), EmployerType(agency.employer) if agency.employer else None)
