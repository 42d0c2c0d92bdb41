"""Turns that set a case in the demo apart: another legal basis than consent, a withdrawal, a mistake, somebody who leaves."""

from collections.abc import Callable, Mapping

from coordination.demo.actions import (
    Assign,
    DisposeCopies,
    Edit,
    EndAssignment,
    EndParticipation,
    OpenProtected,
    Revoke,
    WithdrawConsent,
)
from coordination.demo.cast import handlers_of, manager_of
from coordination.demo.script import kind_of
from coordination.demo.telling import Telling
from policies.permissions import AgencyKind

_SCHOOLS = (AgencyKind.SCHOOL, AgencyKind.SCHOOL_HEALTH)


def report_of_concern(telling: Telling) -> None:
    """Somebody in school has to report that a child may be harmed: a duty, nothing to weigh (SoL 19:1)."""
    script = telling.script
    agency = next(party for party in script.parties if kind_of(party) in _SCHOOLS)
    record = script.write(script.handler[agency], telling.deck.notification(kind_of(agency)))
    on = ("OSL_10_28_SKYLDIGHET", "child_protection", "harm_duty", 300)
    telling.disclose(agency, script.social, record, on, duty="SOL_19_1_OROS")


def prevent(telling: Telling) -> None:
    """Social services tell the police of a risk ahead (OSL 10:18 a)."""
    script = telling.script
    record = script.write(script.lead, telling.note_by(script.social))
    police = _police(telling)
    key = telling.disclose(script.social, police, record, ("OSL_10_18A_U21", "prevent_crime", "harm_18a", 75))
    if telling.has("revoked"):
        script.do(script.lead, Revoke(key, "revoked_no_longer_needed"))


def general_clause(telling: Telling) -> None:
    """The last agency to join tells social services what obviously weighs more than secrecy (OSL 10:27)."""
    script = telling.script
    agency = script.parties[-1]
    record = script.write(script.handler[agency], telling.note_by(agency))
    telling.disclose(agency, script.social, record, ("OSL_10_27_GENERAL", "support", "harm_27", 60))


def weigh(telling: Telling) -> None:
    """A school, or social services, give the police what they need to prevent crime, after a weighing (OSL 10:15 a)."""
    script = telling.script
    owner = next((party for party in script.parties if kind_of(party) in _SCHOOLS), script.social)
    record = script.write(script.handler[owner], telling.note_by(owner))
    telling.disclose(owner, _police(telling), record, ("OSL_10_15A", "prevent_crime", "harm_15a", 80))


def take_over(telling: Telling) -> None:
    """Another case worker takes over from the lead."""
    script = telling.script
    colleague = next(worker for worker in handlers_of(script.social) if worker != script.lead)
    manager = manager_of(script.social)
    script.do(manager, Assign(colleague))
    script.starts(colleague)
    script.do(manager, EndAssignment(script.lead))
    script.ends(script.lead)
    script.handler[script.social] = script.lead = colleague


def let_go(telling: Telling) -> None:
    """The last agency to join leaves the case."""
    script = telling.script
    agency = script.parties[-1]
    script.do(script.lead, EndParticipation(agency))
    script.ends(script.handler.pop(agency))


def take_last(telling: Telling) -> None:
    """Let the turns that belong at the end happen, each if the case has it."""
    for turn, take in _LAST.items():
        if telling.has(turn) and telling.script.until is None:
            take(telling)


def revoke(telling: Telling) -> None:
    """The newest disclosure was a mistake."""
    if telling.script.shared:
        shared = telling.script.shared[-1]
        telling.script.do(shared.owner, Revoke(shared.key, "revoked_mistake"))


def _edit(telling: Telling) -> None:
    """A record changes after it was given: the recipient has an older version."""
    script = telling.script
    shared = next((item for item in reversed(script.shared) if script.works(item.owner)), None)
    if shared is not None:
        script.on(3)
        script.do(shared.owner, Edit(shared.record, shared.part, script.fit(telling.deck.words("edits"))))


def _withdraw(telling: Telling, days: int) -> None:
    script = telling.script
    if script.consent is not None:
        script.on(days)
        script.do(script.lead, WithdrawConsent(script.consent[0], script.chance.choice(("youth", "guardian"))))


def _withdraw_now(telling: Telling) -> None:
    _withdraw(telling, 6)


def _withdraw_late(telling: Telling) -> None:
    """The consent was withdrawn some time ago: one recipient has disposed of a copy, the others are late."""
    _withdraw(telling, 20)
    shared = telling.script.shared[-1]
    telling.script.on(15)
    telling.script.do(telling.script.handler[shared.to], DisposeCopies(shared.key))


def _leave(telling: Telling) -> None:
    telling.script.on(12)
    let_go(telling)


def _open_protected(telling: Telling) -> None:
    person = "subject" if telling.has("subject_protected") else telling.guardians[-1]
    telling.script.on(4)
    telling.script.do(telling.script.lead, OpenProtected(person, telling.deck.words("protected")))


def _police(telling: Telling) -> str:
    return next(party for party in telling.script.parties if kind_of(party) is AgencyKind.POLICE)


_LAST: Mapping[str, Callable[[Telling], None]] = {
    "left": _leave,
    "withdrawn_late": _withdraw_late,
    "withdrawn": _withdraw_now,
    "subject_protected": _open_protected,
    "guardian_protected": _open_protected,
    "edited": _edit,
}
