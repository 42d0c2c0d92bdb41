"""Which legal bases fit, from this agency to that, about this person and this kind of data, that day, and what blocks.

Pure: the question holds every fact, the table every rule. Each basis is either applicable, with what must hold in the
single case, or blocked, with the first reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from policies.bases import BasisTable, LegalBasis, Text, basis_table
from policies.disclosure_texts import BLOCKS, GIVES, NOTICES
from policies.provisions import Provision, held_by, touched_by
from policies.secrecy import secrecy_of
from policies.vocabulary import (
    MAJORITY,
    PRIVATE_PARTIES,
    YOUTH_HEARD_FROM,
    BasisKind,
    DataKind,
    GivenBy,
    Initiative,
    Outcome,
    Party,
    PersonRole,
    Purpose,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsentGiven:
    """A consent as it bears on one question; ``consent.covers`` finds out whether it covers and is active."""

    covers_recipient: bool
    covers_data: bool
    active: bool
    given_by: GivenBy | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Everything an answer depends on. ``age`` is the person's on the day ``on``, or ``None`` where it is not known."""

    sender: Party
    recipient: Party
    role: PersonRole
    age: int | None
    data: DataKind
    purpose: Purpose
    own_initiative: bool
    on: date
    consent: ConsentGiven | None = None
    secrecy: frozenset[Provision] | None = None
    """The provisions on the item where they are known; else those that follow from sender and data."""
    facts: Mapping[str, bool] = field(default_factory=dict)
    """What is known of the facts the bases ask for: a true one is asked no more, a false one blocks."""
    sender_private: bool | None = None
    recipient_private: bool | None = None
    """Whether the organisation stands outside OSL (2:1, 2:3, 2:4) where that differs from what its kind usually is."""

    @property
    def provisions(self) -> frozenset[Provision]:
        """The secrecy on the item at the sender; none where nobody is identifiable or OSL does not bind the sender."""
        if self.data is DataKind.DEIDENTIFIED or self.from_private:
            return frozenset()
        return secrecy_of(self.sender, self.data) if self.secrecy is None else self.secrecy

    @property
    def from_private(self) -> bool:
        """Whether the sender stands outside OSL."""
        return self.sender in PRIVATE_PARTIES if self.sender_private is None else self.sender_private

    @property
    def to_private(self) -> bool:
        """Whether the recipient stands outside OSL."""
        return self.recipient in PRIVATE_PARTIES if self.recipient_private is None else self.recipient_private


@dataclass(frozen=True, slots=True)
class Answer:
    """One basis: applicable with what must hold (``requires``), or blocked with the reason (``reason``)."""

    id: str
    kind: BasisKind
    reason: str
    requires: tuple[str, ...]
    why_sv: str
    why_en: str
    weighing: bool = False
    carried_by: str | None = None


@dataclass(frozen=True, slots=True)
class Assessment:
    """Every basis in force or not, in one of two lists, the strongest of what applies, and what is always to be said."""

    applicable: tuple[Answer, ...]
    blocked: tuple[Answer, ...]
    outcome: Outcome
    notices: tuple[Text, ...]


class Block(StrEnum):
    """Why a basis does not apply; the texts are in ``disclosure_texts``."""

    NOT_IN_FORCE = "not_in_force"
    BREAKS_NOTHING = "breaks_nothing"
    SENDER = "sender_not_covered"
    RECIPIENT = "recipient_not_covered"
    SENDER_PRIVATE = "sender_not_authority"
    RECIPIENT_PRIVATE = "recipient_not_authority"
    NOBODY_IDENTIFIABLE = "nobody_identifiable"
    SOMEBODY_IDENTIFIABLE = "somebody_identifiable"
    ROLE = "role_not_covered"
    TOO_OLD = "too_old"
    TOO_YOUNG = "too_young"
    DATA = "data_not_covered"
    PURPOSE = "purpose_not_covered"
    ONLY_ON_REQUEST = "only_on_request"
    ONLY_OWN_INITIATIVE = "only_own_initiative"
    NOTHING_TO_LIFT = "nothing_to_lift"
    STILL_CLOSED = "secret"
    NOT_LIFTED = "secrecy_not_lifted"
    INVESTIGATION = "committed_crime_has_own_rules"
    NO_CONSENT = "no_consent"
    CONSENT_OVER = "consent_not_active"
    CONSENT_RECIPIENT = "consent_recipient_outside"
    CONSENT_DATA = "consent_data_outside"
    CONSENT_GIVER = "consent_giver_cannot_decide"
    NO_DUTY = "no_duty_found"
    FACT = "fact_excluded"


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
        answer = _answer(basis, question, _first_block(basis, question))
        (applicable if answer.reason == GIVEN else blocked).append(answer)
    duties = [answer.id for answer in applicable if answer.carried_by]
    for carrier in carriers:
        block = _first_block(carrier, question) or (None if duties else Block.NO_DUTY)
        (blocked if block else applicable).append(_answer(carrier, question, block))
    return Assessment(tuple(applicable), tuple(blocked), _outcome(applicable, question), _notices(question))


