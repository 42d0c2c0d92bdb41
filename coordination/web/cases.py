"""The case: the list, a new one, its page with the tabs, and its phase."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from coordination.cases import access_log, lists, people, phases, service
from coordination.cases.lists import CasePage
from coordination.consent import queries as consents
from coordination.disclosure import ledger
from coordination.disclosure.overview import Overview, open_case, open_shell
from coordination.web import views
from coordination.web.forms.cases import NewCaseForm, SearchForm, WideSearchForm
from coordination.web.guard import requires
from coordination.web.presenting import consents as consent_views
from coordination.web.presenting import lists as list_views
from coordination.web.presenting import log, records, visibility
from coordination.web.presenting import people as people_views
from coordination.web.presenting.head import Action, Tab
from coordination.web.presenting.reader import Reader
from coordination.web.presenting.records import Offers
from policies.access import Actor
from policies.permissions import HANDLERS, Permission, Role

bp = Blueprint("cases", __name__, url_prefix="/arenden")

WIDE = frozenset({Role.UNIT_MANAGER, Role.REGISTRAR})


@bp.get("")
@requires(Permission.CASE_LIST_READ)
def index() -> ResponseReturnValue:
    actor, after = views.actor(), views.chosen(request.args, "efter")
    whole = bool(actor.roles & WIDE) and (request.args.get("visa") == "part" or not actor.roles & HANDLERS)
    page = lists.of_agency(actor, after) if whole else lists.mine(actor, after)
    scope = "part" if whole else None
    older = url_for("cases.index", efter=page.next_after, visa=scope) if page.next_after else None
    return list_page(page, search_form(actor), whole=whole, older_url=older)


@bp.route("/nytt", methods=["GET", "POST"])
@requires(Permission.CASE_OPEN)
def new() -> ResponseReturnValue:
    form = NewCaseForm()
    made, status = views.submitted(form, lambda: _opened(views.actor(), form))
    if made:
        flash(_("Ärendet är startat."), "success")
        return redirect(url_for("cases.show", case_id=made[0]))
    return render_template("cases/new.html", form=form), status


@bp.get("/<uuid:case_id>")
@requires(Permission.CASE_READ)
def show(case_id: UUID) -> ResponseReturnValue:
    overview = open_case(views.actor(), case_id)
    reader, may = _reader(overview), views.offered(overview)
    offers = Offers(write=may.write, disclose=may.disclose)
    part = views.chosen(request.args, "part")
    shown = [record for record in overview.records if part in (None, record.owner_agency_id)]
    return views.case_page(
        "cases/show.html",
        overview,
        reader,
        "cases.show",
        records=records.timeline(shown, overview.sights, reader, offers),
        filters=_filters(overview, reader, part),
        table=visibility.matrix(shown, overview.sights, overview.agency_ids, reader),
        consent=next(iter(_consent_cards(overview, reader, running=True)), None),
        people=people_views.rows(overview.people, reader),
    )


@bp.get("/<uuid:case_id>/insyn")
@requires(Permission.CASE_READ)
def visibility_tab(case_id: UUID) -> ResponseReturnValue:
    overview = open_case(views.actor(), case_id)
    rows = ledger.in_case(views.actor(), case_id)
    reader = views.reader({*overview.handler_ids, *(row.decided_by for row in rows)})
    base = url_for("cases.show", case_id=case_id)
    return views.case_page(
        "cases/visibility.html",
        overview,
        reader,
        "cases.visibility_tab",
        table=visibility.matrix(overview.records, overview.sights, overview.agency_ids, reader, base),
        disclosures=list_views.ledger_lines(rows, {}, reader),
        closed=overview.closed,
    )


@bp.get("/<uuid:case_id>/samtycke")
@requires(Permission.CASE_READ)
def consent(case_id: UUID) -> ResponseReturnValue:
    overview = open_shell(views.actor(), case_id)
    reader = _reader(overview)
    new_url = url_for("consents.new", case_id=case_id) if views.offered(overview).record_consent else None
    cards = _consent_cards(overview, reader)
    return views.case_page("cases/consent.html", overview, reader, "cases.consent", consents=cards, new_url=new_url)


@bp.get("/<uuid:case_id>/personer")
@requires(Permission.CASE_READ)
def people_tab(case_id: UUID) -> ResponseReturnValue:
    overview = open_shell(views.actor(), case_id)
    working = {agency_id: service.handlers(case_id, agency_id) for agency_id in overview.agency_ids}
    reader = views.reader({row.user_id for rows in working.values() for row in rows})
    may = views.offered(overview)
    return views.case_page(
        "cases/people.html",
        overview,
        reader,
        "cases.people_tab",
        people=people_views.rows(overview.people, reader),
        handlers=people_views.groups(working, phases.answers_of(case_id), overview.case.lead_agency_id, reader),
        add_url=url_for("people.new", case_id=case_id) if may.people else None,
        assign_url=url_for("participants.handlers", case_id=case_id) if may.assign else None,
        parties_url=url_for("participants.index", case_id=case_id) if may.participants else None,
        asked_url=url_for("matches.of_case", case_id=case_id),
        conflict_url=url_for("conflicts.declare", case_id=case_id),
        act_url=url_for("phases.act", case_id=case_id) if may.act else None,
    )


@bp.get("/<uuid:case_id>/atkomst")
@requires(Permission.AUDIT_CASE_READ)
def access(case_id: UUID) -> ResponseReturnValue:
    before = request.args.get("fore", type=int)
    found = access_log.lines(views.actor(), case_id, before)
    overview = open_shell(views.actor(), case_id)
    reader = views.reader({*overview.handler_ids, *(one.line.user_id for one in found if one.line.user_id)})
    last = found[-1].line.seq if found else 0
    older = url_for("cases.access", case_id=case_id, fore=last) if last else None
    newer = url_for("cases.access", case_id=case_id) if before is not None else None
    return views.case_page(
        "cases/access.html",
        overview,
        reader,
        "cases.access",
        lines=log.lines(found, reader),
        notices=views.notices(case_id),
        older_url=older,
        newer_url=newer,
    )


def list_page(
    page: CasePage,
    form: SearchForm | None,
    *,
    whole: bool = False,
    searched: bool = False,
    older_url: str | None = None,
) -> str:
    """Render the list of cases, or the answer to a search, which has the same columns."""
    actor, reader = views.actor(), views.reader()
    running = consents.running(actor.agency_id, [row.id for row in page.rows if row.assigned])
    return render_template(
        "cases/list.html",
        cases=list_views.case_lines(page.rows, running, reader),
        form=form,
        scopes=_scopes(actor, whole=whole),
        whole=whole,
        searched=searched,
        older_url=older_url,
        next_after=page.next_after if searched else None,
        actions=start_actions(),
        urgent=0 if actor.roles & HANDLERS else views.urgent_waiting(),
    )


def search_form(actor: Actor) -> SearchForm | None:
    """Return the search form that the reader's roles give: with a wider search for those who find all cases of the agency."""
    if not views.held(Permission.CASE_SEARCH):
        return None
    return WideSearchForm() if actor.roles & WIDE else SearchForm()


