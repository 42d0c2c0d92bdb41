"""The legal bases as values: ``legal_bases.toml`` read, validated, and asked for by day.

A row is one period's wording of one provision in our own words; the statute decides. ``disclosure`` asks the questions.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from policies.provisions import Span
from policies.tables import Row, TableError, check_periods, check_unique, read_rows
from policies.vocabulary import BasisKind, DataKind, GivenBy, Initiative, Party, PersonRole, Purpose, Status

FILE = "legal_bases.toml"


@dataclass(frozen=True, slots=True)
class Text:
    """The same thing said in Swedish and in English."""

    sv: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AgeLimit:
    """The person is younger than this on the day of disclosure."""

    below: int
    of: frozenset[PersonRole] | None
    """Those whose own age the limit is about; ``None`` is everybody."""
    or_fact: str | None
    """What can hold instead of the limit: too old now, but a child then; too old, but cared for by force."""

    def is_of(self, role: PersonRole) -> bool:
        """Say whether the limit is about this person's own age."""
        return self.of is None or role in self.of


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalBasis:
    """One version of one provision: whom it reaches, what it lifts, what it asks for. ``None`` in a scope is everything."""

    id: str
    source: str
    in_force_from: date
    in_force_to: date | None
    kind: BasisKind
    breaks_secrecy: bool
    weighing: bool
    authorities_only: bool
    to_private_only: bool
    """Reaches only recipients outside OSL (a reservation binds nobody else)."""
    senders: frozenset[Party] | None
    """Empty: somebody who is none of our parties (a supplier, a party to a case); then, and only then, nobody here."""
    sender_requires: Mapping[Party, str]
    """Senders that are reached only if a fact holds (an association only where its work is professional)."""
    recipients: frozenset[Party] | None
    roles: frozenset[PersonRole] | None
    age: AgeLimit | None
    data: frozenset[DataKind] | None
    purposes: frozenset[Purpose] | None
    initiative: Initiative
    lifts: tuple[Span, ...]
    lifts_beside: tuple[Span, ...]
    """Lifted only on an item that carries something in ``lifts`` too (OSL 21:2)."""
    excluded: tuple[Span, ...]
    excluded_when_investigating: tuple[Span, ...]
    left_to_harm_test: tuple[Span, ...]
    """Secrecy the basis does not lift but that holds only where disclosure does harm: it must be tried beside."""
    given_by: frozenset[GivenBy]
    alone_from: int | None
    """The youngest age at which the person's own consent, without guardians, can carry a disclosure."""
    carries_duties: bool
    carried_by: str | None
    explains_only: bool
    """Stands in the table to say that it gives nothing (the provisions on cooperation)."""
    requires: tuple[str, ...]
    must_write: tuple[str, ...]
    minimum_text: int
    longest_days: int
    status: Status
    confirmed_by_lawyer: bool
    title: Text
    test: Text
    explanation: Text

    def in_force(self, on: date) -> bool:
        """Say whether this version is in force on the day; first and last day are included. A proposal never is."""
        return (
            self.status is not Status.PROPOSED
            and self.in_force_from <= on
            and (self.in_force_to is None or on <= self.in_force_to)
        )


@dataclass(frozen=True, slots=True)
class BasisTable:
    """All versions of all bases, and the facts and things to write that they ask for, in words."""

    bases: tuple[LegalBasis, ...]
    facts: Mapping[str, Text]
    writings: Mapping[str, Text]
    exceptional: frozenset[str]
    """The facts that bring in a circumstance no question speaks of; a basis that asks for one waits until it is stated."""

    def on(self, basis_id: str, on: date) -> LegalBasis | None:
        """Answer the version of a basis that is in force on the day."""
        return next((basis for basis in self.bases if basis.id == basis_id and basis.in_force(on)), None)

    def versions_for(self, on: date) -> tuple[LegalBasis, ...]:
        """Answer one version of each basis, in the order of the table: the one in force, else the one nearest to it."""
        ids = dict.fromkeys(basis.id for basis in self.bases)
        return tuple(self.on(basis_id, on) or self._nearest(basis_id, on) for basis_id in ids)

    def _nearest(self, basis_id: str, on: date) -> LegalBasis:
        versions = sorted(
            (basis for basis in self.bases if basis.id == basis_id), key=lambda basis: basis.in_force_from
        )
        return next((basis for basis in versions if basis.in_force_from > on), versions[-1])


@cache
def basis_table(overlay: Path | None = None) -> BasisTable:
    """Load and validate the table of legal bases once. Raises ``TableError`` that names file, row and field."""
    fact_rows = read_rows(FILE, "fact", overlay=overlay)
    exceptional = frozenset(row.name for row in fact_rows if row.has("exceptional") and row.flag("exceptional"))
    facts = _texts(fact_rows)
    writings = _texts(read_rows(FILE, "writing", overlay=overlay))
    bases = tuple(_checked(row) for row in read_rows(FILE, "basis", overlay=overlay))
    check_periods(FILE, bases)
    _check_references(bases, facts, writings)
    return BasisTable(bases, facts, writings, exceptional)


def _texts(rows: Sequence[Row]) -> dict[str, Text]:
    check_unique(FILE, (row.name for row in rows))
    texts = {}
    for row in rows:
        texts[row.text("id")] = Text(row.text("sv"), row.text("en"))
        row.done()
    return texts


def _checked(row: Row) -> LegalBasis:
    basis = _basis(row)
    for field, problem, is_wrong in (*_secrecy_faults(basis), *_other_faults(basis)):
        if is_wrong:
            row.fail(field, problem)
    row.done()
    return basis


