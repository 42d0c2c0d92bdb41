"""What must be so before a case goes on to a phase, and what of it is missing: pure answers over plain facts.

The words are the closed vocabulary of ``needs`` in the methods' tables. A fact that nobody answers is not so: what is forgotten
holds a case back, it never lets one through.
"""

from collections.abc import Collection, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from enum import StrEnum

from policies.texts import N_


class Condition(StrEnum):
    """What a phase may ask for before it is entered."""

    OWN_SCREENING = "own_screening"
    TARGET_GROUP_CHECKED = "target_group_checked"
    SUBJECT_KNOWN = "subject_known"
    AGENCIES_ANSWERED = "agencies_answered"
    CONSENT_ACTIVE = "consent_active"
    EXIT_CODE_GIVEN = "exit_code_given"


SENTENCES: dict[Condition, str] = {
    Condition.OWN_SCREENING: N_("Ni har prövat vad ni kan göra själva"),
    Condition.TARGET_GROUP_CHECKED: N_("Ni har prövat om den unge hör till målgruppen"),
    Condition.SUBJECT_KNOWN: N_("Den unge är tillagd i ärendet"),
    Condition.AGENCIES_ANSWERED: N_("Varje part som är med har sagt att den ska göra något"),
    Condition.CONSENT_ACTIVE: N_("Ett samtycke gäller i dag"),
    Condition.EXIT_CODE_GIVEN: N_("Skälet till att ärendet avslutas är angivet"),
}


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that holds a case back: a condition, or a document (the kind of record) that nobody has written yet."""

    condition: Condition | None
    document: str | None


def missing(
    needs: Sequence[Condition], documents: Sequence[str], held: AbstractSet[Condition], written: Collection[str]
) -> tuple[Missing, ...]:
    """Answer what is missing of a phase's conditions and documents, in the order of the table; nothing when it may be entered."""
    conditions = [Missing(need, None) for need in needs if need not in held]
    return (*conditions, *(Missing(None, document) for document in documents if document not in written))