def _first_block(basis: LegalBasis, question: Question) -> Block | None:
    for check in (_scope_block, _person_block, _item_block, _secrecy_block, _consent_block, _fact_block):
        if block := check(basis, question):
            return block
    return None


def _scope_block(basis: LegalBasis, question: Question) -> Block | None:
    failed = {
        Block.NOT_IN_FORCE: not basis.in_force(question.on),
        Block.BREAKS_NOTHING: _explains_itself(basis),
        Block.SENDER: basis.senders is not None and question.sender not in basis.senders,
        Block.RECIPIENT: basis.recipients is not None and question.recipient not in basis.recipients,
        Block.SENDER_PRIVATE: basis.authorities_only and question.from_private,
        Block.RECIPIENT_PRIVATE: basis.authorities_only and question.to_private,
    }
    return next((block for block, fails in failed.items() if fails), None)


def _explains_itself(basis: LegalBasis) -> bool:
    """Say whether the row stands in the table only to say that it gives nothing (the cooperation provisions)."""
    return basis.kind is BasisKind.NONE and basis.data is None and basis.initiative is Initiative.EITHER


def _person_block(basis: LegalBasis, question: Question) -> Block | None:
    if basis.roles is not None and question.role not in basis.roles:
        return Block.ROLE
    if question.age is None:
        return None
    if basis.age_below is not None and question.age >= basis.age_below:
        return Block.TOO_OLD
    if basis.age_at_least is not None and question.age < basis.age_at_least:
        return Block.TOO_YOUNG
    return None


def _item_block(basis: LegalBasis, question: Question) -> Block | None:
    for_nobody = basis.data == frozenset({DataKind.DEIDENTIFIED})
    failed = {
        Block.NOBODY_IDENTIFIABLE: question.data is DataKind.DEIDENTIFIED and basis.breaks_secrecy,
        Block.SOMEBODY_IDENTIFIABLE: for_nobody and question.data is not DataKind.DEIDENTIFIED,
        Block.DATA: basis.data is not None and question.data not in basis.data,
        Block.PURPOSE: basis.purposes is not None and question.purpose not in basis.purposes,
        Block.ONLY_ON_REQUEST: basis.initiative is Initiative.ON_REQUEST and question.own_initiative,
        Block.ONLY_OWN_INITIATIVE: basis.initiative is Initiative.OWN_INITIATIVE and not question.own_initiative,
    }
    return next((block for block, fails in failed.items() if fails), None)


def _secrecy_block(basis: LegalBasis, question: Question) -> Block | None:
    provisions = question.provisions
    if not basis.breaks_secrecy:
        return Block.STILL_CLOSED if provisions else None
    if not provisions and (basis.kind is BasisKind.PERMISSION or basis.carries_duties):
        return Block.NOTHING_TO_LIFT
    if basis.carried_by is not None:
        return None
    investigating = question.purpose is Purpose.INVESTIGATE_CRIME
    if investigating and any(touched_by(basis.excluded_when_investigating, item) for item in provisions):
        return Block.INVESTIGATION
    return None if all(_reached(basis, item) for item in provisions) else Block.NOT_LIFTED


def _reached(basis: LegalBasis, item: Provision) -> bool:
    lifted = held_by(basis.lifts, item) and not touched_by(basis.excluded, item)
    return lifted or held_by(basis.left_to_harm_test, item)


