"""What can happen in the demo, as plain data: each is one use case of a service, with keys of the demo in place of ids."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A case is opened; its reference gets this running number, which ``plan`` fills in."""

    number: int = 0


@dataclass(frozen=True, slots=True)
class AddPerson:
    """A person is added to the case, known as ``key`` from here on."""

    key: str
    role: str
    given: str
    family: str
    number: str
    born: date | None = None
    contact: str = ""
    protection: str = "none"
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Invite:
    """An agency is invited to take part."""

    agency: str


@dataclass(frozen=True, slots=True)
class EndParticipation:
    """An agency leaves the case."""

    agency: str


@dataclass(frozen=True, slots=True)
class Assign:
    """A colleague is assigned, or the assignment renewed."""

    worker: str
    named_for_protected: bool = False


@dataclass(frozen=True, slots=True)
class EndAssignment:
    """A colleague's assignment ends."""

    worker: str


@dataclass(frozen=True, slots=True)
class MovePhase:
    """The case moves to a phase."""

    phase: str


@dataclass(frozen=True, slots=True)
class Check:
    """The leading agency writes down how it considered what a phase asks for."""

    condition: str
    words: str


@dataclass(frozen=True, slots=True)
class Act:
    """An agency says that it will do something."""


@dataclass(frozen=True, slots=True)
class NoteFirstAction:
    """The agencies have done something together for the first time: now."""


@dataclass(frozen=True, slots=True)
class GiveExit:
    """It is stated why the case ends."""

    code: str


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a record; ``nature`` is fact, assessment, own_view or disagreement."""

    nature: str
    heading: str
    body: str


@dataclass(frozen=True, slots=True)
class Write:
    """A record is written, known as ``key`` from here on, about something that happened some days before."""

    key: str
    kind: str
    title: str
    pieces: tuple[Piece, ...]
    about: str | None = "subject"
    days_before: int = 0


@dataclass(frozen=True, slots=True)
class MapOut:
    """A mapping is written: factors with their values, and what somebody says of an area of life (area, source, words)."""

    key: str
    ratings: tuple[tuple[str, int], ...]
    said: tuple[tuple[str, str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class SetGoal:
    """A goal is added to the plan."""

    key: str
    text: str
    own_words: str = ""


@dataclass(frozen=True, slots=True)
class FollowUp:
    """Somebody says how it goes with a goal."""

    goal: str
    status: str


@dataclass(frozen=True, slots=True)
class PlanAction:
    """An action towards a goal is added: done by somebody, from today and for so many days."""

    key: str
    goal: str
    text: str
    worker: str
    days: int
    status: str = "ongoing"


@dataclass(frozen=True, slots=True)
class Edit:
    """A sentence is added to the nth part of a record (the title is 0), so that what was disclosed becomes an older version."""

    record: str
    part: int
    addition: str


@dataclass(frozen=True, slots=True)
class Attach:
    """A file made by ``files`` is attached to a record."""

    record: str
    name: str
    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RecordConsent:
    """A consent is recorded, valid from that day."""

    key: str
    agencies: tuple[str, ...]
    kinds: tuple[str, ...]
    purposes: tuple[str, ...]
    form: str
    guardians: tuple[str, ...]
    valid_to: date
    note: str
    reason_without_guardian: str = ""
    maturity: str = "Hen kan med egna ord säga vad samtycket betyder, vem som får veta vad och att det går att ångra."


@dataclass(frozen=True, slots=True)
class WithdrawConsent:
    """A consent is taken back."""

    consent: str
    by: str


@dataclass(frozen=True, slots=True)
class Disclose:
    """Parts of a record (by place, the title is 0), or of a person's identity (by kind), are given to an agency."""

    key: str
    to: str
    basis: str
    purpose: str
    harm_test: str
    until: date
    record: str | None = None
    parts: tuple[int, ...] = ()
    person: str | None = None
    identity: tuple[str, ...] = ()
    duty: str | None = None
    own_initiative: bool = True


@dataclass(frozen=True, slots=True)
class Revoke:
    """A disclosure is ended by the one who made it."""

    disclosure: str
    why: str


@dataclass(frozen=True, slots=True)
class DisposeCopies:
    """The recipient disposes of what it still holds of a disclosure."""

    disclosure: str


@dataclass(frozen=True, slots=True)
class View:
    """The case is opened and read."""


@dataclass(frozen=True, slots=True)
class TryToView:
    """Somebody without an assignment tries to open the case, is refused, and the refusal is logged."""


@dataclass(frozen=True, slots=True)
class OpenFiles:
    """The attachments of a record are opened."""

    record: str


@dataclass(frozen=True, slots=True)
class OpenProtected:
    """A protected identity is opened, with a reason."""

    person: str
    reason: str


@dataclass(frozen=True, slots=True)
class ListMine:
    """Somebody looks at their own cases."""


@dataclass(frozen=True, slots=True)
class SearchFor:
    """Somebody searches; ``reason`` is stated when outside the own assignments."""

    text: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class GiveReview:
    """A manager lets a regional coordinator review the agency's log of a period."""

    key: str
    reviewer: str
    period_from: date
    period_to: date
    valid_until: date


@dataclass(frozen=True, slots=True)
class ReviewLog:
    """The regional coordinator reads the log."""

    review: str


@dataclass(frozen=True, slots=True)
class Night:
    """The night's work in a municipality: copies whose date has passed are closed, and the logs are signed."""

    checkpoint: bool = False


Action = (
    OpenCase
    | AddPerson
    | Invite
    | EndParticipation
    | Assign
    | EndAssignment
    | MovePhase
    | Check
    | Act
    | NoteFirstAction
    | GiveExit
    | Write
    | MapOut
    | SetGoal
    | FollowUp
    | PlanAction
    | Edit
    | Attach
    | RecordConsent
    | WithdrawConsent
    | Disclose
    | Revoke
    | DisposeCopies
    | View
    | TryToView
    | OpenFiles
    | OpenProtected
    | ListMine
    | SearchFor
    | GiveReview
    | ReviewLog
    | Night
)


@dataclass(frozen=True, slots=True)
class Event:
    """An action by somebody at a moment, in a case unless it stands outside them; nobody acts at night."""

    at: datetime
    town: str
    who: str | None
    case: str
    action: Action
