"""Consent: recording one, reading it, and taking it back, whole or in part, with its effect told beforehand."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.cases import lists, people
from coordination.cases.drafts import CONSENT_NEW, Subject
from coordination.cases.lists import CaseRow
from coordination.consent import queries, recording
from coordination.consent import service as consents
from coordination.consent.queries import OpenConsent
from coordination.core import clock
from coordination.core.clock import STOCKHOLM
from coordination.disclosure import ledger
from coordination.disclosure.service import narrow_consent, withdraw_consent
from coordination.identity import queries as identity
from coordination.web import drafting, views
from coordination.web.forms.consents import ConsentForm, NarrowForm, WithdrawForm
from coordination.web.guard import confirmed, requires
from coordination.web.presenting import consents as presenting
from coordination.web.presenting import phrases
from coordination.web.presenting.lists import ledger_lines
from policies.permissions import AgencyKind, Permission

bp = Blueprint("consents", __name__)


@bp.route("/arenden/<uuid:case_id>/samtycke/nytt", methods=["GET", "POST"])
@requires(Permission.CASE_CONSENT_RECORD)
def new(case_id: UUID) -> ResponseReturnValue:
    actor, subject = views.actor(), Subject(CONSENT_NEW, case_id)
    case = lists.one(actor, case_id, Permission.CASE_CONSENT_RECORD)
    taken = drafting.taken_up(subject)
    form = ConsentForm(drafting.values(taken))
    offer(form, case)
    if not form.is_submitted() and taken is None:
        form.begin(_before(case_id))
    if form.is_submitted() and form.form.data == recording.IN_SERVICE and (page := confirmed()) is not None:
        return page
    done, status = views.submitted(form, lambda: consents.record(actor, case_id, form.draft()))
    if done:
        drafting.saved(subject)
        flash(_("Samtycket är sparat."), "success")
        return redirect(url_for("consents.show", consent_id=done[0].id))
    return _new_page(form, case, drafting.bar(subject, taken)), status


@bp.get("/samtycken/<uuid:consent_id>")
@requires(Permission.CASE_READ)
def show(consent_id: UUID) -> ResponseReturnValue:
    actor = views.actor()
    opened = queries.open_consent(actor, consent_id)
    case = lists.one(actor, opened.case_id, Permission.CASE_READ)
    known, reader = people.known_in_case(actor, opened.case_id), views.reader()
    may = presenting.May(views.held(Permission.CASE_CONSENT_RECORD), views.held(Permission.CASE_CONSENT_WITHDRAW))
    return render_template(
        "consents/show.html",
        consent=presenting.card(opened.view, known, presenting.InCase(case.id, case.agency_ids), reader, may),
        words=opened.words,
        facts=presenting.facts(opened.view),
        paper=_paper(opened, may),
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
    done, status = views.submitted(form, lambda: withdraw_consent(actor, consent_id, form.withdrawn_by.data))
    if done:
        flash(_("Samtycket är taget tillbaka. Inget nytt kan delas med stöd av det."), "success")
        return redirect(url_for("cases.consent", case_id=consent.case_id))
    part_url = url_for("consents.narrow", consent_id=consent_id)
    return _ending_page("consents/withdraw.html", consent_id, consent.case_id, form, part_url=part_url), status


@bp.route("/samtycken/<uuid:consent_id>/ta-tillbaka-en-del", methods=["GET", "POST"])
@requires(Permission.CASE_CONSENT_WITHDRAW)
def narrow(consent_id: UUID) -> ResponseReturnValue:
    actor, form = views.actor(), NarrowForm()
    consent = consents.withdrawable(actor, consent_id)
    if consent.withdrawn_at is not None:
        return _withdrawn_already(consent_id)
    left = consents.seen(actor, consent)
    parties = identity.agencies_named(left.agency_ids)
    form.offer([(one, parties[one].name) for one in left.agency_ids if one != actor.agency_id], left)
    done, status = views.submitted(form, lambda: narrow_consent(actor, consent_id, form.part(), form.withdrawn_by.data))
    if done:
        flash(_("En del av samtycket är tagen tillbaka. Det som stod på den delen är avslutat."), "success")
        return redirect(url_for("consents.show", consent_id=consent_id))
    return _ending_page("consents/narrow.html", consent_id, consent.case_id, form), status


@bp.get("/samtycken")
@requires(Permission.CASE_CONSENT_RECORD)
def expiring() -> ResponseReturnValue:
    reader = views.reader()
    lines = presenting.endings(queries.ending(views.actor()), reader)
    return render_template("consents/expiring.html", lines=lines, days=presenting.SOON_DAYS)


def offer(form: ConsentForm, case: CaseRow) -> None:
    """Offer what a consent in the case can name."""
    actor, parties = views.actor(), identity.agencies_named(case.agency_ids)
    form.offer(
        [(one, parties[one].name) for one in case.agency_ids if one != actor.agency_id],
        presenting.guardians(people.known_in_case(actor, case.id)),
        {AgencyKind(party.kind) for party in parties.values()},
    )


def _before(case_id: UUID) -> consents.ConsentView | None:
    """Return the consent that a new one goes on from, where the address names one of the own agency's in the case."""
    named, actor = views.chosen(request.args, "efter"), views.actor()
    found = (one for one in consents.in_case(actor.agency_id, case_id) if one.id == named)
    return next((one for one in found if one.owner_agency_id == actor.agency_id), None)


def _new_page(form: ConsentForm, case: CaseRow, draft: drafting.Bar) -> str:
    terms = recording.terms_on(views.actor(), case.id, form.signed_on.data or clock.today())
    return render_template(
        "consents/new.html",
        form=form,
        case=case,
        draft=draft,
        terms=presenting.terms(terms) if terms else None,
        back_url=url_for("cases.consent", case_id=case.id),
    )


def _paper(opened: OpenConsent, may: presenting.May) -> presenting.Paper | None:
    """Return where the signed paper is, or is attached; None where that is not the reader's agency's."""
    if not opened.own:
        return None
    there = url_for("records.download", part_id=opened.paper_id) if opened.paper_id else None
    here = url_for("consent_papers.attach", consent_id=opened.view.id) if may.record and not there else None
    return presenting.Paper(there, here, missing=opened.view.form == "paper" and there is None)


def _ending_page(template: str, consent_id: UUID, case_id: UUID, form: WithdrawForm, **more: str) -> str:
    actor = views.actor()
    return render_template(
        template,
        form=form,
        case=lists.one(actor, case_id, Permission.CASE_CONSENT_WITHDRAW),
        standing=ledger_lines(ledger.standing_on(actor, consent_id), {}, views.reader()),
        back_url=url_for("cases.consent", case_id=case_id),
        **more,
    )


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
