"""What the law lets somebody share, in plain words: what applies and what it asks, what does not and why, and what only sounds as if it did."""

from collections.abc import Sequence
from dataclasses import dataclass

from coordination.web.presenting import phrases, statutes
from coordination.web.presenting.statutes import StatuteLink
from policies.bases import LegalBasis, Text, basis_table
from policies.disclosure import Answer, Assessment, Question, assess
from policies.disclosure_texts import KINDS, OUTCOMES
from policies.protection import Level, protection_at
from policies.vocabulary import Outcome, Status

TONES = {
    Outcome.DUTY: "good",
    Outcome.ALLOWED: "good",
    Outcome.WEIGHING_REQUIRED: "warn",
    Outcome.REFUSE: "danger",
}


@dataclass(frozen=True, slots=True)
class Support:
    """One basis: what it gives, the test in plain words, what it asks; or why it does not apply."""

    name: str
    kind: str
    source: str
    links: Sequence[StatuteLink]
    why: str
    test: str
    explanation: str
    requires: Sequence[str]
    must_write: Sequence[str]
    conditional: bool
    unconfirmed: bool


@dataclass(frozen=True, slots=True)
class Advice:
    """The answer. ``cooperation`` are the provisions that tell agencies to work together and break no secrecy."""

    headline: str
    tone: str
    notices: Sequence[str]
    protection: str
    protection_source: str
    protection_strong: bool
    applicable: Sequence[Support]
    blocked: Sequence[Support]
    cooperation: Sequence[Support]


def advice(question: Question) -> Advice:
    """Return the answer to a question, in words."""
    assessment, rows = assess(question), {row.id: row for row in basis_table().versions_for(question.on)}
    protection = protection_at(question.recipient, private=question.recipient_private)
    blocked = [(one, rows[one.id]) for one in assessment.blocked]
    return Advice(
        headline=phrases.said(OUTCOMES[assessment.outcome]),
        tone=TONES[assessment.outcome],
        notices=[phrases.said(notice) for notice in assessment.notices],
        protection=phrases.in_language(protection.text_sv, protection.text_en),
        protection_source=phrases.provision(protection.source),
        protection_strong=protection.level is Level.STRONG,
        applicable=_applicable(assessment, rows),
        blocked=[_support(one, row) for one, row in blocked if not row.explains_only],
        cooperation=[
            _support(one, row) for one, row in blocked if row.explains_only and row.status is not Status.PROPOSED
        ],
    )


def _applicable(assessment: Assessment, rows: dict[str, LegalBasis]) -> list[Support]:
    """Return what applies, the surest first: what hangs on a circumstance nobody has stated comes last."""
    found = sorted(assessment.applicable, key=lambda one: one.conditional)
    return [_support(one, rows[one.id]) for one in found]


def _support(answer: Answer, row: LegalBasis) -> Support:
    table = basis_table()
    return Support(
        name=phrases.said(row.title),
        kind=phrases.said(KINDS[row.kind]),
        source=phrases.provision(row.source),
        links=statutes.links(row.source),
        why=phrases.said(Text(answer.why_sv, answer.why_en)),
        test=phrases.said(row.test),
        explanation=phrases.said(row.explanation),
        requires=[phrases.said(table.facts[fact]) for fact in answer.requires],
        must_write=[phrases.said(table.writings[item]) for item in row.must_write],
        conditional=answer.conditional,
        unconfirmed=row.status is not Status.READ or not row.confirmed_by_lawyer,
    )
