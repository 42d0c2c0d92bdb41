"""An agency's access log in words, for the person who reviews it: who did what, when and why, and whether the log is whole."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from flask_babel import LazyString, format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from coordination.audit.events import ALWAYS_REVIEWED
from coordination.audit.queries import LogState
from coordination.core import clock
from coordination.core.clock import STOCKHOLM
from coordination.oversight.service import OpenedLog, ReviewedLine
from coordination.web.presenting import log, phrases
from coordination.web.presenting.written import Written
from coordination.web.words import ROLES, AgencyView, role_names
from policies.access import CONDITION_SENTENCES, Condition
from policies.bases import basis_table
from policies.permissions import Role

DENIED = "access.denied"

ACTIONS: Mapping[str, LazyString] = {
    **log.ACTIONS,
    "session.signed_in": _l("Loggade in"),
    "session.sign_in_failed": _l("Inloggning som inte lyckades"),
    "session.signed_out": _l("Loggade ut"),
    "session.locked_out": _l("Fick vänta efter misslyckade försök"),
    "session.reauthenticated": _l("Bekräftade sin inloggning på nytt"),
    "session.ended": _l("En inloggning avslutades"),
    "account.password_changed": _l("Bytte lösenord"),
    "account.second_factor_changed": _l("Ändrade sin andra faktor"),
    "user.invitation_sent": _l("Bjöd in en användare"),
    "user.invitation_used": _l("Använde en inbjudan"),
    "user.changed": _l("Ändrade en användare"),
    "user.left": _l("Avslutade en användare"),
    "agency.changed": _l("Ändrade en part"),
    "municipality.changed": _l("Ändrade kommunen"),
    "case.listed": _l("Såg en lista över ärenden"),
    "case.searched": _l("Sökte"),
    "case.emergency_searched": _l("Sökte ett ärende att nödöppna"),
    DENIED: _l("Försökte men nekades"),
    "disclosure.received": _l("Delade uppgifter med parten"),
    "disclosure.ledger_viewed": _l("Såg listan över delningar"),
    "disclosure.ledger_exported": _l("Hämtade listan över delningar som fil"),
    "disclosure.ledger_counted": _l("Såg statistik över delningar"),
    "disclosure.closed_viewed": _l("Såg listan över stängda kopior"),
    "match.listed": _l("Såg listan över frågor"),
    "urgent.listed": _l("Såg listan över brådskande begäranden"),
    "urgent.received": _l("En annan part skickade en brådskande begäran"),
    "urgent.opened": _l("Läste en annan parts brådskande begäran"),
    "urgent.answered": _l("Svarade på en brådskande begäran"),
    "urgent.refused": _l("Beslutade att inte lämna ut efter en brådskande begäran"),
    "oncall.viewed": _l("Såg jourlistan"),
    "oncall.changed": _l("Ändrade jourlistan"),
    "reminder.digest_written": _l("Ett mejl skrevs om hur mycket som väntar, utan att säga vad"),
    "operations.viewed": _l("Såg driftsidan"),
    "operations.job_asked": _l("Bad om att ett jobb körs nu"),
    "log.review_assigned": _l("Gav ett uppdrag att granska loggen"),
    "log.review_ended": _l("Avslutade ett uppdrag att granska loggen"),
    "log.viewed": _l("Granskade loggen"),
    "log.case_viewed": _l("Läste loggen för ett ärende"),
    "log.exported": _l("Hämtade loggen som fil"),
    "log.verified": _l("Loggen kontrollerades"),
    "log.checkpoint_made": _l("Loggens rot signerades"),
    "keys.rotated": _l("Partens nyckel byttes"),
}

KINDS: Mapping[str, tuple[LazyString, str]] = {
    "read": (
        _l("Läsning"),
        r"case\.(viewed|listed|\w+_viewed|\w+_opened)|copy\.(opened_to_take|closed_opened)|disclosure\.(\w+_viewed|ledger_counted)|match\.(listed|viewed|opened)|urgent\.(listed|viewed|opened)|oncall\.viewed|log\.(viewed|case_viewed)",
    ),
    "always": (_l("Granskas alltid"), "|".join(re.escape(event.tag) for event in ALWAYS_REVIEWED)),
    "protected": (_l("Skyddade personuppgifter"), r"case\.protected_identity_opened"),
    "search": (_l("Sökning"), r"case\.(emergency_)?searched"),
    "taken_out": (
        _l("Utskrift och fil"),
        r"case\.(printed|exported)|plan\.printed|disclosure\.ledger_exported|log\.exported",
    ),
    "written": (
        _l("Ändring i ärenden"),
        r"case\.(opened|person_\w+|\w+_changed|phase_moved|emergency_ended|emergency_seen|record_written|record_edited|attachment_added|draft_rescued)|consent\.\w+|plan\.(goal|action)_\w+|copy\.(closed|taken|\w*disposed\w*)",
    ),
    "shared": (
        _l("Delning"),
        r"disclosure\.(made|received|revoked|undone|refused)|match\.(asked|received|answered|answer_received|declined)|urgent\.(sent|received|answered|answer_received|refused|refusal_received)|case\.handler_asked",
    ),
    "denied": (_l("Nekat"), re.escape(DENIED)),
    "sign_in": (_l("Inloggning och konton"), r"(session|account|user)\.\w+"),
    "system": (
        _l("Logg, nycklar, parter och drift"),
        r"(log|keys|agency|municipality|operations|reminder)\.\w+|oncall\.changed",
    ),
}
"""What a reviewer can choose to see: a label and the events it means."""

FLAGS: Mapping[str, tuple[LazyString, str, str]] = {
    "case.protected_identity_opened": (_l("Skyddade uppgifter"), "warn", "shield"),
    "copy.closed_opened": (_l("Stängd kopia"), "warn", "lock"),
    "case.emergency_opened": (_l("Nödöppning"), "danger", "warning"),
    **dict.fromkeys(
        ("urgent.sent", "urgent.received", "urgent.opened", "urgent.answered", "urgent.refused"),
        (_l("Brådskande begäran"), "danger", "warning"),
    ),
    "case.printed": (_l("Utskrift"), "calm", "print"),
    "plan.printed": (_l("Utskrift"), "calm", "print"),
    "case.exported": (_l("Fil"), "calm", "download"),
    "disclosure.ledger_exported": (_l("Fil"), "calm", "download"),
    "log.exported": (_l("Fil"), "calm", "download"),
    DENIED: (_l("Nekad"), "danger", "lock"),
    "session.locked_out": (_l("Spärrad"), "warn", "lock"),
}

ALWAYS = (_l("Granskas alltid"), "warn", "shield")
"""The mark of what is never left to a sample."""

FAULTS: Mapping[str, LazyString] = {
    "checkpoint_columns_differ": _l("Den signerade roten vid %(place)s poster är ändrad."),
    "checkpoint_missing": _l("Den signerade roten vid %(place)s poster saknas."),
    "checkpoint_not_in_log": _l("Loggen vet inget om den signerade roten vid %(place)s poster."),
    "checkpoint_not_signed": _l("Roten vid %(place)s poster har fel signatur."),
    "checkpoint_of_another_log": _l("Den signerade roten vid %(place)s poster hör till en annan logg."),
    "checkpoint_twice": _l("Den signerade roten vid %(place)s poster finns två gånger."),
    "end_missing": _l("Slutet av loggen saknas. Den har haft minst %(place)s poster."),
    "entry_and_leaf_missing": _l("Post %(place)s saknas."),
    "entry_before_the_first": _l("Det finns en post före den första."),
    "entry_columns_differ": _l("Uppgifterna bredvid post %(place)s är ändrade."),
    "entry_dated_before_the_last": _l("Post %(place)s har en tid före posten innan."),
    "entry_missing": _l("Post %(place)s saknas."),
    "entry_not_canonical": _l("Post %(place)s har inte sin rätta form."),
    "leaf_differs": _l("Post %(place)s är ändrad."),
    "leaf_missing": _l("Post %(place)s har lagts till eller förlorat sin kontrollsumma."),
    "node_differs": _l("En kontrollsumma över posterna är ändrad."),
    "node_missing": _l("En kontrollsumma över posterna saknas."),
    "node_without_entries": _l("Det finns en kontrollsumma utan poster."),
    "root_differs_from_checkpoint": _l("Posterna före %(place)s är inte de som signerades."),
    "root_differs_from_kept_checkpoint": _l("Posterna före %(place)s är inte de som signerades."),
    "root_differs_from_verification": _l("Posterna före %(place)s är inte de som kontrollerades tidigare."),
}
"""Every fault a verification can find; the place is the number of a post, or of posts."""

_FAULT = re.compile(r"(\w+) at (-?\d+)")


class Flag(NamedTuple):
    """A mark on a line that a reviewer looks at first."""

    label: str
    tone: str
    icon: str


@dataclass(frozen=True, slots=True)
class Line:
    """A line as the table draws it."""

    sequence: int
    at: datetime
    who: str
    role: str
    agency: AgencyView
    what: str
    where: str
    why: str
    flags: list[Flag]


class Day(NamedTuple):
    """One of the last seven days."""

    label: str
    ok: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Integrity:
    """Whether the log is whole, as the panel draws it."""

    ok: bool
    verified_at: datetime | None
    note: str
    size: int
    root: str
    previous_root: str
    days: list[Day]


def events_of(kind: str) -> frozenset[str] | None:
    """Return the events that a kind means; None for all."""
    if kind not in KINDS:
        return None
    meant = re.compile(KINDS[kind][1])
    return frozenset(action for action in ACTIONS if meant.fullmatch(action))


def lines(opened: OpenedLog, own: AgencyView, agencies: Mapping[UUID, AgencyView]) -> list[Line]:
    """Return the lines of a log in words; whoever works in no agency (a command, a job) acts for the agency itself."""
    return [_line(line, own, agencies) for line in opened.lines]


def integrity(state: LogState) -> Integrity:
    """Return whether the log is whole, and its signed heads of the last seven days."""
    check, signed = state.last_check, state.checkpoints
    return Integrity(
        ok=check is None or check.fault is None,
        verified_at=check.at.astimezone(STOCKHOLM) if check else None,
        note=_note(state),
        size=state.size,
        root=_grouped(state.root),
        previous_root=_grouped(signed[0].root) if signed else "",
        days=_days({head.made_at.astimezone(STOCKHOLM).date() for head in signed}),
    )


def _line(reviewed: ReviewedLine, own: AgencyView, agencies: Mapping[UUID, AgencyView]) -> Line:
    line, person = reviewed.line, reviewed.who
    what = ACTIONS.get(line.action)
    return Line(
        sequence=line.seq,
        at=line.at.astimezone(STOCKHOLM),
        who=Written(person.name) if person else _("Systemet"),
        role=_roles(str(line.fields.get("by_roles", ""))),
        agency=agencies.get(person.agency_id, own) if person else own,
        what=str(what or line.action),
        where=reviewed.reference or "",
        why=_why(reviewed),
        flags=[Flag(str(flag[0]), flag[1], flag[2]) for flag in _flags(line.action)],
    )


def _flags(action: str) -> list[tuple[LazyString, str, str]]:
    """Return the marks of an event: what is reviewed every time says so, beside what it is."""
    always = [ALWAYS] if action in {event.tag for event in ALWAYS_REVIEWED} else []
    return [FLAGS[action], *always] if action in FLAGS else always


def _roles(held: str) -> str:
    return role_names(Role(role) for role in held.split(",") if role in {*ROLES})


def _why(reviewed: ReviewedLine) -> str:
    fields = reviewed.line.fields
    named = str(fields.get("legal_basis", ""))
    basis = basis_table().on(named, clock.today())
    if basis is not None:  # a disclosure's reason is its decision, which a reviewer does not read
        return phrases.said(basis.title)
    if reviewed.reason is not None:
        return phrases.with_ground(named, Written(reviewed.reason) or str(_("Skälet kan inte öppnas")))
    missing = str(fields.get("reason_code", ""))
    if missing in {*Condition}:
        condition = _(CONDITION_SENTENCES[Condition(missing)])
        return str(_("Villkor som inte var uppfyllt: %(condition)s", condition=condition))
    return ""


def _note(state: LogState) -> str:
    check = state.last_check
    if check is None:
        return str(_("Loggen kontrolleras varje morgon."))
    if check.fault is None:
        return str(_("Inget har ändrats eller tagits bort."))
    found = _FAULT.match(check.fault)
    words = FAULTS.get(found[1]) if found else None
    return str(words) % {"place": found[2]} if found and words else check.fault


def _days(signed: Iterable[object]) -> list[Day]:
    today, done = clock.today(), set(signed)
    days = [today - timedelta(days=back) for back in range(6, -1, -1)]
    return [Day(format_date(day, "EEEEEE"), day in done, day == today) for day in days]


def _grouped(root: bytes) -> str:
    """Write a hash in groups of four: people read it aloud to each other."""
    digits = root.hex()
    return " ".join(digits[at : at + 4] for at in range(0, len(digits), 4))