def start_actions() -> list[Action]:
    """Return the button that starts a case, for those who may."""
    return [Action(_("Nytt ärende"), url_for("cases.new"), "", "plus")] if views.held(Permission.CASE_OPEN) else []


def _opened(actor: Actor, form: NewCaseForm) -> UUID:
    case = service.open_case(actor, form.method.data, form.raised())
    if form.names_somebody():
        people.add_person(actor, case.id, form.draft())
    return case.id


def _reader(overview: Overview) -> Reader:
    return views.reader({*overview.handler_ids, *views.writers(overview.records)})


def _scopes(actor: Actor, *, whole: bool) -> list[Tab]:
    if not (actor.roles & WIDE and actor.roles & HANDLERS):
        return []
    return [
        Tab(_("Mina"), url_for("cases.index"), not whole),
        Tab(_("Hela vår part"), url_for("cases.index", visa="part"), whole),
    ]


def _filters(overview: Overview, reader: Reader, part: UUID | None) -> list[records.Filter]:
    owners = list(dict.fromkeys(record.owner_agency_id for record in overview.records))
    return records.filters(overview.case.id, owners, part, reader) if len(owners) > 1 else []


def _consent_cards(overview: Overview, reader: Reader, *, running: bool = False) -> list[consent_views.ConsentCard]:
    offered = views.offered(overview)
    may = consent_views.May(offered.record_consent, offered.withdraw_consent)
    longest = consent_views.longest(overview.consents, reader.today)
    shown = overview.consents if not running else [longest] if longest else []
    case = consent_views.InCase(overview.case.id, overview.agency_ids)
    cards = [consent_views.card(one, overview.people, case, reader, may) for one in shown]
    return consent_views.told_apart(cards)
