"""Questions to the table of legal bases, for the tests to vary."""

from dataclasses import replace
from datetime import date
from functools import cache

from policies.bases import BasisTable, LegalBasis, basis_table
from policies.disclosure import Answer, ConsentGiven, Question, assess
from policies.provisions import Provision
from policies.vocabulary import DataKind, GivenBy, Party, PersonRole, Purpose

TODAY = date(2026, 11, 22)
FROM_SOCIAL = Question(
    sender=Party.SOCIAL_SERVICES,
    recipient=Party.POLICE,
    role=PersonRole.SUBJECT,
    age=17,
    data=DataKind.SOCIAL,
    purpose=Purpose.PREVENT_CRIME,
    own_initiative=True,
    on=TODAY,
)
TO_SOCIAL = replace(
    FROM_SOCIAL,
    sender=Party.SCHOOL_PRINCIPAL,
    recipient=Party.SOCIAL_SERVICES,
    data=DataKind.SCHOOL_DISCIPLINE,
    purpose=Purpose.CHILD_PROTECTION,
)
SCHOOL_TO_POLICE = replace(FROM_SOCIAL, sender=Party.SCHOOL_PRINCIPAL, data=DataKind.SCHOOL_DISCIPLINE)


def consent(
    given_by: GivenBy | None = GivenBy.YOUTH, *, recipient: bool = True, data: bool = True, active: bool = True
) -> ConsentGiven:
    """Answer a consent of the person, in full unless told otherwise."""
    return ConsentGiven(covers_recipient=recipient, covers_data=data, active=active, given_by=given_by)


def answer_of(basis_id: str, question: Question) -> Answer:
    """Answer what is said of one basis."""
    assessment = assess(question, _alone(basis_id))
    return next(answer for answer in (*assessment.applicable, *assessment.blocked) if answer.id == basis_id)


@cache
def _alone(basis_id: str) -> BasisTable:
    """The table with the versions of one basis only, since no row asks for another; but a carrier does, for its duties."""
    table = basis_table()
    own = tuple(basis for basis in table.bases if basis.id == basis_id)
    return table if any(basis.carries_duties for basis in own) else replace(table, bases=own)


def reason_of(basis_id: str, question: Question) -> str:
    """Answer why one basis applies or not."""
    return answer_of(basis_id, question).reason


def ids(answers: tuple[Answer, ...]) -> set[str]:
    """Answer the bases of some answers."""
    return {answer.id for answer in answers}


def carrying(question: Question, *provisions: str) -> Question:
    """Put other secrecy provisions on the item."""
    return replace(question, secrecy=frozenset(Provision.parse(text) for text in provisions))


def versions() -> list[LegalBasis]:
    """Answer every version of every basis."""
    return list(basis_table().bases)
