"""The access log of a case in words: who did what, when, and on what basis. Never what was read."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask_babel import LazyString, ngettext
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from coordination.audit.events import ALWAYS_REVIEWED
from coordination.audit.queries import LogLine
from coordination.cases.access_log import StatedLine
from coordination.core import clock
from coordination.core.clock import STOCKHOLM
from coordination.web.presenting import phrases
from coordination.web.presenting.reader import Reader
from coordination.web.presenting.written import Written
from coordination.web.words import AgencyView
from policies.bases import basis_table

ACTIONS: Mapping[str, LazyString] = {
    "case.opened": _l("Startade ärendet"),
    "case.viewed": _l("Öppnade ärendet"),
    "case.person_added": _l("Lade till en person"),
    "case.person_changed": _l("Ändrade en person"),
    "case.identity_viewed": _l("Öppnade en persons uppgifter"),
    "case.protected_identity_opened": _l("Öppnade skyddade personuppgifter"),
    "case.participation_changed": _l("Ändrade vilka parter som är med"),
    "case.assignment_changed": _l("Ändrade vem som arbetar i ärendet"),
    "case.emergency_opened": _l("Nödöppnade ärendet"),
    "case.emergency_ended": _l("Avslutade sin nödöppning"),
    "case.emergency_seen": _l("Kvitterade en nödöppning"),
    "case.conflict_changed": _l("Ändrade om någon är jävig"),
    "case.conflicts_viewed": _l("Såg vilka som är jäviga"),
    "case.checked": _l("Antecknade en prövning"),
    "case.check_viewed": _l("Öppnade en prövning"),
    "case.agency_acts": _l("Svarade att parten ska göra något"),
    "case.first_action_noted": _l("Antecknade den första gemensamma åtgärden"),
    "case.exit_given": _l("Angav varför ärendet avslutas"),
    "case.consultation_ended": _l("Avslutade samrådet"),
    "case.consultation_disposed": _l("Samrådet gallrades"),
    "case.followed_up": _l("Följde upp ett avslutat ärende"),
    "case.handler_asked": _l("Bad en part utse handläggare"),
    "case.phase_moved": _l("Bytte fas"),
    "case.record_written": _l("Skrev en uppgift"),
    "case.record_edited": _l("Ändrade en uppgift"),
    "case.record_viewed": _l("Öppnade en uppgift"),
    "case.part_opened": _l("Öppnade ett stycke"),
    "case.attachment_added": _l("Bifogade en fil"),
    "case.attachment_opened": _l("Öppnade en bilaga"),
    "case.printed": _l("Skrev ut"),
    "case.exported": _l("Exporterade"),
    "case.draft_opened": _l("Öppnade ett eget utkast"),
    "case.draft_rescued": _l("Skickade något efter att inloggningen gått ut; det sparades som utkast"),
    "consent.recorded": _l("Dokumenterade ett samtycke"),
    "consent.narrowed": _l("Dokumenterade att en del av ett samtycke togs tillbaka"),
    "consent.printed": _l("Skrev ut en samtyckesblankett"),
    "consent.withdrawn": _l("Dokumenterade att ett samtycke togs tillbaka"),
    "disclosure.made": _l("Delade uppgifter"),
    "disclosure.received": _l("Delade uppgifter med er"),
    "disclosure.revoked": _l("Avslutade en delning"),
    "disclosure.undone": _l("Ångrade en delning innan den hade öppnats"),
    "disclosure.refused": _l("Antecknade att uppgifter inte lämnas ut"),
    "disclosure.refusal_viewed": _l("Öppnade ett beslut att inte lämna ut"),
    "match.asked": _l("Frågade en annan part om en person"),
    "match.viewed": _l("Öppnade en fråga till en annan part"),
    "match.received": _l("En annan parts fråga träffade ärendet"),
    "match.opened": _l("Öppnade en annan parts fråga"),
    "match.answered": _l("Svarade en annan part att ni arbetar med personen"),
    "match.answer_received": _l("Fick svar på en fråga"),
    "match.declined": _l("Beslutade att inte svara på en annan parts fråga"),
    "urgent.sent": _l("Skickade en brådskande begäran till en annan part"),
    "urgent.viewed": _l("Öppnade en brådskande begäran som ni har skickat"),
    "urgent.answer_received": _l("Fick svar på en brådskande begäran"),
    "urgent.refusal_received": _l("Fick besked att det inte kan lämnas ut"),
    "plan.goal_added": _l("Lade till ett mål i planen"),
    "plan.goal_followed_up": _l("Följde upp ett mål"),
    "plan.action_added": _l("Lade till en åtgärd i planen"),
    "plan.action_changed": _l("Ändrade en åtgärd"),
    "plan.printed": _l("Skrev ut planen"),
    "copy.closed": _l("En kopia stängdes"),
    "copy.opened_to_take": _l("Öppnade en stängd kopia för att ta in den i den egna akten"),
    "copy.closed_opened": _l("Öppnade en stängd kopia"),
    "copy.taken": _l("Tog in en kopia i den egna akten"),
    "copy.disposed": _l("Gallrade en kopia"),
    "copy.closed_disposed": _l("Gallrade en stängd kopia"),
    "copy.disposed_by_schedule": _l("En kopia gallrades genast, enligt partens gallringsbeslut"),
    "log.case_viewed": _l("Läste den här loggen"),
}
"""Every event that is about a case."""

WARNINGS = frozenset({*(event.tag for event in ALWAYS_REVIEWED), "case.printed", "case.exported", "plan.printed"})


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the table draws it."""

    at: datetime
    who: str
    role: str
    agency: AgencyView
    what: str
    where: str
    why: str
    tone: str
    icon: str


def lines(found: Sequence[StatedLine], reader: Reader) -> list[Line]:
    """Return the lines of a log in words."""
    return [_line(one, reader) for one in found]


def _line(stated: StatedLine, reader: Reader) -> Line:
    line = stated.line
    person = reader.people.get(line.user_id) if line.user_id else None
    what = ACTIONS.get(line.action)
    warning = line.action in WARNINGS
    return Line(
        at=line.at.astimezone(STOCKHOLM),
        who=Written(person.name) if person else _("Systemet"),
        role=Written(person.title if person else ""),
        agency=reader.agencies[person.agency_id] if person else reader.own,
        what=str(what) if what else line.action,
        where=_where(line),
        why=_why(stated),
        tone="warn" if warning else "",
        icon="shield" if warning else "",
    )


def _where(line: LogLine) -> str:
    parts = line.fields.get("parts")
    if parts is None:
        return ""
    number = parts if isinstance(parts, int) else len([part for part in str(parts).split(",") if part])
    return str(ngettext("%(num)s stycke", "%(num)s stycken", number))


def _why(stated: StatedLine) -> str:
    named = str(stated.line.fields.get("legal_basis", ""))
    basis = basis_table().on(named, clock.today())
    if basis is not None:
        return phrases.said(basis.title)
    if stated.reason is not None:
        return phrases.with_ground(named, Written(stated.reason) or str(_("Skälet kan inte öppnas")))
    return str(_("Skäl angivet")) if stated.line.fields.get("reason_ref") else ""
