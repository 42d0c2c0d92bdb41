"""Who says yes at which age, what makes one guardian enough, and who has custody: the table ``consent.toml``, read and applied.

The law names no age (OSL 12:3: age and maturity); a municipality lays its own ages over ours.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from itertools import pairwise
from pathlib import Path
from uuid import UUID

from policies.bases import Text
from policies.tables import Row, TableError, check_unique, read_rows
from policies.vocabulary import MAJORITY, Status

FILE = "consent.toml"
SOLE = "sole"
"""Custody that nobody else can have a part in."""


class Voice(StrEnum):
    """The young person's own part in a consent."""

    SIGNS = "signs"
    HEARD = "heard"


class Guardians(StrEnum):
    """How many of those with custody have to say yes."""

    ALL = "all"
    ONE = "one"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeRule:
    """Who says yes from one age to below another; without an upper one, for everybody older."""

    id: str
    age_from: int
    age_below: int | None
    youth: Voice
    guardians: Guardians
    alone_with_reason: bool
    maturity_note: bool
    source: str
    status: Status
    text: Text

    def holds_at(self, age: int) -> bool:
        """Say whether the rule is for this age, in whole years."""
        return self.age_from <= age and (self.age_below is None or age < self.age_below)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A word to choose: a ground for one guardian being enough, or a part in custody."""

    id: str
    decides: bool
    source: str
    status: Status
    text: Text


@dataclass(frozen=True, slots=True)
class ConsentRules:
    """The whole table."""

    ages: Sequence[AgeRule]
    grounds: Mapping[str, Word]
    custody: Mapping[str, Word]

    def at(self, age: int) -> AgeRule:
        """Return the rule for an age in whole years."""
        return next(rule for rule in self.ages if rule.holds_at(age))


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """Who has said yes, and what is written beside it. ``custody`` is each guardian's part in custody, by person.

    ``against_guardians``: the young person is assumed to suffer considerably if the guardians learn of it (OSL 12:3).
    """

    youth_signed: bool
    youth_heard: bool = False
    custody: Mapping[UUID, str] = field(default_factory=dict)
    signed: frozenset[UUID] = frozenset()
    ground: str | None = None
    reason_without_guardian: bool = False
    maturity_noted: bool = False
    against_guardians: bool = False


class Lack(StrEnum):
    """What is missing for a consent to be one, or speaks against it."""

    YOUTH = "youth_must_sign"
    UNHEARD = "youth_must_be_heard"
    GUARDIAN = "guardian_must_sign"
    SECOND_GUARDIAN = "second_guardian_must_sign"
    WITHOUT_CUSTODY = "guardian_without_custody"
    CUSTODY_UNCLEAR = "custody_contradicts_itself"
    GUARDIAN_MAY_NOT = "guardian_may_not_decide"
    MATURITY = "maturity_note_missing"


def lacking(rule: AgeRule, signing: Signing, rules: ConsentRules | None = None) -> tuple[Lack, ...]:
    """Answer everything that is missing, nothing where the consent is one (OSL 12:2, 12:3; FB 6:11, 6:13, 6:13 a)."""
    table = rules or consent_rules()
    deciding = {person for person, part in signing.custody.items() if table.custody[part].decides}
    needs_guardians = _needs_guardians(rule, signing)
    holds = {
        Lack.CUSTODY_UNCLEAR: _contradicts(signing.custody.values(), deciding),
        Lack.WITHOUT_CUSTODY: not signing.signed <= deciding,
        Lack.GUARDIAN_MAY_NOT: signing.against_guardians and bool(signing.signed),
        Lack.YOUTH: rule.youth is Voice.SIGNS and not signing.youth_signed,
        Lack.UNHEARD: rule.youth is Voice.HEARD and not (signing.youth_heard or signing.youth_signed),
        Lack.GUARDIAN: needs_guardians and not signing.signed,
        Lack.SECOND_GUARDIAN: needs_guardians and bool(signing.signed) and _one_more(rule, signing, deciding),
        Lack.MATURITY: rule.maturity_note and not signing.maturity_noted,
    }
    return tuple(lack for lack, lacks in holds.items() if lacks)


def missing_signatures(
    rule: AgeRule, *, youth: bool, guardians: bool, reason_without_guardian: bool
) -> tuple[Lack, ...]:
    """Answer whose yes is missing in a consent that was recorded: whether enough guardians signed was settled then."""
    needs_guardians = _needs_guardians(
        rule, Signing(youth_signed=youth, reason_without_guardian=reason_without_guardian)
    )
    missing = {
        Lack.YOUTH: rule.youth is Voice.SIGNS and not youth,
        Lack.GUARDIAN: needs_guardians and not guardians,
    }
    return tuple(lack for lack, is_missing in missing.items() if is_missing)


@cache
def consent_rules(overlay: Path | None = None) -> ConsentRules:
    """Load and validate the table once. Raises ``TableError`` that names file, row and field."""
    ages = sorted((_age(row) for row in read_rows(FILE, "age", overlay=overlay)), key=lambda rule: rule.age_from)
    check_unique(FILE, (rule.id for rule in ages))
    _check_ages(ages)
    grounds = _words(read_rows(FILE, "ground", overlay=overlay), decide=True)
    custody = _words(read_rows(FILE, "custody", overlay=overlay))
    if SOLE not in custody:
        raise TableError(f"{FILE}: row {SOLE}: field id: is missing")
    return ConsentRules(ages, grounds, custody)


def _needs_guardians(rule: AgeRule, signing: Signing) -> bool:
    alone = rule.alone_with_reason and signing.reason_without_guardian
    return rule.guardians is not Guardians.NONE and not alone


def _one_more(rule: AgeRule, signing: Signing, deciding: set[UUID]) -> bool:
    enough = rule.guardians is Guardians.ONE or signing.ground is not None
    return not enough and not deciding <= signing.signed


def _contradicts(parts: Collection[str], deciding: set[UUID]) -> bool:
    return SOLE in parts and len(deciding) > 1


def _check_ages(ages: Sequence[AgeRule]) -> None:
    """Refuse ages with a gap or an overlap, and a guardian who decides for a grown-up."""
    if ages[0].age_from != 0:
        raise TableError(f"{FILE}: row {ages[0].id}: field from: the first age must be 0")
    for earlier, later in pairwise(ages):
        if earlier.age_below != later.age_from:
            raise TableError(
                f"{FILE}: row {later.id}: field from: must be {earlier.age_below}, where {earlier.id} ends"
            )
    if ages[-1].age_below is not None:
        raise TableError(f"{FILE}: row {ages[-1].id}: field below: the last age has no end")
    for rule in ages:
        grown = rule.age_below is None or rule.age_below > MAJORITY
        if grown and rule.guardians is not Guardians.NONE:
            raise TableError(f"{FILE}: row {rule.id}: field guardians: nobody has a guardian from {MAJORITY}")


def _age(row: Row) -> AgeRule:
    rule = AgeRule(
        id=row.text("id"),
        age_from=row.number("from"),
        age_below=row.number("below") if row.has("below") else None,
        youth=row.choice("youth", Voice),
        guardians=row.choice("guardians", Guardians),
        alone_with_reason=row.flag("alone_with_reason"),
        maturity_note=row.flag("maturity_note"),
        source=row.text("source"),
        status=row.choice("status", Status),
        text=Text(row.text("text_sv"), row.text("text_en")),
    )
    row.done()
    return rule


def _words(rows: Sequence[Row], *, decide: bool | None = None) -> Mapping[str, Word]:
    check_unique(FILE, (row.name for row in rows))
    return {row.name: _word(row, decide) for row in rows}


def _word(row: Row, decide: bool | None) -> Word:  # noqa: FBT001 - what holds for the whole table
    word = Word(
        id=row.text("id"),
        decides=row.flag("decides") if decide is None else decide,
        source=row.text("source"),
        status=row.choice("status", Status),
        text=Text(row.text("text_sv"), row.text("text_en")),
    )
    row.done()
    return word
