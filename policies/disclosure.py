"""Which legal bases fit, from this agency to that, about this person and this kind of data, that day, and what blocks.

Pure: the question holds every fact, the table every rule. Each basis is either applicable, with what must hold in the
single case, or blocked, with the first reason.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from policies.applicability import Block as Block
from policies.applicability import facts_asked, first_block
from policies.bases import BasisTable, LegalBasis, Text, basis_table
from policies.disclosure_texts import BLOCKS, GIVES, NOTICES
from policies.question import ConsentGiven as ConsentGiven
from policies.question import Question as Question
from policies.vocabulary import BasisKind, DataKind, Outcome, Purpose


@dataclass(frozen=True, slots=True)
class Answer:
    """One basis: applicable with what must hold (``requires``), or blocked with the reason (``reason``).

    ``conditional``: it hangs on a circumstance that the question says nothing of (terrorism, a vehicle, a close
    relative in danger ...). It is listed with that circumstance, and decides no outcome before somebody has stated it.
    """

    id: str
    kind: BasisKind
    reason: str
    requires: tuple[str, ...]
    why_sv: str
    why_en: str
    weighing: bool = False
    carried_by: str | None = None
    conditional: bool = False


@dataclass(frozen=True, slots=True)
class Assessment:
    """Every basis in force or not, in one of two lists, the strongest of what applies, and what is always to be said."""

    applicable: tuple[Answer, ...]
    blocked: tuple[Answer, ...]
    outcome: Outcome
    notices: tuple[Text, ...]

    def carrying(self, basis_id: str) -> Answer | None:
        """Answer for a basis that a disclosure can stand on: one that applies, or one that would and is not needed because nothing
        is secret. Then it asks more than the law does, and an agency without secrecy has something to write its reasons on.
        """
        needless = (answer for answer in self.blocked if answer.reason == Block.NOTHING_TO_LIFT)
        return next((answer for answer in (*self.applicable, *needless) if answer.id == basis_id), None)


GIVEN = "applies"


def assess(question: Question, table: BasisTable | None = None) -> Assessment:
    """Answer which bases of the table apply and which do not, each with its reason, and the strongest of them."""
    rules = basis_table() if table is None else table
    applicable: list[Answer] = []
    blocked: list[Answer] = []
    carriers = []
    for basis in rules.versions_for(question.on):
        if basis.carries_duties:
            carriers.append(basis)
            continue
        block = first_block(basis, question)
        answer = _applies(basis, question, rules) if block is None else _blocked(basis, block)
        (applicable if block is None else blocked).append(answer)
    outcome = _outcome(applicable, question)
    for carrier in carriers:
        answer = _carrying(carrier, question, [one for one in applicable if one.carried_by == carrier.id])
        (applicable if answer.reason == GIVEN else blocked).append(answer)
    return Assessment(tuple(applicable), tuple(blocked), outcome, _notices(question))


def _applies(basis: LegalBasis, question: Question, rules: BasisTable) -> Answer:
    requires = tuple(fact for fact in facts_asked(basis, question) if not question.facts.get(fact))
    why = GIVES[basis.kind, basis.weighing]
    return Answer(
        basis.id,
        basis.kind,
        GIVEN,
        requires,
        why.sv,
        why.en,
        weighing=basis.weighing,
        carried_by=basis.carried_by,
        conditional=not rules.exceptional.isdisjoint(requires),
    )


def _blocked(basis: LegalBasis, block: Block) -> Answer:
    why = basis.explanation if block is Block.BREAKS_NOTHING else BLOCKS[block]
    return Answer(basis.id, basis.kind, block.value, (), why.sv, why.en, weighing=basis.weighing)


def _carrying(carrier: LegalBasis, question: Question, duties: list[Answer]) -> Answer:
    """Answer for a basis that only opens secrecy for duties that stand elsewhere (OSL 10:28): it is as sure as they are."""
    block = first_block(carrier, question) or (None if duties else Block.NO_DUTY)
    if block is not None:
        return _blocked(carrier, block)
    why = GIVES[carrier.kind, carrier.weighing]
    conditional = all(duty.conditional for duty in duties)
    return Answer(carrier.id, carrier.kind, GIVEN, (), why.sv, why.en, conditional=conditional)


def _outcome(applicable: list[Answer], question: Question) -> Outcome:
    sure = [answer for answer in applicable if not answer.conditional]
    if any(answer.kind is BasisKind.DUTY for answer in sure):
        return Outcome.DUTY
    if not question.provisions or any(not answer.weighing for answer in sure):
        return Outcome.ALLOWED
    return Outcome.WEIGHING_REQUIRED if sure else Outcome.REFUSE


def _notices(question: Question) -> tuple[Text, ...]:
    said = {
        "danger": question.purpose is Purpose.IMMEDIATE_DANGER,
        "outside_osl": question.from_private,
        "not_secret": not question.provisions
        and question.data is not DataKind.DEIDENTIFIED
        and not question.from_private,
        "unprotected": question.to_private and question.data is not DataKind.DEIDENTIFIED,
    }
    return tuple(NOTICES[name] for name, holds in said.items() if holds)


class Problem(StrEnum):
    """What is wrong with the terms somebody has written."""

    NOT_IN_FORCE = "basis_not_in_force"
    TEXT_TOO_SHORT = "harm_test_too_short"
    DUTY_MISSING = "duty_missing"
    UNTIL_PASSED = "until_before_today"
    UNTIL_TOO_LATE = "until_beyond_longest"
    CONSENT_MISSING = "consent_missing"
    UNTIL_AFTER_CONSENT = "until_after_consent"
    BREAKS_NOTHING = "basis_breaks_nothing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What is written when something is disclosed: why, until when, on which consent or duty."""

    text: str
    on: date
    until: date
    consent_until: date | None = None
    duty_id: str | None = None


def last_day(basis: LegalBasis, on: date, consent_until: date | None = None) -> date:
    """Answer the last day a disclosure on this basis may run: the basis' longest time, never past the consent's end."""
    longest = on + timedelta(days=basis.longest_days)
    return longest if consent_until is None else min(longest, consent_until)


def validate_terms(basis: LegalBasis, terms: Terms) -> tuple[Problem, ...]:
    """Answer everything that is wrong with the terms, nothing where they will do. Blank space is not text."""
    consent = basis.kind is BasisKind.CONSENT
    wrong = {
        Problem.NOT_IN_FORCE: not basis.in_force(terms.on),
        Problem.BREAKS_NOTHING: basis.explains_only,
        Problem.TEXT_TOO_SHORT: len(" ".join(terms.text.split())) < basis.minimum_text,
        Problem.DUTY_MISSING: basis.carries_duties and not terms.duty_id,
        Problem.UNTIL_PASSED: terms.until < terms.on,
        Problem.UNTIL_TOO_LATE: terms.until > last_day(basis, terms.on),
        Problem.CONSENT_MISSING: consent and terms.consent_until is None,
        Problem.UNTIL_AFTER_CONSENT: consent and terms.consent_until is not None and terms.until > terms.consent_until,
    }
    return tuple(problem for problem, is_wrong in wrong.items() if is_wrong)
