"""The front door: what a visitor meets, where each role lands, and "Min dag" for those who work in cases."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date, ngettext
from flask_babel import gettext as _

from coordination.cases import break_glass, copies, lists
from coordination.cases.lists import CaseRow
from coordination.consent import queries as consents
from coordination.core import clock
from coordination.disclosure import ledger, matched
from coordination.planning import queries as planning
from coordination.web import views
from coordination.web.cases import start_actions
from coordination.web.guard import public, requires
from coordination.web.presenting import lists as list_views
from coordination.web.presenting import phrases, plans
from coordination.web.presenting.emergencies import running_lines
from coordination.web.presenting.head import Action
from coordination.web.presenting.reader import Reader
from policies.permissions import HANDLERS, Permission, Role

bp = Blueprint("day", __name__)

SHOWN = 12
"""How many of one's own cases the day shows; the rest are in the list."""

FIRST_PAGES = (
    (HANDLERS, "day.show"),
    (frozenset({Role.UNIT_MANAGER, Role.REGISTRAR}), "cases.index"),
    (frozenset({Role.ADMINISTRATOR}), "admin.index"),
    (frozenset({Role.REGIONAL_COORDINATOR}), "log.index"),
)
"""Where each role begins, the first that fits."""


@dataclass(frozen=True, slots=True)
class Count:
    """A number at the top of the day, with where to go about it."""

    number: int
    text: str
    url: str
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Task:
    """Something only the reader's agency can decide."""

    text: str
    url: str
    reference: str
    agency: None
    due: str
    tone: str


@bp.get("/")
@public
def index() -> ResponseReturnValue:
    if g.get("actor") is None:
        return render_template("public/start.html", sign_in_url=url_for("security.login"))
    endpoint = next(endpoint for roles, endpoint in FIRST_PAGES if roles & views.actor().roles)
    return redirect(url_for(endpoint))


@bp.get("/min-dag")
@requires(Permission.CASE_LIST_READ)
def show() -> ResponseReturnValue:
    rows = lists.mine(views.actor(), limit=SHOWN).rows
    shared = ledger.new_to(views.actor())
    reader = views.reader({row.decided_by for row in shared})
    running = consents.running(views.actor().agency_id, [row.id for row in rows])
    endings, tasks = list_views.endings(rows, running, reader), _tasks(rows, reader)
    return render_template(
        "cases/day.html",
        today_words=_today(),
        counts=_counts(len(endings), len(shared), len(tasks), _questions()),
        cases=list_views.case_lines(rows, running, reader),
        shared=list_views.ledger_lines(shared, {row.id: row.name for row in rows if row.name}, reader),
        tasks=tasks,
        consents=endings,
        late=_late(reader),
        emergencies=running_lines(break_glass.running(views.actor())),
        notices=views.notices(),
        agency=reader.own,
        actions=_actions(),
    )


def _late(reader: Reader) -> list[tuple[str, str, list[plans.LateLine]]]:
    """Return the lists of late actions that hold something: the reader's own, and for a coordinator what has been late for long."""
    actor = views.actor()
    found = [
        ("late", _("Försenade åtgärder"), plans.late_lines(planning.late(actor), reader)),
        (
            "escalated",
            _("Länge försenade åtgärder i dina ärenden"),
            plans.late_lines(planning.escalated(actor), reader),
        ),
    ]
    return [one for one in found if one[2]]


def _actions() -> list[Action]:
    """Return the buttons of the day: what starts a case, and what is urgent and break-glass for those who may."""
    sends = [Action(_("Brådskande begäran"), url_for("urgent.index"), "tertiary", "warning")]
    opens = [Action(_("Nödöppning"), url_for("break_glass.new"), "tertiary", "warning")]
    return [
        *start_actions(),
        *(sends if views.held(Permission.DISCLOSURE_URGENT_SEND) else []),
        *(opens if views.held(Permission.CASE_EMERGENCY_OPEN) else []),
    ]


def _today() -> str:
    today = clock.today()
    written = format_date(today, _("EEEE d MMMM"))
    return str(_("%(day)s, vecka %(week)s", day=written, week=today.isocalendar().week))


def _counts(endings: int, shared: int, tasks: int, questions: int) -> list[Count]:
    """Return the numbers of the day that are not zero: silence looks like silence."""
    urgent = views.urgent_waiting()
    found = [
        Count(
            urgent,
            ngettext("brådskande begäran väntar på er", "brådskande begäranden väntar på er", urgent),
            url_for("urgent.index"),
            "danger",
        ),
        Count(
            tasks, ngettext("kopia att ta ställning till", "kopior att ta ställning till", tasks), "#tasks", "danger"
        ),
        Count(
            questions,
            ngettext("fråga från en annan part", "frågor från andra parter", questions),
            url_for("matches.index"),
            "warn",
        ),
        Count(endings, ngettext("samtycke går ut snart", "samtycken går ut snart", endings), "#consents", "warn"),
        Count(shared, ngettext("delning är ny för er", "delningar är nya för er", shared), "#shared"),
    ]
    return [count for count in found if count.number]


def _questions() -> int:
    return matched.undecided(views.actor()) if views.held(Permission.DISCLOSURE_MATCH_READ) else 0


def _tasks(rows: Sequence[CaseRow], reader: Reader) -> list[Task]:
    """Return one task for each disclosure whose copies wait for a decision, the earliest date first."""
    references = {row.id: row.reference for row in rows}
    waiting: dict[UUID, Task] = {}
    for copy in copies.due(views.actor(), references):
        if copy.decision_due is None:
            continue
        due = _("senast %(day)s", day=phrases.day(copy.decision_due, reader.today))
        url = url_for("disclosures.copies_held", disclosure_id=copy.disclosure_id)
        late = copy.decision_due < reader.today
        text = _("Ta ställning till en kopia")
        waiting.setdefault(
            copy.disclosure_id, Task(text, url, references[copy.case_id], None, due, "danger" if late else "")
        )
    return list(waiting.values())
