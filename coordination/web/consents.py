"""Consent: recording one, reading it, and taking it back with its effect told beforehand."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.cases import lists, people
from coordination.cases.drafts import CONSENT_NEW, Subject
from coordination.cases.lists import CaseRow
from coordination.cases.people import PersonView
from coordination.consent import queries
from coordination.consent import service as consents
from coordination.core.clock import STOCKHOLM
from coordination.disclosure import ledger
from coordination.disclosure.service import withdraw_consent
from coordination.identity import queries as identity
from coordination.web import drafting, views
from coordination.web.forms.sharing import ConsentForm, WithdrawForm
from coordination.web.guard import requires
from coordination.web.presenting import phrases
from coordination.web.presenting.consents import card
from coordination.web.presenting.lists import ledger_lines
from coordination.web.presenting.people import called
from policies.case_roles import CaseRole
from policies.permissions import AgencyKind, Permission

bp = Blueprint("consents", __name__)


@bp.route("/arenden/<uuid:case_id>/samtycke/nytt", methods=["GET", "POST"])
@requires(Permission.CASE_CONSENT_RECORD)
def new(case_id: UUID) -> ResponseReturnValue:
    actor, subject = views.actor(), Subject(CONSENT_NEW, case_id)
    case = lists.one(actor, case_id, Permission.CASE_CONSENT_RECORD)
    taken = drafting.taken_up(subject)
    form = ConsentForm(drafting.values(taken))
    _offer(form, case)
    if not form.is_submitted() and taken is None:
        form.begin()
    done, status = views.submitted(form, lambda: consents.record(actor, case_id, form.draft()))
    back = url_for("cases.consent", case_id=case_id)
    if done:
        drafting.saved(subject)
        flash(_("Samtycket är sparat."), "success")
        return redirect(back)
    bar = drafting.bar(subject, taken)
    return render_template("consents/new.html", form=form, case=case, draft=bar, back_url=back), status


@bp.get("/samtycken/<uuid:consent_id>")
@requires(Permission.CASE_READ)
def show(consent_id: UUID) -> ResponseReturnValue:
    actor = views.actor()
    opened = queries.open_consent(actor, consent_id)
    case = lists.one(actor, opened.case_id, Permission.CASE_READ)
    known, reader = people.known_in_case(actor, opened.case_id), views.reader()
    may = views.held(Permission.CASE_CONSENT_WITHDRAW)
    return render_template(
        "consents/show.html",
        consent=card(opened.view, known, case.agency_ids, reader, may_withdraw=may),
        words=opened.words,
        case=case,
        standing=ledger_lines(ledger.standing_on(actor, consent_id), {}, reader),
        back_url=url_for("cases.consent", case_id=case.id),
    )


@bp.route("/samtycken/<uuid:consent_id>/ta-tillbaka", methods=["GET", "POST"])
@requires(Permission.CASE_CONSENT_WITHDRAW)
def withdraw(consent_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), WithdrawForm()
    consent = consents.withdrawable(actor, consent_id)
    if consent.withdrawn_at is not None:
        return _withdrawn_already(consent_id)
    back = url_for("cases.consent", case_id=consent.case_id)
    done, status = views.submitted(form, lambda: withdraw_consent(actor, consent_id, form.withdrawn_by.data))
    if done:
        flash(_("Samtycket är taget tillbaka. Inget nytt kan delas med stöd av det."), "success")
        return redirect(back)
    standing = ledger_lines(ledger.standing_on(actor, consent_id), {}, views.reader())
    case = lists.one(actor, consent.case_id, Permission.CASE_CONSENT_WITHDRAW)
    return render_template("consents/withdraw.html", form=form, case=case, standing=standing, back_url=back), status


def _withdrawn_already(consent_id: UUID) -> ResponseReturnValue:
    """Say who wrote down first that the consent was taken back, and what they wrote: there is nothing left to save."""
    consent = consents.withdrawable(views.actor(), consent_id)
    by = consent.withdrawal_recorded_by
    page = render_template(
        "consents/withdrawn.html",
        who=views.reader({by}).name(by) if by else "",
        at=consent.withdrawn_at.astimezone(STOCKHOLM) if consent.withdrawn_at else None,
        withdrawer=phrases.WITHDRAWERS.get(consent.withdrawn_by or "", ""),
        case=lists.one(views.actor(), consent.case_id, Permission.CASE_CONSENT_WITHDRAW),
        back_url=url_for("cases.consent", case_id=consent.case_id),
    )
    return page, views.CONFLICT if request.method == "POST" else 200


def _offer(form: ConsentForm, case: CaseRow) -> None:
    actor, parties = views.actor(), identity.agencies_named(case.agency_ids)
    form.offer(
        [(one, parties[one].name) for one in case.agency_ids if one != actor.agency_id],
        _guardians(people.known_in_case(actor, case.id)),
        {AgencyKind(party.kind) for party in parties.values()},
    )


def _guardians(known: list[PersonView]) -> list[tuple[UUID, str]]:
    return [(person.id, called(person)) for person in known if person.role == CaseRole.GUARDIAN]