def _basis(row: Row) -> LegalBasis:
    return LegalBasis(
        id=row.text("id"),
        source=row.text("source"),
        in_force_from=row.day("in_force_from"),
        in_force_to=row.day("in_force_to") if row.has("in_force_to") else None,
        kind=row.choice("kind", BasisKind),
        breaks_secrecy=row.flag("breaks_secrecy"),
        weighing=row.flag("weighing"),
        authorities_only=row.flag("authorities_only"),
        to_private_only=row.flag("to_private_only") if row.has("to_private_only") else False,
        senders=_parties(row, "from"),
        sender_requires=row.words("from_requires", Party) if row.has("from_requires") else {},
        recipients=_parties(row, "to"),
        roles=frozenset(row.choices("roles", PersonRole)) if row.has("roles") else None,
        age=_age_limit(row),
        data=frozenset(row.choices("data", DataKind)) if row.has("data") else None,
        purposes=frozenset(row.choices("purposes", Purpose)) if row.has("purposes") else None,
        initiative=row.choice("initiative", Initiative),
        lifts=_spans(row, "lifts"),
        lifts_beside=_spans(row, "lifts_beside"),
        excluded=_spans(row, "excluded"),
        excluded_when_investigating=_spans(row, "excluded_when_investigating"),
        left_to_harm_test=_spans(row, "left_to_harm_test"),
        given_by=frozenset(row.choices("given_by", GivenBy)) if row.has("given_by") else frozenset(),
        alone_from=row.number("alone_from") if row.has("alone_from") else None,
        carries_duties=row.flag("carries_duties") if row.has("carries_duties") else False,
        carried_by=row.text("carried_by") if row.has("carried_by") else None,
        explains_only=row.flag("explains_only") if row.has("explains_only") else False,
        requires=row.texts("requires"),
        must_write=row.texts("must_write"),
        minimum_text=row.number("minimum_text"),
        longest_days=row.number("longest_days"),
        status=row.choice("status", Status),
        confirmed_by_lawyer=row.flag("confirmed_by_lawyer"),
        title=_text(row, "title"),
        test=_text(row, "test"),
        explanation=_text(row, "explanation"),
    )


def _age_limit(row: Row) -> AgeLimit | None:
    if not row.has("age_below") and (row.has("age_of") or row.has("age_or_fact")):
        row.fail("age_below", "is missing, though something is said of the limit")
    if not row.has("age_below"):
        return None
    return AgeLimit(
        below=row.number("age_below"),
        of=frozenset(row.choices("age_of", PersonRole)) if row.has("age_of") else None,
        or_fact=row.text("age_or_fact") if row.has("age_or_fact") else None,
    )


_Fault = tuple[str, str, bool]


def _secrecy_faults(basis: LegalBasis) -> Iterable[_Fault]:
    says_which = bool(basis.lifts) or basis.carried_by is not None
    yield "lifts", "a basis that breaks secrecy says which", basis.breaks_secrecy and not says_which
    yield "lifts", "a basis that breaks no secrecy lifts none", bool(basis.lifts) and not basis.breaks_secrecy
    yield "lifts_beside", "needs something in lifts to stand beside", bool(basis.lifts_beside) and not basis.lifts


def _other_faults(basis: LegalBasis) -> Iterable[_Fault]:
    consent, none = basis.kind is BasisKind.CONSENT, basis.kind is BasisKind.NONE
    yield "given_by", "stands in consent rows, and only there", consent != bool(basis.given_by)
    yield "age_below", "leaves no age", basis.age is not None and basis.age.below == 0
    yield "minimum_text", "a weighing is written down", basis.weighing and basis.minimum_text == 0
    yield "longest_days", "must be at least one day", basis.longest_days == 0
    yield "explains_only", "stands only in rows that give nothing", basis.explains_only and not none
    strangers = basis.senders is not None and not basis.sender_requires.keys() <= basis.senders
    yield "from_requires", "names a sender that is not in from", strangers


def _check_references(bases: tuple[LegalBasis, ...], facts: Mapping[str, Text], writings: Mapping[str, Text]) -> None:
    carriers = {basis.id for basis in bases if basis.carries_duties}
    for basis in bases:
        stand_in = () if basis.age is None or basis.age.or_fact is None else (basis.age.or_fact,)
        unknown = [fact for fact in (*basis.requires, *basis.sender_requires.values(), *stand_in) if fact not in facts]
        if unknown:
            raise TableError(f"{FILE}: row {basis.id}: field requires: {unknown[0]!r} is not among the facts")
        missing = [item for item in basis.must_write if item not in writings]
        if missing:
            raise TableError(f"{FILE}: row {basis.id}: field must_write: {missing[0]!r} is not among the writings")
        if basis.carried_by is not None and basis.carried_by not in carriers:
            raise TableError(f"{FILE}: row {basis.id}: field carried_by: {basis.carried_by!r} carries no duties")


def _parties(row: Row, field: str) -> frozenset[Party] | None:
    if row.left.get(field) == ["any"]:
        row.texts(field)
        return None
    if row.left.get(field) == ["outside"]:
        row.texts(field)
        return frozenset()
    parties = frozenset(row.choices(field, Party))
    if not parties:
        row.fail(field, "names nobody")
    return parties


def _spans(row: Row, field: str) -> tuple[Span, ...]:
    spans = []
    for text in row.texts(field) if row.has(field) else ():
        try:
            spans.append(Span.parse(text))
        except ValueError as error:
            row.fail(field, str(error))
    return tuple(spans)


def _text(row: Row, field: str) -> Text:
    return Text(row.text(f"{field}_sv"), row.text(f"{field}_en"))
