"""Does one legal basis fit one question? The first reason why not, else the facts that must hold in the single case."""

from collections.abc import Callable
from enum import StrEnum

from policies.bases import AgeLimit, LegalBasis
from policies.provisions import Provision, held_by, touched_by
from policies.question import Question
from policies.vocabulary import (
    MAJORITY,
    YOUTH_HEARD_FROM,
    BasisKind,
    DataKind,
    GivenBy,
    Initiative,
    Purpose,
    Status,
)


class Block(StrEnum):
    """Why a basis does not apply; the texts are in ``disclosure_texts``."""

    NOT_IN_FORCE = "not_in_force"
    PROPOSED = "only_proposed"
    BREAKS_NOTHING = "breaks_nothing"
    SENDER = "sender_not_covered"
    RECIPIENT = "recipient_not_covered"
    SENDER_PRIVATE = "sender_not_authority"
    RECIPIENT_PRIVATE = "recipient_not_authority"
    RECIPIENT_PUBLIC = "recipient_is_authority"
    NOBODY_IDENTIFIABLE = "nobody_identifiable"
    SOMEBODY_IDENTIFIABLE = "somebody_identifiable"
    ROLE = "role_not_covered"
    TOO_OLD = "too_old"
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


def first_block(basis: LegalBasis, question: Question) -> Block | None:
    """Answer the first reason why the basis does not apply, ``None`` where it does."""
    for check in _CHECKS:
        if block := check(basis, question):
            return block
    return None


def facts_asked(basis: LegalBasis, question: Question) -> tuple[str, ...]:
    """Answer what must hold in the single case, in the order it is asked, each fact once."""
    asked = list(basis.requires)
    if question.sender in basis.sender_requires:
        asked.append(basis.sender_requires[question.sender])
    if question.age is None and _asks_age(basis, question):
        asked.append("age_known")
    if basis.age is not None and basis.age.or_fact is not None and not _within(basis.age, question):
        asked.append(basis.age.or_fact)
    if any(
        not _lifted(basis, item, question) for item in question.provisions if held_by(basis.left_to_harm_test, item)
    ):
        asked.append("harm_test_18")
    asked.extend(_consent_facts(basis, question))
    return tuple(dict.fromkeys(asked))


def _scope_block(basis: LegalBasis, question: Question) -> Block | None:
    failed = {
        Block.PROPOSED: basis.status is Status.PROPOSED,
        Block.NOT_IN_FORCE: not basis.in_force(question.on),
        Block.SENDER: basis.senders is not None and question.sender not in basis.senders,
        Block.RECIPIENT: basis.recipients is not None and question.recipient not in basis.recipients,
        Block.BREAKS_NOTHING: basis.explains_only,
        Block.SENDER_PRIVATE: basis.authorities_only and question.from_private,
        Block.RECIPIENT_PRIVATE: basis.authorities_only and question.to_private,
        Block.RECIPIENT_PUBLIC: basis.to_private_only and not question.to_private,
    }
    return next((block for block, fails in failed.items() if fails), None)


def _person_block(basis: LegalBasis, question: Question) -> Block | None:
    if basis.roles is not None and question.role not in basis.roles:
        return Block.ROLE
    if basis.age is None or basis.age.or_fact is not None or not basis.age.is_of(question.role):
        return None
    return None if _within(basis.age, question) else Block.TOO_OLD


def _within(limit: AgeLimit, question: Question) -> bool:
    """Say whether the person's own age is what the limit asks for, or not known and so for the fact ``age_known``."""
    return limit.is_of(question.role) and (question.age is None or question.age < limit.below)


def _asks_age(basis: LegalBasis, question: Question) -> bool:
    return (basis.age is not None and basis.age.is_of(question.role)) or basis.alone_from is not None


def _item_block(basis: LegalBasis, question: Question) -> Block | None:
    for_nobody = basis.data == frozenset({DataKind.DEIDENTIFIED})
    failed = {
        Block.NOBODY_IDENTIFIABLE: question.data is DataKind.DEIDENTIFIED and _about_somebody(basis),
        Block.SOMEBODY_IDENTIFIABLE: for_nobody and question.data is not DataKind.DEIDENTIFIED,
        Block.DATA: basis.data is not None and question.data not in basis.data,
        Block.PURPOSE: basis.purposes is not None and question.purpose not in basis.purposes,
        Block.ONLY_ON_REQUEST: basis.initiative is Initiative.ON_REQUEST and question.own_initiative,
        Block.ONLY_OWN_INITIATIVE: basis.initiative is Initiative.OWN_INITIATIVE and not question.own_initiative,
    }
    return next((block for block, fails in failed.items() if fails), None)


def _about_somebody(basis: LegalBasis) -> bool:
    return basis.breaks_secrecy or basis.kind is BasisKind.PERMISSION


def _secrecy_block(basis: LegalBasis, question: Question) -> Block | None:
    provisions = question.provisions
    if not basis.breaks_secrecy:
        return Block.STILL_CLOSED if provisions else None
    if not provisions and (basis.kind is BasisKind.PERMISSION or basis.carries_duties):
        return Block.NOTHING_TO_LIFT
    if basis.carried_by is not None:
        excluded = any(touched_by(basis.excluded, item) for item in provisions)
        return Block.NOT_LIFTED if excluded else None
    investigating = question.purpose is Purpose.INVESTIGATE_CRIME
    if investigating and any(touched_by(basis.excluded_when_investigating, item) for item in provisions):
        return Block.INVESTIGATION
    return None if all(_reached(basis, item, question) for item in provisions) else Block.NOT_LIFTED


def _reached(basis: LegalBasis, item: Provision, question: Question) -> bool:
    return _lifted(basis, item, question) or held_by(basis.left_to_harm_test, item)


def _lifted(basis: LegalBasis, item: Provision, question: Question) -> bool:
    """Say whether the basis lifts the provision; one in ``lifts_beside`` only with another on the same item (OSL 21:2)."""
    if touched_by(basis.excluded, item):
        return False
    beside = any(held_by(basis.lifts, other) for other in question.provisions)
    return held_by(basis.lifts, item) or (beside and held_by(basis.lifts_beside, item))


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
    return Block.FACT if any(question.facts.get(fact) is False for fact in facts_asked(basis, question)) else None


def _consent_facts(basis: LegalBasis, question: Question) -> list[str]:
    if basis.kind is not BasisKind.CONSENT or question.consent is None:
        return []
    minor = question.age is None or question.age < MAJORITY
    if minor and question.consent.given_by is GivenBy.YOUTH:
        return ["guardian_not_needed"]
    grown_enough_to_ask = question.age is None or question.age >= YOUTH_HEARD_FROM
    return ["youth_not_mature"] if question.consent.given_by is GivenBy.GUARDIAN and grown_enough_to_ask else []


_CHECKS: tuple[Callable[[LegalBasis, Question], Block | None], ...] = (
    _scope_block,
    _person_block,
    _item_block,
    _secrecy_block,
    _consent_block,
    _fact_block,
)