def _consent_block(basis: LegalBasis, question: Question) -> Block | None:
    if basis.kind is not BasisKind.CONSENT:
        return None
    consent = question.consent
    if consent is None:
        return Block.NO_CONSENT
    failed = {
        Block.CONSENT_OVER: not consent.active,
        Block.CONSENT_RECIPIENT: not consent.covers_recipient,
        Block.CONSENT_DATA: not consent.covers_data,
        Block.CONSENT_GIVER: consent.given_by not in basis.given_by or _too_young_alone(basis, question),
    }
    return next((block for block, fails in failed.items() if fails), None)


def _too_young_alone(basis: LegalBasis, question: Question) -> bool:
    alone = question.consent is not None and question.consent.given_by is GivenBy.YOUTH
    return alone and basis.alone_from is not None and question.age is not None and question.age < basis.alone_from


def _fact_block(basis: LegalBasis, question: Question) -> Block | None:
    return Block.FACT if any(question.facts.get(fact) is False for fact in _all_facts(basis, question)) else None


def _all_facts(basis: LegalBasis, question: Question) -> tuple[str, ...]:
    """Answer what must hold in the single case, in the order it is asked."""
    asked = list(basis.requires)
    if question.sender in basis.sender_requires:
        asked.append(basis.sender_requires[question.sender])
    if question.age is None and _asks_age(basis):
        asked.append("age_known")
    if any(not held_by(basis.lifts, item) and held_by(basis.left_to_harm_test, item) for item in question.provisions):
        asked.append("harm_test_18")
    asked.extend(_consent_facts(basis, question))
    return tuple(asked)


def _asks_age(basis: LegalBasis) -> bool:
    return basis.age_below is not None or basis.age_at_least is not None or basis.alone_from is not None


def _consent_facts(basis: LegalBasis, question: Question) -> list[str]:
    if basis.kind is not BasisKind.CONSENT or question.consent is None or question.consent.given_by is None:
        return []
    minor = question.age is None or question.age < MAJORITY
    if minor and question.consent.given_by is GivenBy.YOUTH:
        return ["guardian_not_needed"]
    grown_enough_to_ask = question.age is None or question.age >= YOUTH_HEARD_FROM
    return ["youth_not_mature"] if question.consent.given_by is GivenBy.GUARDIAN and grown_enough_to_ask else []


def _answer(basis: LegalBasis, question: Question, block: Block | None) -> Answer:
    if block is None:
        known = question.facts
        requires = tuple(fact for fact in _all_facts(basis, question) if not known.get(fact, False))
        why = GIVES[basis.kind, basis.weighing]
        return Answer(
            basis.id, basis.kind, GIVEN, requires, why.sv, why.en, weighing=basis.weighing, carried_by=basis.carried_by
        )
    why = basis.explanation if block is Block.BREAKS_NOTHING else BLOCKS[block]
    return Answer(basis.id, basis.kind, block.value, (), why.sv, why.en, weighing=basis.weighing)


def _outcome(applicable: list[Answer], question: Question) -> Outcome:
    if any(answer.kind is BasisKind.DUTY for answer in applicable):
        return Outcome.DUTY
    if not question.provisions or any(not answer.weighing for answer in applicable):
        return Outcome.ALLOWED
    return Outcome.WEIGHING_REQUIRED if applicable else Outcome.REFUSE


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
        Problem.BREAKS_NOTHING: _explains_itself(basis),
        Problem.TEXT_TOO_SHORT: len(" ".join(terms.text.split())) < basis.minimum_text,
        Problem.DUTY_MISSING: basis.carries_duties and not terms.duty_id,
        Problem.UNTIL_PASSED: terms.until < terms.on,
        Problem.UNTIL_TOO_LATE: terms.until > last_day(basis, terms.on),
        Problem.CONSENT_MISSING: consent and terms.consent_until is None,
        Problem.UNTIL_AFTER_CONSENT: consent and terms.consent_until is not None and terms.until > terms.consent_until,
    }
    return tuple(problem for problem, is_wrong in wrong.items() if is_wrong)
