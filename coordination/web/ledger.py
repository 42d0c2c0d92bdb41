"""The ledger: what the reader's agency gave, was given and refused; the same as a file; and numbers without persons."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import LazyString
from flask_babel import lazy_gettext as _l

from coordination.core import clock
from coordination.core.errors import Invalid
from coordination.disclosure import counting, exchanges, ledger, refusals, taking_out
from coordination.reports.pdf import as_pdf
from coordination.reports.tables import Report, as_csv
from coordination.web import context, messages, views
from coordination.web.forms.ledger import EXCHANGED, GIVEN, RECEIVED, REFUSED, LedgerForm
from coordination.web.guard import requires
from coordination.web.presenting import ledger_files, statistics
from coordination.web.presenting.head import Tab
from coordination.web.presenting.lists import decision_lines, ledger_lines, refusal_lines
from coordination.web.presenting.matches import exchange_lines
from policies.permissions import Permission

bp = Blueprint("ledger", __name__, url_prefix="/delningar")

TITLES: Mapping[str, LazyString] = {
    RECEIVED: _l("Mottaget"),
    GIVEN: _l("Utlämnat"),
    REFUSED: _l("Avböjt"),
    EXCHANGED: _l("Frågor"),
}
KINDS = {RECEIVED: "received", GIVEN: "given", REFUSED: "refused", EXCHANGED: "exchanged"}


class Listed(NamedTuple):
    """A page of the ledger as the template draws it."""

    disclosures: Sequence[object]
    refused: Sequence[object]
    next_after: UUID | None
    exchanged: Sequence[object] = ()


@bp.get("")
@requires(Permission.DISCLOSURE_LEDGER_READ)
def index() -> ResponseReturnValue:
    form = LedgerForm(request.args)
    form.validate()
    listed, chosen = _listed(form), form.address()
    older = url_for("ledger.index", **chosen, efter=listed.next_after) if listed.next_after else None
    return render_template(
        "ledger/index.html",
        form=form,
        title=TITLES[form.side],
        scopes=[Tab(str(TITLES[side]), _address(form, side), side == form.side) for side in TITLES],
        listed=listed,
        agency=views.reader().own,
        older_url=older,
        files=[(name.upper(), url_for(f"ledger.{name}", **chosen)) for name in ("csv", "pdf")],
        questions_url=url_for("matches.index") if views.held(Permission.DISCLOSURE_MATCH_READ) else None,
        closed_url=url_for("copies.index") if views.held(Permission.DISCLOSURE_CLOSED_DECIDE) else None,
    )


@bp.get("/delningar.csv")
@requires(Permission.DISCLOSURE_LEDGER_EXPORT)
def csv() -> ResponseReturnValue:
    return _file("csv", "text/csv; charset=utf-8")


@bp.get("/delningar.pdf")
@requires(Permission.DISCLOSURE_LEDGER_EXPORT)
def pdf() -> ResponseReturnValue:
    return _file("pdf", "application/pdf")


@bp.get("/statistik")
@requires(Permission.DISCLOSURE_LEDGER_READ)
def counts() -> ResponseReturnValue:
    known = {f"{one.year}-{one.number}": one for one in counting.quarters()}
    chosen = known.get(request.args.get("kvartal", ""), next(iter(known.values())))
    reader, counted = views.reader(), counting.counted(views.actor(), chosen)
    return render_template(
        "ledger/counts.html",
        agency=reader.own,
        quarters=[(key, statistics.quarter(one), one == chosen) for key, one in known.items()],
        tables=statistics.tables(counted, reader),
        plain=statistics.plain(counted),
        title=statistics.quarter(chosen),
    )


def _listed(form: LedgerForm) -> Listed:
    actor, after, wanted = views.actor(), views.chosen(request.args, "efter"), form.wanted()
    if form.side == REFUSED:
        refused = refusals.listed(actor, after, wanted)
        reader = views.reader({row.decided_by for row in refused.rows})
        return Listed([], refusal_lines(refused.rows, reader), refused.next_after)
    if form.side == EXCHANGED:
        found = exchanges.listed(actor, wanted)
        reader = views.reader({row.by for row in found if row.by})
        return Listed([], [], None, exchange_lines(found, reader))
    page = (ledger.given if form.side == GIVEN else ledger.received)(actor, after, wanted)
    reader = views.reader({row.decided_by for row in page.rows})
    lines = decision_lines(page.rows, reader) if form.side == GIVEN else ledger_lines(page.rows, {}, reader)
    return Listed(lines, [], page.next_after)


def _address(form: LedgerForm, side: str) -> str:
    """Return the address of another side of the ledger, about the same days."""
    kept = {name: value for name, value in form.address().items() if name != "visa"}
    return url_for("ledger.index", **kept, visa=side if side != RECEIVED else None)


def _file(kind: str, sort: str) -> ResponseReturnValue:
    """Return what the page shows, all of it, as a file whose name says nothing of anybody."""
    form = LedgerForm(request.args)
    form.validate()
    try:
        report = _report(form, kind)
    except Invalid as error:
        flash(messages.sentence(error.code), "error")
        return redirect(url_for("ledger.index", **form.address()))
    name = f"delningar-{form.side}-{clock.today().isoformat()}.{kind}"
    made = as_pdf(report) if kind == "pdf" else as_csv(report)
    return Response(made, content_type=sort, headers={"Content-Disposition": f"attachment; filename={name}"})


def _report(form: LedgerForm, kind: str) -> Report:
    taken = taking_out.take_out(views.actor(), KINDS[form.side], form.wanted(), kind)
    reader = views.reader({*taken.deciders, views.actor().user_id})
    tables = {
        REFUSED: lambda: ledger_files.refusals(taken.refusals, reader),
        EXCHANGED: lambda: ledger_files.exchanges(taken.exchanges, reader),
    }
    table = tables.get(form.side, lambda: ledger_files.disclosures(taken.disclosures, reader))()
    signed = (reader.signed(views.actor().user_id), context.secrecy())
    return ledger_files.report(str(TITLES[form.side]), table, form.wanted(), reader, signed)
